"""What several tests of pushes do: send one to a receiver on this machine."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_network

from domain.delivery.deliveries import ChannelName, ClaimedDelivery
from domain.delivery.facts import MessageFacts
from domain.delivery.results import SendResult
from domain.webhooks import Endpoint, WebhookForm
from messaging.webhook.channel import WebhookChannel
from messaging.webhook.connections import PushConnections
from sandbox.receiver import Receiver
from tests.messaging.webhook.samples import push

LOCAL = (ip_network("127.0.0.1/32"),)
NEW, OLD = b"n" * 32, b"o" * 32
ENDPOINT = Endpoint(webhook_id=3, form=WebhookForm.STANDARD, url="", secrets=(NEW,))


@asynccontextmanager
async def pushing(
    receiver: Receiver, *, trust: ssl.SSLContext | None = None
) -> AsyncIterator[WebhookChannel]:
    channel = WebhookChannel(connections=PushConnections(LOCAL, tls=trust or receiver.trust))
    async with receiver:
        yield channel
        channel.connections.close()


async def sent(
    channel: WebhookChannel,
    receiver: Receiver,
    one: ClaimedDelivery | None = None,
    endpoint: Endpoint = ENDPOINT,
) -> SendResult:
    claimed = replace(one or push(), channel=ChannelName.WEBHOOK, address="3")
    target = replace(endpoint, url=endpoint.url or receiver.url)
    message = channel.render([claimed], MessageFacts(endpoints={"3": target}))
    assert message is not None
    return await channel.send(message)
