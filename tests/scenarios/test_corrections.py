"""Scenarios 49 and 46 from the chain to the chat: what is told after an outage, and of a fork that dies."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from sandbox.chain.faults import Fault
from sandbox.chain.websocket.filters import TransactionFilter
from sandbox.telegram.ledger import Entry
from storage.postgres import Connection
from tests.e2e.programs import Servers, running
from tests.e2e.system import SOL, RunningSystem, config, opened
from tests.e2e.waiting import until

pytestmark = [pytest.mark.services, pytest.mark.e2e]

PROGRAMS = ("scanner", "dispatcher", "notifications")
AWAY_SECONDS = 5.0
"""A hundred slots of the sandbox."""
Away = Callable[[RunningSystem], AbstractAsyncContextManager[None]]
SOMEBODY = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


@pytest.fixture
def servers(postgres_url: str, valkey_url: str) -> Servers:
    return Servers(postgres_url=postgres_url, valkey_url=valkey_url)


@asynccontextmanager
async def playing(
    servers: Servers, home: Path, *, scanners: Sequence[str] = (), **settings: str
) -> AsyncIterator[RunningSystem]:
    setting = config(whales=2, slot_seconds=0.05)
    given = {"OUTAGE_SECONDS": "2", **settings}
    async with opened(servers, home, setting=setting, settings=given) as system:
        children = [system.programs.make(name) for name in PROGRAMS]
        children += [system.programs.make(name, of="scanner") for name in scanners]
        async with running(system.programs, children):
            yield system


def messages_to(system: RunningSystem, since: int, chat_id: int, kind: str = "message") -> list[Entry]:
    return system.sandbox.telegram.ledger.since(since, chat_id=chat_id, kind=kind)


async def holds(system: RunningSystem, condition: str) -> bool:
    return bool(await system.database.fetchval(f"SELECT EXISTS (SELECT FROM {condition})"))


@asynccontextmanager
async def nodes_away(system: RunningSystem) -> AsyncIterator[None]:
    system.sandbox.chain.faults.add(Fault(fault="server_error", times=None))
    system.sandbox.chain.faults.add(Fault(fault="disconnect", times=None))
    yield
    system.sandbox.chain.faults.clear()


@asynccontextmanager
async def scanners_stopped(system: RunningSystem) -> AsyncIterator[None]:
    pids = [system.programs.pid(name) for name in system.programs.names if "scanner" in name]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


_ITS_WORK = "pg_stat_activity WHERE application_name = 'scanner-1'"


@asynccontextmanager
async def scanner_stopped_at_work(system: RunningSystem) -> AsyncIterator[None]:
    """Between what it had decided and its storing, where it learns afterwards that nothing was stored."""
    pid = system.programs.pid("scanner")

    async def stop_it(connection: Connection) -> None:
        """Where it stores where it stands, which waits for the lock."""
        await connection.execute("LOCK TABLE cursors IN EXCLUSIVE MODE")
        await until(lambda: holds(system, f"{_ITS_WORK} AND wait_event_type = 'Lock'"))
        os.kill(pid, signal.SIGSTOP)

    async def has_answered() -> bool:
        """Nothing of it is in work but what waits for a transaction that does not go on."""
        at_work = "state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock'"
        return not await holds(system, f"{_ITS_WORK} AND {at_work}")

    async def is_caught() -> bool:
        await system.database.transaction(stop_it)
        await until(has_answered)
        if await holds(system, f"{_ITS_WORK} AND state = 'idle in transaction'"):
            return True
        os.kill(pid, signal.SIGCONT)
        return False

    try:
        await until(is_caught)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("away", [nodes_away, scanners_stopped, scanner_stopped_at_work])
async def test_scenario_49_after_an_outage_each_chat_gets_its_late_alerts_and_one_line(
    away: Away, servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path) as system:
        lines = await lines_after_outage(system, away)
        assert lines[0].endswith("blocks, 3 events of your wallets.")
        blocks = int(lines[0].partition("Caught up: ")[2].split()[0])
        assert 60 < blocks < 400


async def test_scenario_49_scanners_that_share_the_wallets_report_it_once(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path, scanners=("scanner-b",), SCANNER_MODE="sharded") as system:

        async def both_share() -> bool:
            members = await system.database.fetchval("SELECT count(*) FROM members")
            return members == 2 and not await holds(system, "shard_cursors WHERE moved_at IS NULL")

        await until(both_share)
        lines = await lines_after_outage(system, scanners_stopped)
        assert lines[0].endswith("3 events of your wallets.")


async def test_scenario_49_a_source_of_signatures_reports_it_too(servers: Servers, tmp_path: Path) -> None:
    source = {"RECONCILE": "signatures", "RECONCILE_SECONDS": "1", "SCANNER_SOURCE": "logs"}
    async with playing(servers, tmp_path, **source) as system:
        lines = await lines_after_outage(system, scanners_stopped)
        assert lines[0].endswith("Caught up: 3 events of your wallets.")


async def lines_after_outage(system: RunningSystem, away: Away) -> list[str]:
    """Somebody acts meanwhile, somebody does not; the line of each."""
    chats = list((await system.follow_all()).values())
    since = system.driver.last_seq
    async with away(system):
        for _ in range(3):
            system.sandbox.simulation.send_sol(system.sandbox.simulation.whales[0], SOMEBODY, SOL)
            await system.sandbox.next_block()
        await asyncio.sleep(AWAY_SECONDS)
        assert messages_to(system, since, chats[0]) == []
    await until(lambda: [len(messages_to(system, since, chat)) for chat in chats] == [4, 1])
    await asyncio.sleep(3)
    assert [len(messages_to(system, since, chat)) for chat in chats] == [4, 1]
    assert await system.database.fetchval("SELECT count(*) FROM outages") == 1
    lines = [messages_to(system, since, chat)[-1].text or "" for chat in chats]
    assert all(line.startswith("🌫 Feed was down ") for line in lines)
    assert lines[1].endswith("nothing happened in your wallets.")
    return lines


async def followed(system: RunningSystem) -> int:
    """Somebody follows the first whale, and the stream tells of it."""
    wallet = system.sandbox.simulation.whales[0].address
    chats = await system.follow_all()

    def is_heard() -> bool:
        filters = [one.wanted.block_filter for one in system.sandbox.chain._sockets._subscriptions.values()]
        found = [one.include for one in filters if isinstance(one, TransactionFilter)]
        return any(include and wallet in include for include in found)

    await until(is_heard)
    return chats[wallet]


async def operation_on_a_fork(system: RunningSystem, *, reland: bool = False) -> None:
    """Somebody gives, in a block that dies with the next."""
    await system.sandbox.next_block()
    system.sandbox.chain.faults.add(Fault(fault="fork", reland=reland))
    system.sandbox.simulation.send_sol(system.sandbox.simulation.whales[0], SOMEBODY, 7 * SOL)
    for _ in range(2):  # until it is dead: what is built upon it goes with it
        await system.sandbox.next_block()


async def test_scenario_46_processed_an_alert_of_a_fork_that_dies_is_edited_to_say_so(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path, COMMITMENT="processed") as system:
        chat = await followed(system)
        since = system.driver.last_seq
        await operation_on_a_fork(system)
        await until(lambda: bool(messages_to(system, since, chat)))
        system.sandbox.simulation.send_sol(system.sandbox.simulation.whales[0], SOMEBODY, SOL)
        await until(lambda: len(messages_to(system, since, chat)) == 2)
        await until(lambda: bool(messages_to(system, since, chat, "edit")))
        first, second = messages_to(system, since, chat)
        (edit,) = messages_to(system, since, chat, "edit")
        assert edit.message_id == first.message_id
        was, now = (first.text or "").splitlines(), (edit.text or "").splitlines()
        assert now[0].startswith("❌ Reverted: ")
        assert now[1:] == was
        assert "sent 7 SOL" in was[0]
        assert "sent 1 SOL" in (second.text or "")
        await until(lambda: holds(system, "deliveries WHERE corrects_id IS NOT NULL AND state = 'sent'"))
        assert await system.database.fetchval("SELECT count(*) FROM activities") == 1


async def test_scenario_46_processed_what_lands_again_on_the_other_fork_stays_as_it_was_sent(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path, COMMITMENT="processed") as system:
        chat = await followed(system)
        since = system.driver.last_seq
        await operation_on_a_fork(system, reland=True)
        await until(lambda: bool(messages_to(system, since, chat)))

        async def is_finished() -> bool:
            return not await holds(system, "provisional")

        await until(is_finished)
        await asyncio.sleep(3)
        assert len(messages_to(system, since, chat, "message,edit")) == 1
        assert not await holds(system, "alerts WHERE reverted_at IS NOT NULL")


async def test_scenario_46_confirmed_nobody_hears_of_a_fork_that_dies(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path) as system:
        chat = await followed(system)
        since = system.driver.last_seq
        await operation_on_a_fork(system)
        system.sandbox.simulation.send_sol(system.sandbox.simulation.whales[0], SOMEBODY, SOL)
        await until(lambda: bool(messages_to(system, since, chat)))
        await asyncio.sleep(2)
        assert ["sent 1 SOL" in (one.text or "") for one in messages_to(system, since, chat)] == [True]

        async def is_looked_up() -> bool:
            return not await holds(system, "provisional")

        await until(is_looked_up)
        assert not await holds(system, "alerts WHERE reverted_at IS NOT NULL")
