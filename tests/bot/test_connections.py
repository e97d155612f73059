"""Coming up while servers are unavailable."""

import asyncio

import pytest

from bot.connections import open_servers
from domain.errors import DatabaseUnavailable
from messaging.telegram.client import initialize_bot, make_bot
from runtime.clock import monotonic
from runtime.processes.lifecycle import Stop
from sandbox.telegram.faults import Fault, FaultKind
from storage.redis import QUICK_SECONDS
from tests.bot.conftest import TOKEN, Make, TelegramChats, free_port, running


async def test_a_refused_token_is_waited_out_until_the_stop(
    chats: TelegramChats, caplog: pytest.LogCaptureFixture
) -> None:
    chats.telegram.faults.add(Fault(fault=FaultKind.REVOKE, method="getMe", times=None))
    bot, stop = make_bot(TOKEN, chats.telegram.url), Stop()
    async with asyncio.TaskGroup() as group:
        initializing = group.create_task(initialize_bot(bot, stop))
        done, _ = await asyncio.wait({initializing}, timeout=0.5)
        assert not done
        stop.set()
    await bot.shutdown()
    assert not initializing.result()
    assert "refuses the bot's token" in caplog.text
    assert TOKEN not in caplog.text


async def test_a_telegram_that_does_not_answer_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    bot, stop = make_bot(TOKEN, f"http://127.0.0.1:{free_port()}"), Stop()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        initializing = group.create_task(initialize_bot(bot, stop))
        while "does not answer yet" not in caplog.text:  # noqa: ASYNC110 - a log is watched
            await asyncio.sleep(0.05)
        stop.set()
    await bot.shutdown()
    assert not initializing.result()
    assert "at 127.0.0.1: NetworkError. Check the network, and TELEGRAM_API_URL" in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.services
async def test_without_postgresql_it_does_not_start(make_settings: Make) -> None:
    settings = make_settings(DATABASE_URL=f"postgresql://user:hunter2@127.0.0.1:{free_port()}/x")
    with pytest.raises(DatabaseUnavailable) as caught:
        async with open_servers(settings):
            pass
    assert "hunter2" not in str(caught.value)


@pytest.mark.services
async def test_with_a_redis_that_takes_connections_and_never_answers_help_and_status_come_in_time(
    chats: TelegramChats, make_settings: Make
) -> None:
    end = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await end.wait()
        writer.close()

    (alice,) = chats.telegram.people.add_users(1)
    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    async with server, running(make_settings(REDIS_URL=url, CACHE_URL=url)):
        for command in ("/help", "/status", "/help"):
            began = monotonic()
            await chats.ask(alice, command)
            assert monotonic() - began < QUICK_SECONDS + 1.0
        end.set()
