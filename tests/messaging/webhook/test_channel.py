"""Pushes to a receiver that fails in all the ways in which receivers do."""

import json
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import aiohttp
import pytest
from standardwebhooks.webhooks import Webhook

from domain.delivery.deliveries import DeliveryKind
from domain.delivery.facts import MessageFacts
from domain.delivery.results import SendStatus
from domain.webhooks import WebhookForm
from messaging.webhook import connections as connections_module
from messaging.webhook.channel import WebhookChannel, message_id
from messaging.webhook.connections import PushConnections
from messaging.webhook.signing import secret_text
from sandbox.receiver import (
    Behaviour,
    Receiver,
    answers,
    answers_half,
    cuts_off,
    floods,
    hangs,
    talks_nonsense,
)
from tests.domain.delivery.deliveries import delivery
from tests.messaging.webhook.pushing import ENDPOINT, LOCAL, NEW, OLD, pushing, sent
from tests.messaging.webhook.samples import push


@pytest.mark.parametrize(
    "kind",
    [
        DeliveryKind.PUSH,
        DeliveryKind.PUSH_CORRECTION,
        DeliveryKind.PUSH_REVERSAL,
        DeliveryKind.PUSH_OUTAGE,
        DeliveryKind.PUSH_TEST,
    ],
)
async def test_the_reference_library_verifies_every_push(kind: DeliveryKind) -> None:
    receiver = Receiver()
    async with pushing(receiver) as channel:
        result = await sent(channel, receiver, delivery(kind), replace(ENDPOINT, secrets=(NEW, OLD)))
    assert result.status is SendStatus.ACCEPTED
    (got,) = receiver.received
    for secret in (NEW, OLD):
        verified = Webhook(secret_text(secret)).verify(got.body.decode(), dict(got.headers))
        assert verified == json.loads(got.body)
    assert (got.path, got.headers["webhook-id"]) == ("/hook?from=whale", "msg_1")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        (answers(200, body=b"ok"), SendStatus.ACCEPTED),
        (floods, SendStatus.ACCEPTED),
        (answers(500), SendStatus.REFUSED),
        (answers(410), SendStatus.CHAT_CLOSED),
        (answers(307, Location="https://127.0.0.1/other"), SendStatus.REFUSED),
        (cuts_off, SendStatus.AMBIGUOUS),
        (answers_half, SendStatus.AMBIGUOUS),
        (talks_nonsense, SendStatus.AMBIGUOUS),
    ],
)
async def test_each_way_to_answer_is_understood_and_pushed_once(
    behaviour: Behaviour, status: SendStatus
) -> None:
    receiver = Receiver(usual=behaviour)
    async with pushing(receiver) as channel:
        assert (await sent(channel, receiver)).status is status
    assert len(receiver.received) == 1, "no redirect is followed, and nothing is repeated here"


async def test_a_receiver_that_never_answers_is_waited_for_so_long_and_no_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = aiohttp.ClientTimeout(total=0.05, connect=5, sock_read=0.05)
    monkeypatch.setattr(connections_module, "_LIMITS", short)
    receiver = Receiver(usual=hangs)
    async with pushing(receiver) as channel:
        result = await sent(channel, receiver)
    assert (result.status, result.reason) == (SendStatus.AMBIGUOUS, "no answer in time")


async def test_the_wait_that_a_receiver_asks_for_is_read() -> None:
    receiver = Receiver(usual=answers(429, Retry_After="77"))
    async with pushing(receiver) as channel:
        assert (await sent(channel, receiver)).retry_after == 77


async def test_a_receiver_that_is_away_is_not_reached() -> None:
    receiver = Receiver()
    async with receiver:
        pass
    channel = WebhookChannel(connections=PushConnections(LOCAL, tls=receiver.trust))
    result = await sent(channel, receiver)
    channel.connections.close()
    assert (result.status, result.unreachable) == (SendStatus.REFUSED, True)


async def test_who_cannot_prove_who_they_are_gets_nothing() -> None:
    receiver = Receiver()
    async with pushing(receiver, trust=ssl.create_default_context()) as channel:
        result = await sent(channel, receiver)
    assert (result.status, result.unreachable) == (SendStatus.REFUSED, True)
    assert "certificate" in result.reason
    assert receiver.received == []


async def test_discord_and_slack_get_their_form_unsigned() -> None:
    receiver = Receiver()
    async with pushing(receiver) as channel:
        for form in (WebhookForm.DISCORD, WebhookForm.SLACK):
            await sent(channel, receiver, endpoint=replace(ENDPOINT, form=form))
    assert [max(json.loads(got.body)) for got in receiver.received] == ["flags", "unfurl_media"]
    assert not any(name.startswith("webhook-") for got in receiver.received for name in got.headers)


async def test_a_webhook_that_cannot_be_read_is_tried_again() -> None:
    channel = WebhookChannel(connections=PushConnections())
    with pytest.raises(LookupError):
        channel.render([replace(push(), address="3")], MessageFacts())
    channel.connections.close()


def test_neither_address_nor_secret_is_printed() -> None:
    endpoint = replace(ENDPOINT, url="https://discord.com/api/webhooks/1/hidden")
    message = WebhookChannel(connections=PushConnections()).render(
        [replace(push(), address="3")], MessageFacts(endpoints={"3": endpoint})
    )
    assert "hidden" not in f"{endpoint!r} {message!r}"
    assert "nnnn" not in f"{endpoint!r} {message!r}"


def test_the_id_of_a_push_never_comes_again_for_another() -> None:
    at = datetime(2026, 11, 29, 10, tzinfo=UTC)
    ids = [message_id(7, at), message_id(7, at + timedelta(microseconds=1)), message_id(8, at)]
    assert len(set(ids)) == 3
    assert ids[0] == message_id(7, at.astimezone(timezone(timedelta(hours=3))))
