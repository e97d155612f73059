"""A broadcast reaches each chat once, after the alerts, and goes on after a crash."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from domain.chats import Chat, ChatKind
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Methods
from runtime.settings.loading import load_settings
from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.server import SandboxTelegram
from storage.chats.chats import saw_chat
from storage.coordination.limits import Limits
from storage.delivery import broadcasts
from storage.postgres import Database
from tests.storage.sample_data import ALICE, fan_out_all, follow, happened, purchase
from workers import broadcasts as module
from workers.broadcasts import Broadcasting
from workers.context import Context

pytestmark = pytest.mark.services


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxTelegram]:
    async with SandboxTelegram(TelegramConfig(limits=FloodLimits(enabled=False))) as running:
        yield running


@pytest.fixture
async def sending(
    database: Database, redis_client: Redis, telegram: SandboxTelegram
) -> AsyncIterator[Broadcasting]:
    methods = Methods(telegram.token, telegram.url)
    await methods.open()
    context = Context(
        settings=load_settings({"TELEGRAM_RATE": "1000"}),
        owner="w",
        database=database,
        telegram=methods,
        callbacks=Callbacks(telegram.token),
    )
    counts = Limits(redis_client)
    limiter = Limiter(counts, rate=1000)
    yield Broadcasting(context=context, send=methods.send, limiter=limiter, counts=counts)
    await methods.close()


async def begin(database: Database, telegram: SandboxTelegram, count: int) -> list[int]:
    people = telegram.people.add_users(count)
    for chat_id in people:
        await saw_chat(database, Chat(chat_id=chat_id, kind=ChatKind.PRIVATE, title=""))
    await broadcasts.start(database, await broadcasts.draft(database, "News &amp; more", by=1))
    return people


async def test_everybody_gets_it_once(
    database: Database, telegram: SandboxTelegram, sending: Broadcasting
) -> None:
    people = await begin(database, telegram, 60)
    telegram.people.block(people[0])
    await sending.run()
    await sending.run()
    assert sorted(entry.chat_id or 0 for entry in telegram.ledger.messages()) == sorted(people[1:])
    done = await broadcasts.progress(database)
    assert done is not None
    assert (done.state, done.sent, done.dead) == ("done", 59, 1)


async def test_alerts_go_first_and_what_is_left_is_given_back(
    database: Database, telegram: SandboxTelegram, sending: Broadcasting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK_SECONDS", 0.2)
    monkeypatch.setattr(module, "YIELD_SECONDS", 0.02)
    await begin(database, telegram, 3)
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    await sending.run()
    assert telegram.ledger.messages() == []
    await database.execute("UPDATE deliveries SET state = 'sent'")
    monkeypatch.setattr(module, "CHUNK_SECONDS", 5.0)
    await sending.run()
    assert len(telegram.ledger.messages()) == 3


async def test_a_crash_in_the_middle_is_gone_on_from(
    database: Database, telegram: SandboxTelegram, sending: Broadcasting
) -> None:
    await begin(database, telegram, 5)
    chats = await broadcasts.claim(database, 1, owner="dead", limit=2)
    await broadcasts.mark(database, 1, owner="dead", chat_id=chats[0])
    await database.execute("UPDATE broadcast_messages SET lease_until = now() - interval '1 second'")
    await sending.run()
    done = await broadcasts.progress(database)
    assert done is not None
    assert (done.sent, done.ambiguous) == (4, 1)
    assert chats[0] not in {entry.chat_id for entry in telegram.ledger.messages()}
