"""From an alert to a verified push: the sender, PostgreSQL, and receivers that fail in their ways."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from ipaddress import ip_network

import pytest
from standardwebhooks.webhooks import Webhook

from domain.delivery.deliveries import ChannelName
from messaging.sending.sender import Sender
from messaging.webhook.channel import WebhookChannel
from messaging.webhook.connections import PushConnections
from messaging.webhook.signing import secret_text
from sandbox.receiver import Receiver, answers, cuts_off, hangs
from storage.postgres import Database
from storage.sealing import Sealer
from storage.webhooks.pushes import push_test, replay
from tests.messaging.senders import running, until
from tests.storage.sample_data import ALICE, BOB, tokens_without_redis
from tests.storage.webhook_rows import (
    SEALER,
    SECRET,
    make_webhook,
    push_alerts_of,
    pushed_states,
    rest_is_over,
    table,
)
from workers.delivery_store import StoredFacts
from workers.sending.push_store import PushFacts, StoredPushes

pytestmark = pytest.mark.services
LOCAL = (ip_network("127.0.0.1/32"),)


def make_sender(
    database: Database, receiver: Receiver, *, sealer: Sealer = SEALER, owner: str = "a"
) -> Sender:
    channel = WebhookChannel(connections=PushConnections(LOCAL, tls=receiver.trust))
    facts = StoredFacts(database, tokens=tokens_without_redis(database))
    return Sender(
        StoredPushes(database, owner=owner),
        {ChannelName.WEBHOOK: channel},
        PushFacts(database, facts, sealer).read,
        group_messages=False,
        in_order=False,
    )


@asynccontextmanager
async def sending(database: Database, receiver: Receiver, count: int = 1) -> AsyncIterator[list[Sender]]:
    senders = [make_sender(database, receiver, owner=f"sender-{n}") for n in range(count)]
    async with receiver, running(*senders):
        yield senders


async def until_states(database: Database, *expected: str) -> None:
    async def reached() -> bool:
        return [state for _, state in await pushed_states(database)] == list(expected)

    await until(reached)


async def until_received(receiver: Receiver, count: int) -> None:
    async with asyncio.timeout(10):
        while len(receiver.received) < count:  # noqa: ASYNC110 - a list raises no events
            await asyncio.sleep(0.01)


def wake(senders: Sequence[Sender]) -> None:
    for one in senders:
        one.wake()


async def test_every_alert_is_pushed_once_signed_and_with_its_names(database: Database) -> None:
    receiver = Receiver()
    async with sending(database, receiver, 2) as senders:
        await make_webhook(database, url=receiver.url)
        await push_alerts_of(database, *range(20))
        wake(senders)
        await until_states(database, *["sent"] * 20)
    ids = [got.headers["webhook-id"] for got in receiver.received]
    assert len(set(ids)) == len(ids) == 20
    for got in receiver.received:
        found = Webhook(secret_text(SECRET)).verify(got.body.decode(), dict(got.headers))
        assert (found["type"], found["data"]["label"]) == ("alert.created", "Moby")


async def test_a_push_without_an_answer_or_refused_comes_again_under_the_same_id(database: Database) -> None:
    receiver = Receiver(behaviours=[cuts_off, answers(500), answers(204)])
    async with sending(database, receiver) as senders:
        await make_webhook(database, url=receiver.url)
        await push_alerts_of(database, 1)
        for tries in range(3):
            await until(partial(_was_tried, database, tries))
            await rest_is_over(database)
            wake(senders)
        await until_states(database, "sent")
    assert len({got.headers["webhook-id"] for got in receiver.received}) == 1
    assert len(receiver.received) == 3
    row = await database.fetchrow(
        "SELECT attempts, ambiguous_sends FROM deliveries WHERE channel = 'webhook'"
    )
    assert row is not None
    assert tuple(row) == (3, 1)


async def test_410_switches_a_webhook_off_and_its_chat_reads_why(database: Database) -> None:
    receiver = Receiver(usual=answers(410))
    async with sending(database, receiver):
        made = await make_webhook(database, url=receiver.url)
        await push_alerts_of(database, 1)
        await until_states(database, "dead")
    found = await table(database).one(ALICE, made.webhook_id)
    assert found is not None
    assert not found.is_on
    assert len(receiver.received) == 1
    line = await database.fetchrow(
        "SELECT chat_id, channel, reasons FROM deliveries WHERE kind = 'webhook_off'"
    )
    assert line is not None
    assert (line["chat_id"], line["channel"]) == (ALICE, "telegram")
    assert "410" in json.loads(line["reasons"])["why"]


async def test_a_receiver_that_hangs_holds_up_no_other(database: Database) -> None:
    well = Receiver()
    dead = Receiver(usual=hangs, tls=well.tls)
    async with sending(database, well) as senders, dead:
        await make_webhook(database, url=dead.url)
        await push_alerts_of(database, *range(15))
        await make_webhook(database, BOB, url=well.url)
        await push_alerts_of(database, *range(50, 70), chat_id=BOB)
        wake(senders)
        await until_received(well, 20)
        assert 1 <= len(dead.received) <= 10, "so many are under way, and the others wait"


async def test_a_test_and_a_replay_by_hand_are_pushed(database: Database) -> None:
    receiver = Receiver()
    async with sending(database, receiver) as senders:
        made = await make_webhook(database, url=receiver.url)
        number = await push_test(database, chat_id=ALICE, webhook_id=made.webhook_id)
        assert number is not None
        wake(senders)
        await until_states(database, "sent")
        assert await replay(database, chat_id=ALICE, webhook_id=made.webhook_id, delivery_id=number)
        wake(senders)
        await until_received(receiver, 2)
    (message_id,) = {got.headers["webhook-id"] for got in receiver.received}
    assert message_id.startswith(f"msg_{number}_")
    assert json.loads(receiver.received[0].body)["type"] == "webhook.test"


async def test_a_webhook_whose_secret_cannot_be_opened_keeps_its_pushes(database: Database) -> None:
    receiver = Receiver()
    made = await make_webhook(database, url=receiver.url)
    await push_alerts_of(database, 1)
    sender = make_sender(database, receiver, sealer=Sealer([b"x" * 32]))
    async with running(sender):
        await until_states(database, "retry")
    assert receiver.received == []
    found = await table(database).one(ALICE, made.webhook_id)
    assert found is not None
    assert found.failing_since is None


async def _was_tried(database: Database, times: int) -> bool:
    statement = "SELECT attempts = $1 AND lease_owner IS NULL FROM deliveries WHERE channel = 'webhook'"
    return bool(await database.fetchval(statement, times)) or times == 0
