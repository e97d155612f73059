"""Webhooks as a channel: each push by itself, to the endpoint of its destination.

Which webhook may be asked now is decided where pushes are claimed (storage/pushes/claims.py): of one that
rests, or has enough under way, nothing is claimed. So there is nothing to wait for here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import aiohttp
from msgspec import structs

from domain.delivery.deliveries import ClaimedDelivery, Destination
from domain.delivery.facts import MessageFacts
from domain.delivery.results import SendResult
from domain.errors import BadInput
from domain.rules.lanes import Lane
from domain.webhooks import Endpoint, WebhookForm
from messaging.webhook import lines, payloads
from messaging.webhook.addresses import PushAddress, parse_url
from messaging.webhook.answers import of_answer, of_error
from messaging.webhook.connections import PushConnections
from messaging.webhook.signing import signatures
from runtime.clock import monotonic, unix

_MAX_KNOWN = 2_048
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_parse = lru_cache(maxsize=_MAX_KNOWN)(parse_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What is sent to one endpoint; printed, it shows neither address nor secret."""

    endpoint: Endpoint
    message_id: str
    body: bytes = field(repr=False)


def message_id(delivery_id: int, created_at: datetime | None) -> str:
    """`webhook-id`: the number of the delivery and its microsecond, the same on every try and every replay.

    The number alone comes again where the database is restored from a copy, and in another bot.
    """
    if created_at is None:
        return f"msg_{delivery_id}"
    return f"msg_{delivery_id}_{(created_at - _EPOCH) // timedelta(microseconds=1):x}"


class NoLimits:
    """Limits of a channel whose claims know them."""

    rate = math.inf
    """Messages a second."""

    async def admit(
        self, destination: Destination, *, patience: float, lane: Lane, is_repeat: bool = False
    ) -> float:
        """Send now.

        Args:
            destination: not used, like all that follows: the claim takes few of each webhook already.
            patience: not used.
            lane: not used.
            is_repeat: not used.
        """
        del destination, patience, lane, is_repeat
        return 0.0

    async def again(self, *, patience: float, lane: Lane) -> float:
        """Send now."""
        del patience, lane
        return 0.0

    async def refused(self, destination: Destination, retry_after: float) -> None:
        """The result says so as well, and is stored."""

    async def standstill(self) -> float:
        """One receiver that fails says nothing of the others."""
        return 0.0

    def has_failed_since(self, began: float) -> bool:
        """The same."""
        del began
        return False

    async def observe(self, result: SendResult, *, began: float) -> None:
        """The same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """`messaging.sending.ports.Channel` over https."""

    connections: PushConnections
    limits: NoLimits = field(default_factory=NoLimits)

    def render(self, group: Sequence[ClaimedDelivery], facts: MessageFacts) -> Push | None:
        """The push of one delivery, in the form of its webhook.

        Raises:
            LookupError: its webhook could not be read.
        """
        (delivery,) = group
        endpoint = facts.endpoints.get(delivery.address)
        if endpoint is None:
            raise LookupError(f"webhook {delivery.address} cannot be read at present")
        is_standard = endpoint.form is WebhookForm.STANDARD
        return Push(
            endpoint=endpoint,
            message_id=message_id(delivery.delivery_id, delivery.created_at),
            body=payloads.body_of(delivery, facts.symbols)
            if is_standard
            else lines.body_of(delivery, facts, endpoint.form),
        )

    async def send(self, message: Push) -> SendResult:
        """Post it."""
        began = monotonic()
        try:
            address = _parse(message.endpoint.url)
            answer = await self.connections.post(address, request_of(message, address, timestamp=int(unix())))
        except (BadInput, aiohttp.ClientError, TimeoutError, OSError) as error:
            return of_error(error)
        return structs.replace(of_answer(answer, message.endpoint.form), seconds=monotonic() - began)


def request_of(push: Push, address: PushAddress, *, timestamp: int) -> bytes:
    """The whole request of a push that is sent at this time, in Unix seconds.

    Args:
        push: its body, and what signs it.
        address: as it was checked.
        timestamp: Unix seconds, part of what is signed.
    """
    head = (
        f"POST {address.target} HTTP/1.1\r\nHost: {address.host_header}\r\nUser-Agent: whale-watcher\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(push.body)}\r\n"
    )
    if push.endpoint.form is WebhookForm.STANDARD:
        signed = signatures(
            push.endpoint.secrets, message_id=push.message_id, timestamp=timestamp, body=push.body
        )
        head += (
            f"webhook-id: {push.message_id}\r\nwebhook-timestamp: {timestamp}\r\n"
            f"webhook-signature: {signed}\r\n"
        )
    return f"{head}\r\n".encode() + push.body
