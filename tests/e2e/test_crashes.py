"""What is told when an answer of Telegram, PostgreSQL or Valkey is lost on the way."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.server import EmbeddedServer
from runtime.embedded.valkey import EmbeddedValkey
from sandbox.telegram.faults import Fault, FaultKind
from tests.e2e.programs import Servers
from tests.e2e.system import config, each_alert_came_once, marked, playing

pytestmark = [pytest.mark.e2e, pytest.mark.services]

CHAIN_TO_CHAT = ("scanner", "dispatcher", "notifications")
PEOPLE, EACH = 25, 4
HUNDRED = PEOPLE * EACH
EARLY = 25
BUSY_SECONDS = 8.0
"""What is not told by then is held by a lease whose answer went down with the server, for half a minute."""


async def test_a_sender_killed_before_telegram_answers_repeats_that_message_once_and_says_so(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path, CHAIN_TO_CHAT, setting=config(whales=2)) as system:
        chats = await system.follow_all()
        unlucky = chats[system.sandbox.simulation.whales[0].address]
        stall = Fault(fault=FaultKind.STALL_ANSWER, method="sendMessage", chat_id=unlucky, seconds=4)
        system.sandbox.telegram.faults.add(stall)
        since = system.driver.last_seq
        await system.trade(1)
        await system.until_received(2, since=since)
        await system.until_sent(1)
        await system.programs.kill("notifications")
        await system.until_finished(2)
        await each_alert_came_once(system, chats, since=since)
        copies = marked(system.driver.messages(since))
        assert [sent.chat_id for sent in copies] == [unlucky]
        assert await system.ambiguous_sends() == {unlucky: 1}


async def test_alerts_outlive_a_crash_of_postgres(
    valkey_url: str, tmp_path: Path, migrated_cluster: Path
) -> None:
    folder = Path(await asyncio.to_thread(shutil.copytree, migrated_cluster, tmp_path / "own"))
    async with _own(EmbeddedPostgres(folder)) as server:
        await _crash_amid_a_hundred(server, Servers(postgres_url=server.url, valkey_url=valkey_url), tmp_path)


async def test_alerts_outlive_a_crash_of_valkey(postgres_url: str, tmp_path: Path) -> None:
    async with _own(EmbeddedValkey(tmp_path)) as server:
        await _crash_amid_a_hundred(
            server, Servers(postgres_url=postgres_url, valkey_url=server.url), tmp_path
        )


async def _crash_amid_a_hundred(server: EmbeddedServer, servers: Servers, home: Path) -> None:
    async with playing(servers, home, CHAIN_TO_CHAT, setting=config(whales=PEOPLE)) as system:
        chats = await system.follow_all()
        since = system.driver.last_seq
        async with asyncio.TaskGroup() as group:
            group.create_task(system.trade(EACH))
            await system.until_received(EARLY, since=since)
            url = server.url
            await _kill(server)
            assert len(system.driver.messages(since)) < HUNDRED
            await server.start()  # as `make run` does
        assert server.url == url
        try:
            await system.until_finished(HUNDRED, seconds=BUSY_SECONDS)
        except TimeoutError:
            await system.programs.end_leases("notifications")
            await system.until_finished(HUNDRED, seconds=BUSY_SECONDS)
        await each_alert_came_once(system, chats, since=since)


async def _kill(server: EmbeddedServer) -> None:
    """kill -9, and return when the server is dead."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    await server.died()


@asynccontextmanager
async def _own(server: EmbeddedServer) -> AsyncIterator[EmbeddedServer]:
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
