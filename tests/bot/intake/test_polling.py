"""Long polling: one instance at a time, nothing lost through faults, webhooks and restarts."""

import asyncio
import functools

import pytest
from aiohttp import web

from bot.intake.polling import Polling, PollingLease, UpdateSource
from bot.intake.update_writer import UpdateWriter
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from runtime.settings.settings import Settings
from sandbox.telegram.faults import Fault, FaultKind
from storage.chats.updates import store_updates
from storage.coordination.leases import take_lease
from storage.postgres import Database
from tests.bot.conftest import TOKEN, Make, TelegramChats, free_port, running, until

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let polling try again at once."""
    monkeypatch.setattr("bot.intake.polling.RETRY_SECONDS", 0.02)


@pytest.fixture
def settings(make_settings: Make) -> Settings:
    return make_settings(WEBHOOK_URL="")


async def test_what_was_written_before_the_start_is_answered(
    chats: TelegramChats, settings: Settings
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    chats.telegram.people.send(alice, "/help")
    chats.telegram.people.send(alice, "/cancel")
    async with running(settings):
        await until(lambda: _count(chats, alice, 2))
    assert "Commands" in chats.texts(alice)[0]


async def _count(chats: TelegramChats, chat_id: int, number: int) -> bool:
    return len(chats.texts(chat_id)) >= number


async def test_a_restart_answers_nothing_twice_and_loses_nothing(
    chats: TelegramChats, settings: Settings
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    async with running(settings):
        await chats.ask(alice, "/help")
    chats.telegram.people.send(alice, "/cancel")
    async with running(settings):
        await until(lambda: _count(chats, alice, 2))
        await chats.ask(alice, "/status")
    assert len(chats.texts(alice)) == 3


async def test_of_two_instances_one_polls_and_both_may_answer(
    chats: TelegramChats, make_settings: Make, database: Database
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    async with running(make_settings(WEBHOOK_URL="")), running(make_settings(WEBHOOK_URL="")):
        for _ in range(3):
            await chats.ask(alice, "/help")
    assert len(chats.texts(alice)) == 3
    assert await database.fetchval("SELECT count(*) FROM leases WHERE name = 'polling'") == 1


async def test_the_lease_is_dropped_at_the_stop(settings: Settings, database: Database) -> None:
    async with running(settings):
        await until(lambda: database.fetchval("SELECT true FROM leases WHERE expires_at > now()"))
    assert await take_lease(database, name="polling", owner="next", seconds=1) is not None


@pytest.mark.parametrize(
    "kind", [FaultKind.REFUSE, FaultKind.HTML, FaultKind.CUT_JSON, FaultKind.SERVER_ERROR]
)
async def test_network_faults_lose_no_update(
    chats: TelegramChats, settings: Settings, kind: FaultKind
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    chats.telegram.faults.add(Fault(fault=kind, method="getUpdates", code=502))
    async with running(settings):
        assert "Commands" in await chats.ask(alice, "/help")


async def test_a_webhook_that_somebody_sets_is_removed_again(
    chats: TelegramChats, settings: Settings
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    chats.telegram.faults.add(
        Fault(fault=FaultKind.ERROR, method="getUpdates", code=409, description="Conflict: webhook is active")
    )
    async with running(settings):
        assert "Commands" in await chats.ask(alice, "/help")


async def test_the_stop_does_not_wait_for_telegram(chats: TelegramChats, settings: Settings) -> None:
    del chats
    async with asyncio.timeout(4):
        async with running(settings):
            await asyncio.sleep(0.3)


async def test_an_update_that_cannot_be_read_is_set_aside_and_polling_goes_on(database: Database) -> None:
    good = [b'{"update_id": %d, "my_chat_member": {"chat": {"id": 7}}}' % number for number in (1, 3)]
    deep = b'{"update_id": 2, "message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    answers = [
        [good[0], deep, good[1]],
        [b"7"],
        [b'{"update_id": 5, "my_chat_member": {"chat": {"id": 7}}}'],
    ]
    offsets: list[object] = []

    async def get_updates(request: web.Request) -> web.Response:
        offsets.append((await request.json()).get("offset"))
        if not answers:
            await asyncio.sleep(0.05)
        batch = answers.pop(0) if answers else []
        return web.Response(body=b'{"ok": true, "result": [' + b",".join(batch) + b"]}")

    stop, port = Stop(), free_port()
    application = web.Application()
    application.router.add_post("/bot{token}/getUpdates", get_updates)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    source = UpdateSource(Secret(TOKEN), f"http://127.0.0.1:{port}")
    await source.open()
    received: list[int] = []
    polling = Polling(
        source=source,
        update_writer=UpdateWriter(functools.partial(store_updates, database)),
        receive=lambda update, _: received.append(update.update_id),
        lease=PollingLease(database=database, owner="one"),
        prepare=_nothing,
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(polling.run(stop))
        await until(lambda: database.fetchval("SELECT true FROM updates WHERE update_id = 5"), seconds=20)
        stop.set()
    await source.close()
    await runner.cleanup()
    rows = await database.fetch("SELECT update_id, state FROM updates ORDER BY update_id")
    assert [tuple(row) for row in rows][:3] == [(1, "new"), (2, "failed"), (3, "new")]
    assert received[:3] == [1, 2, 3]
    assert offsets[:2] == [None, 4]


async def _nothing() -> None:
    """Telegram keeps updates anyway."""
