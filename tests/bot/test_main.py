"""`python -m bot` as processes: killed, stopped, and without its database."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import psycopg
import pytest

from messaging.telegram.texts.alert import POSSIBLE_REPEAT
from runtime.settings.settings import Settings
from storage.postgres import Database
from tests.bot.conftest import (
    TOKEN,
    Make,
    TelegramChats,
    environment,
    message,
    post,
    running,
    until,
)
from tests.forking import ForkedProgram, forked

pytestmark = [pytest.mark.services, pytest.mark.e2e]


async def _serves(program: ForkedProgram, port: int) -> bool:
    """Whether it is this program that listens: another of the tests may have taken the port meanwhile."""
    connections = psutil.Process(program.pid).net_connections("tcp4")
    return any(one.laddr.port == port and one.status == psutil.CONN_LISTEN for one in connections)


@asynccontextmanager
async def process_of(settings: Settings) -> AsyncIterator[ForkedProgram]:
    async with forked(["bot"], environment(settings)) as program:
        await until(lambda: _serves(program, settings.port), seconds=20)
        yield program


async def all_done(database: Database) -> bool:
    return bool(await database.fetchval("SELECT bool_and(state = 'done') FROM updates"))


async def test_what_a_killed_instance_had_stored_is_answered_once_by_another(
    chats: TelegramChats, make_settings: Make, database: Database
) -> None:
    users = chats.telegram.people.add_users(10)
    settings = make_settings()
    async with process_of(settings) as process:
        for number, user in enumerate(users):
            assert await post(settings, message(number, user, "/help")) == 200
        process.kill()
        await process.ended()
    stored = await database.fetchval("SELECT count(*) FROM updates")
    assert stored == len(users)
    in_hand = await database.fetchval("SELECT count(*) FROM updates WHERE state = 'working'")
    await database.execute("UPDATE updates SET lease_until = now() WHERE state = 'working'")
    async with running(make_settings()):
        await until(lambda: all_done(database), seconds=20)
    replies = [chats.texts(user) for user in users]
    assert min(map(len, replies)) == 1
    again = [later for _, *others in replies for later in others]
    assert len(again) <= in_hand  # killed between a reply and noting it
    assert all(text.startswith(POSSIBLE_REPEAT) for text in again)


async def test_a_stop_is_quick_and_in_order(make_settings: Make, database: Database) -> None:
    settings = make_settings()
    async with process_of(settings) as process:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await process.ended() == 0
        assert process.stdout is not None
        assert TOKEN.encode() not in await process.stdout.read()
    assert await database.fetchval("SELECT count(*) FROM instances") == 0


async def test_without_its_database_it_says_try_again_and_goes_on_afterwards(
    chats: TelegramChats, settings: Settings, postgres_url: str
) -> None:
    (alice,) = chats.telegram.people.add_users(1)
    name = postgres_url.rpartition("/")[2]
    async with running(settings):
        await asyncio.to_thread(shut, postgres_url, name, closed=True)
        assert await post(settings, message(1, alice, "/help")) == 503
        await asyncio.to_thread(shut, postgres_url, name, closed=False)
        assert await post(settings, message(1, alice, "/help")) == 200
        await until(lambda: _answered(chats, alice))


async def _answered(chats: TelegramChats, chat_id: int) -> bool:
    return len(chats.texts(chat_id)) == 1


def shut(url: str, name: str, *, closed: bool) -> None:
    """Let nobody into the database, and throw everybody out; or open it again."""
    admin = f"{url.rpartition('/')[0]}/postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {not closed}'.encode())
        if closed:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )
