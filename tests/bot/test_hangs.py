"""Servers that answer nothing, and clients whose requests never end: what the bot does meanwhile."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from domain.jobs import Queue
from runtime.clock import monotonic
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.valkey import EmbeddedValkey
from runtime.observability.logs import Redactor
from runtime.processes import http_server
from runtime.processes.child import Child
from runtime.processes.console import Console, LogFile
from runtime.processes.programs import Program
from runtime.processes.watchdog import SilenceLimits
from runtime.settings.settings import Settings
from storage.migrate import apply_migrations
from storage.postgres import Database
from tests.bot.conftest import (
    OPERATOR,
    WHALE,
    Make,
    TelegramChats,
    environment,
    is_listening,
    message,
    post,
    running,
    until,
)
from tests.forking import start_forked
from tests.hanging import hanging

pytestmark = [pytest.mark.services, pytest.mark.e2e]

SECONDS = 2.0
"""Within which each command is answered."""


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path, durable=False)
    await server.start()
    yield server
    await server.stop()


async def seconds_to_answer(chats: TelegramChats, user: int, text: str) -> float:
    began = monotonic()
    assert await chats.ask(user, text)
    return monotonic() - began


async def test_scenario_22_a_redis_that_hangs_delays_no_command_and_is_used_again_afterwards(
    chats: TelegramChats, make_settings: Make, database: Database, valkey: EmbeddedValkey
) -> None:
    settings = make_settings(REDIS_URL=valkey.url)
    (alice, bob) = chats.telegram.people.add_users(2)
    chats.telegram.people.add_user("Olga", user_id=OPERATOR, started=True)
    async with running(settings):
        await chats.ask(alice, "/help")
        with hanging(valkey):
            for user, command in (
                (alice, "/help"),
                (alice, "/status"),
                (bob, "/rules"),
                (OPERATOR, "/health"),
                (OPERATOR, "/queues"),
                (alice, f"/balance {WHALE}"),
                (bob, f"/scan {WHALE}"),
                (bob, f"/watch {WHALE} treasury"),
                (bob, "/wallets"),
            ):
                assert await seconds_to_answer(chats, user, command) < SECONDS, command
        open_questions = "SELECT count(*) FROM questions WHERE state = 'open'"
        await until(lambda: database.fetchval(f"{open_questions} HAVING count(*) = 2"))
        async with Redis.from_url(
            valkey.url
        ) as onlooker:  # ours would share the breaker of the bot, which rests

            async def is_used() -> bool:
                await chats.ask(bob, f"/balance {WHALE}")
                return bool(await onlooker.llen(f"rq:queue:{Queue.BALANCE_CHECK}"))

            await until(is_used)


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"POST /hook HTTP/1.1\r\nHost: a\r\nX-Never: ",
        b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n{",
    ],
)
async def test_four_hundred_connections_whose_requests_never_end_are_ended_and_telegram_is_answered(
    chats: TelegramChats, make_settings: Make, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(http_server, "REQUEST_SECONDS", 1.0)
    settings = make_settings()
    (alice,) = chats.telegram.people.add_users(1)
    async with running(settings):
        opened = [await asyncio.open_connection("127.0.0.1", settings.port) for _ in range(400)]
        for _, writer in opened:
            writer.write(begun)
        assert await seconds_to_answer(chats, alice, "/help") < SECONDS
        async with asyncio.timeout(5):
            assert not any([b"200" in await _read(reader) for reader, _ in opened])
        for _, writer in opened:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


@asynccontextmanager
async def supervised(settings: Settings, log: io.StringIO, folder: Path) -> AsyncIterator[Child]:
    """The bot as a program that is started again when it falls silent."""
    child = Child(
        Program(
            name="bot",
            arguments=("-m", "bot"),
            silence=SilenceLimits(start=60, silent=3, grace=0.5, poll=0.05),
        ),
        environment(settings),
        Console(log, ["bot"]),
        LogFile(folder / "log", Redactor()),
        start=start_forked,
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(child.keep_running())
        try:
            await until(lambda: is_listening(settings.port), seconds=20)
            yield child
        finally:
            child.ask_to_stop()
            child.kill()


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path, durable=False)
    await server.start()
    await asyncio.to_thread(apply_migrations, server.url)
    yield server
    await server.stop()


async def test_a_postgres_that_hangs_is_answered_503_within_three_seconds_and_restarts_nothing(
    chats: TelegramChats, make_settings: Make, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    log = io.StringIO()
    settings = make_settings(DATABASE_URL=postgres.url)
    (alice,) = chats.telegram.people.add_users(1)
    async with supervised(settings, log, tmp_path) as child:
        assert await post(settings, message(1, alice, "/help")) == 200
        pid = child.pid
        with hanging(postgres):
            end = monotonic() + 6
            while (began := monotonic()) < end:
                assert await post(settings, message(2, alice, "/status")) == 503
                assert monotonic() - began < 3.0

        async def is_stored() -> bool:
            return await post(settings, message(3, alice, "/wallets")) == 200

        await until(is_stored, seconds=5)
        assert await seconds_to_answer(chats, alice, "/help") < 5.0
        assert child.pid == pid
        assert "hangs" not in log.getvalue()
