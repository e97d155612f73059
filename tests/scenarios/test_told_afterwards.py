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
from tests.e2e.programs import Servers, running
from tests.e2e.scene import SOL, Scene, config, opened
from tests.e2e.waiting import until

pytestmark = [pytest.mark.services, pytest.mark.e2e]

PROGRAMS = ("scanner", "dispatcher", "notifications")
BLIND_SECONDS = 5.0
"""A hundred slots of the sandbox."""
Away = Callable[[Scene], AbstractAsyncContextManager[None]]
SOMEBODY = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


@pytest.fixture
def servers(postgres_url: str, valkey_url: str) -> Servers:
    return Servers(postgres_url=postgres_url, valkey_url=valkey_url)


@asynccontextmanager
async def playing(
    servers: Servers, home: Path, *, scanners: Sequence[str] = (), **settings: str
) -> AsyncIterator[Scene]:
    setting = config(whales=2, slot_seconds=0.05)
    given = {"OUTAGE_SECONDS": "2", **settings}
    async with opened(servers, home, setting=setting, settings=given) as scene:
        children = [scene.programs.make(name) for name in PROGRAMS]
        children += [scene.programs.make(name, of="scanner") for name in scanners]
        async with running(scene.programs, children):
            yield scene


def said(scene: Scene, since: int, chat_id: int, kind: str = "message") -> list[Entry]:
    return scene.sandbox.telegram.ledger.since(since, chat_id=chat_id, kind=kind)


async def holds(scene: Scene, condition: str) -> bool:
    return bool(await scene.database.fetchval(f"SELECT EXISTS (SELECT FROM {condition})"))


@asynccontextmanager
async def nodes_away(scene: Scene) -> AsyncIterator[None]:
    scene.sandbox.chain.faults.add(Fault(fault="server_error", times=None))
    scene.sandbox.chain.faults.add(Fault(fault="disconnect", times=None))
    yield
    scene.sandbox.chain.faults.clear()


@asynccontextmanager
async def scanners_stopped(scene: Scene) -> AsyncIterator[None]:
    pids = [scene.programs.pid(name) for name in scene.programs.names if "scanner" in name]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@asynccontextmanager
async def scanner_stopped_at_work(scene: Scene) -> AsyncIterator[None]:
    """Between what it had decided and its storing, where it learns afterwards that nothing was stored."""
    pid = scene.programs.pid("scanner")

    async def is_caught() -> bool:
        os.kill(pid, signal.SIGSTOP)
        if await holds(
            scene, "pg_stat_activity WHERE application_name = 'scanner-1' AND state = 'idle in transaction'"
        ):
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
    async with playing(servers, tmp_path) as scene:
        lines = await blind_for_a_while(scene, away)
        assert lines[0].endswith("blocks were read afterwards: 3 events of your wallets fell into that time.")
        blocks = int(lines[0].split(". ")[1].split()[0])
        assert 60 < blocks < 400


async def test_scenario_49_scanners_that_share_the_wallets_tell_it_once(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path, scanners=("scanner-b",), SCANNER_MODE="sharded") as scene:

        async def both_share() -> bool:
            members = await scene.database.fetchval("SELECT count(*) FROM members")
            return members == 2 and not await holds(scene, "shard_cursors WHERE moved_at IS NULL")

        await until(both_share)
        lines = await blind_for_a_while(scene, scanners_stopped)
        assert lines[0].endswith("3 events of your wallets fell into that time.")


async def test_scenario_49_a_source_of_signatures_tells_it_too(servers: Servers, tmp_path: Path) -> None:
    source = {"RECONCILE": "signatures", "RECONCILE_SECONDS": "1", "SCANNER_SOURCE": "logs"}
    async with playing(servers, tmp_path, **source) as scene:
        lines = await blind_for_a_while(scene, scanners_stopped)
        assert lines[0].endswith(
            "What was missed was looked up afterwards: 3 events of your wallets fell into that time."
        )


async def blind_for_a_while(scene: Scene, away: Away) -> list[str]:
    """Somebody acts meanwhile, somebody does not; the line of each."""
    chats = list((await scene.follow_all()).values())
    since = scene.driver.last_seq
    async with away(scene):
        for _ in range(3):
            scene.sandbox.simulation.send_sol(scene.sandbox.simulation.whales[0], SOMEBODY, SOL)
            await scene.sandbox.next_block()
        await asyncio.sleep(BLIND_SECONDS)
        assert said(scene, since, chats[0]) == []
    await until(lambda: [len(said(scene, since, chat)) for chat in chats] == [4, 1])
    await asyncio.sleep(3)
    assert [len(said(scene, since, chat)) for chat in chats] == [4, 1]
    assert await scene.database.fetchval("SELECT count(*) FROM outages") == 1
    lines = [said(scene, since, chat)[-1].text or "" for chat in chats]
    assert all(line.startswith("🌫 I was blind from ") for line in lines)
    assert lines[1].endswith("nothing happened in your wallets in that time.")
    return lines


async def followed(scene: Scene) -> int:
    """Somebody follows the first whale, and the stream tells of it."""
    wallet = scene.sandbox.simulation.whales[0].address
    chats = await scene.follow_all()

    def is_heard() -> bool:
        watches = [one.wanted.watch for one in scene.sandbox.chain._sockets._subscriptions.values()]
        found = [watch.include for watch in watches if isinstance(watch, TransactionFilter)]
        return any(include and wallet in include for include in found)

    await until(is_heard)
    return chats[wallet]


async def deed_on_a_fork(scene: Scene, *, reland: bool = False) -> None:
    """Somebody gives, in a block that dies with the next."""
    await scene.sandbox.next_block()
    scene.sandbox.chain.faults.add(Fault(fault="fork", reland=reland))
    scene.sandbox.simulation.send_sol(scene.sandbox.simulation.whales[0], SOMEBODY, 7 * SOL)
    for _ in range(2):  # until it is dead: what is built upon it goes with it
        await scene.sandbox.next_block()


async def test_scenario_46_processed_an_alert_of_a_fork_that_dies_is_edited_to_say_so(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path, COMMITMENT="processed") as scene:
        chat = await followed(scene)
        since = scene.driver.last_seq
        await deed_on_a_fork(scene)
        await until(lambda: bool(said(scene, since, chat)))
        scene.sandbox.simulation.send_sol(scene.sandbox.simulation.whales[0], SOMEBODY, SOL)
        await until(lambda: len(said(scene, since, chat)) == 2)
        await until(lambda: bool(said(scene, since, chat, "edit")))
        first, second = said(scene, since, chat)
        (edit,) = said(scene, since, chat, "edit")
        assert edit.message_id == first.message_id
        was, now = (first.text or "").splitlines(), (edit.text or "").splitlines()
        assert now[0].startswith("❌ Reverted: ")
        assert now[1:] == was
        assert "sent 7 SOL" in was[0]
        assert "sent 1 SOL" in (second.text or "")
        await until(lambda: holds(scene, "system_messages WHERE state = 'sent'"))
        assert await scene.database.fetchval("SELECT count(*) FROM activities") == 1


async def test_scenario_46_processed_what_lands_again_on_the_other_fork_stays_as_it_was_told(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path, COMMITMENT="processed") as scene:
        chat = await followed(scene)
        since = scene.driver.last_seq
        await deed_on_a_fork(scene, reland=True)
        await until(lambda: bool(said(scene, since, chat)))

        async def is_settled() -> bool:
            return not await holds(scene, "provisional")

        await until(is_settled)
        await asyncio.sleep(3)
        assert len(said(scene, since, chat, "message,edit")) == 1
        assert not await holds(scene, "alerts WHERE reverted_at IS NOT NULL")


async def test_scenario_46_confirmed_nobody_is_told_of_a_fork_that_dies(
    servers: Servers, tmp_path: Path
) -> None:
    async with playing(servers, tmp_path) as scene:
        chat = await followed(scene)
        since = scene.driver.last_seq
        await deed_on_a_fork(scene)
        scene.sandbox.simulation.send_sol(scene.sandbox.simulation.whales[0], SOMEBODY, SOL)
        await until(lambda: bool(said(scene, since, chat)))
        await asyncio.sleep(2)
        assert ["sent 1 SOL" in (one.text or "") for one in said(scene, since, chat)] == [True]
        assert not await holds(scene, "provisional")
