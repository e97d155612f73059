"""The reconciliation where scanners share the wallets: each bucket continues where it was left."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from domain.sharding import ALL_BUCKETS, bucket_of
from sandbox.chain.server import SandboxChain
from scanner.roles import UNASSIGNED, Assignment
from storage.coordination.leases import Fence, Fenced, take_lease
from storage.ingest.cursors import read_cursor
from storage.postgres import Database
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconciling import Reconciling, cursor_in, reconciling, steps, until_still
from tests.scanner.world import CHAIN, Whale, follow, stored

pytestmark = pytest.mark.services

HALF = frozenset(range(128))
REST = ALL_BUCKETS - HALF


@dataclass
class Appointed:
    """A role whose duty a test sets."""

    assignment: Assignment = UNASSIGNED
    name: str = "appointed"

    @property
    def watched(self) -> frozenset[int] | None:
        return self.assignment.buckets

    async def run(self) -> None:
        pass

    async def leave(self) -> None:
        pass

    def fenced(self) -> None:
        self.assignment = UNASSIGNED


@dataclass
class Scanner:
    """A reconciliation with its role."""

    reconciling: Reconciling
    role: Appointed

    def take(self, assignment: Assignment) -> None:
        self.role.assignment = assignment
        self.reconciling.watchlist.serve(assignment.buckets)

    def share(self, buckets: frozenset[int]) -> None:
        self.take(Assignment(buckets=buckets))


@asynccontextmanager
async def scanner(chain: SandboxChain, database: Database) -> AsyncIterator[Scanner]:
    role = Appointed()
    async with reconciling(chain, database, role=role) as reconciled:
        reconciled.watchlist.serve(role.assignment.buckets)
        yield Scanner(reconciled, role)


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=200)) as running:
        await steps(running, 5)
        yield running


async def whales(chain: SandboxChain, database: Database, count: int = 12) -> list[Whale]:
    made = [Whale(chain, number) for number in range(1, count + 1)]
    for whale in made:
        await follow(database, whale.address)
    assert {bucket_of(whale.address) in HALF for whale in made} == {True, False}
    return made


async def trade(chain: SandboxChain, everybody: list[Whale], slots: int) -> None:
    for _ in range(slots):
        for whale in everybody:
            whale.trade()
        await chain.step()
    await steps(chain, 3)


async def all_stored(database: Database, everybody: list[Whale]) -> bool:
    return all([await stored(database, whale) == sorted(whale.done) for whale in everybody])


async def test_two_that_share_store_everything_each_its_own(chain: SandboxChain, database: Database) -> None:
    everybody = await whales(chain, database)
    async with scanner(chain, database) as one, scanner(chain, database) as other:
        one.share(HALF)
        other.share(REST)
        await until_still(one.reconciling)
        await until_still(other.reconciling)
        await trade(chain, everybody, 3)
        await until_still(one.reconciling)
        for whale in everybody:
            ours = bucket_of(whale.address) in HALF
            assert await stored(database, whale) == (sorted(whale.done) if ours else [])
        assert await cursor_in(database) < one.reconciling.head
        await until_still(other.reconciling)
        assert await all_stored(database, everybody)
        assert await cursor_in(database) == other.reconciling.head


async def test_what_a_dead_scanner_left_is_read_while_the_head_goes_on(
    chain: SandboxChain, database: Database
) -> None:
    everybody = await whales(chain, database)
    async with scanner(chain, database) as survivor, scanner(chain, database) as dying:
        survivor.share(HALF)
        dying.share(REST)
        await until_still(survivor.reconciling)
        await until_still(dying.reconciling)
        await trade(chain, everybody, 20)
        await until_still(survivor.reconciling)
        survivor.share(ALL_BUCKETS)
        await survivor.reconciling.step()
        assert [state.buckets for state in survivor.reconciling.parts.states.behind] == [REST]
        await until_still(survivor.reconciling)
        assert survivor.reconciling.parts.states.behind == []
        assert await cursor_in(database) == survivor.reconciling.head
    assert await all_stored(database, everybody)


async def test_a_newcomer_goes_on_where_the_first_let_go(chain: SandboxChain, database: Database) -> None:
    everybody = await whales(chain, database)
    async with scanner(chain, database) as first, scanner(chain, database) as newcomer:
        first.share(ALL_BUCKETS)
        await until_still(first.reconciling)
        await trade(chain, everybody, 2)
        first.share(HALF)  # without having read what was just traded
        await until_still(first.reconciling)
        await trade(chain, everybody, 2)
        newcomer.share(REST)
        await until_still(newcomer.reconciling)
        await until_still(first.reconciling)
    assert await all_stored(database, everybody)


async def test_a_share_that_goes_and_comes_back_has_no_gap(chain: SandboxChain, database: Database) -> None:
    everybody = await whales(chain, database)
    async with scanner(chain, database) as one:
        one.share(ALL_BUCKETS)
        await until_still(one.reconciling)
        for share in (HALF, ALL_BUCKETS, REST, frozenset[int](), ALL_BUCKETS):
            one.share(share)
            await trade(chain, everybody, 2)
            await one.reconciling.step()
        one.share(ALL_BUCKETS)
        await until_still(one.reconciling)
        assert await all_stored(database, everybody)
        assert await cursor_in(database) == one.reconciling.head


async def test_from_all_wallets_to_shares_and_back_nothing_is_lost_or_read_again(
    chain: SandboxChain, database: Database
) -> None:
    everybody = await whales(chain, database)
    for assignment in (Assignment(), Assignment(buckets=ALL_BUCKETS), Assignment()):
        async with scanner(chain, database) as one:
            one.take(assignment)
            await until_still(one.reconciling)
            before = await cursor_in(database)
            await trade(chain, everybody, 2)
            await until_still(one.reconciling)
            assert await cursor_in(database) > before
    assert await all_stored(database, everybody)


async def test_a_leader_that_was_replaced_writes_nothing(chain: SandboxChain, database: Database) -> None:
    everybody = await whales(chain, database)
    lease = {"name": "scanner", "owner": "a"}
    epoch = await take_lease(database, **lease, seconds=60)
    assert epoch is not None
    async with scanner(chain, database) as old, scanner(chain, database) as new:
        old.take(Assignment(fence=Fence(**lease, epoch=epoch)))
        await until_still(old.reconciling)
        await trade(chain, everybody, 2)
        await database.execute("UPDATE leases SET expires_at = now() - interval '1 second'")
        epoch = await take_lease(database, name="scanner", owner="b", seconds=60)
        assert epoch is not None
        before = await cursor_in(database)
        with pytest.raises(Fenced):
            await old.reconciling.step()
        assert await cursor_in(database) == before
        assert await database.fetchval("SELECT count(*) FROM activities") == 0
        new.take(Assignment(fence=Fence(name="scanner", owner="b", epoch=epoch)))
        await until_still(new.reconciling)
        assert await all_stored(database, everybody)


async def test_who_stands_by_reads_and_writes_nothing(chain: SandboxChain, database: Database) -> None:
    async with scanner(chain, database) as standby:
        assert await standby.reconciling.step() == 0
        assert standby.reconciling.cursor is None
    assert await read_cursor(database, chain=CHAIN, feed="blocks") is None
