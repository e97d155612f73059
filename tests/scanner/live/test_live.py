"""The live path: pushed transactions in, rows out, within milliseconds; what is too much is left out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from chain.rpc.blocks import transaction
from chain.rpc.pool import open_rpc
from chain.stream.messages import PushedTransaction
from domain.errors import NodeUnavailable
from runtime.clock import monotonic
from runtime.observability.metrics import ingest_pushed_transactions_dropped
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.commit.committer import Committer, Decoder, Recorder
from scanner.live import live as live_module
from scanner.live.live import Live
from scanner.wallets.watchlist import Watchlist
from storage.postgres import Database
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.world import CHAIN, Whale, follow, stored

pytestmark = pytest.mark.services


class Announced:
    """Lets a test wait for announcements."""

    def __init__(self) -> None:
        self.count = 0
        self._announced = asyncio.Event()

    def announce(self, mints: frozenset[str], wallets: frozenset[str]) -> None:
        self.count += 1
        self._announced.set()

    async def next(self) -> None:
        async with asyncio.timeout(5):
            await self._announced.wait()
        self._announced.clear()


class Case:
    """A whale that has traded, its transactions as a node gives them, and a live stage that watches it."""

    def __init__(self, whale: Whale, raws: dict[str, bytes], live: Live, announced: Announced) -> None:
        self.whale = whale
        self.raws = raws
        self.live = live
        self.announced = announced

    def pushed_transactions(self) -> list[PushedTransaction]:
        return [
            PushedTransaction(signature=s, slot=7, raw=msgspec.Raw(self.raws[s])) for s in self.whale.done
        ]


@pytest.fixture
async def case(database: Database) -> Case:
    async with SandboxChain(by_hand()) as chain, open_rpc([Secret(chain.rpc_url)]) as rpc:
        whale = Whale(chain)
        whale.trade(20)
        for _ in range(3):
            await chain.step()
        raws = {s: await transaction(rpc, s, commitment="confirmed") or b"" for s in whale.done}
    await follow(database, whale.address)
    watchlist = Watchlist(database, chain=CHAIN)
    await watchlist.reload()
    announced = Announced()
    sink = Committer(Recorder(database, announced), Decoder(chain=CHAIN), watchlist.index)
    return Case(whale, raws, Live(sink), announced)


@asynccontextmanager
async def running(live: Live, fetch: live_module.Fetch | None = None) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(live.run())]
        if fetch is not None:
            tasks.append(group.create_task(live.fetch(fetch)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def test_a_pushed_transaction_is_stored_within_milliseconds(case: Case, database: Database) -> None:
    async with running(case.live):
        times = []
        for pushed in case.pushed_transactions():
            began = monotonic()
            case.live.transaction(pushed)
            await case.announced.next()
            times.append(monotonic() - began)
    assert await stored(database, case.whale) == sorted(case.whale.done)
    assert sorted(times)[10] < 0.05


async def test_pushed_transactions_that_wait_are_stored_together_and_once(
    case: Case, database: Database
) -> None:
    for pushed in case.pushed_transactions() * 5:
        case.live.transaction(pushed)
    async with running(case.live):
        await case.announced.next()
    assert case.announced.count == 1
    assert await stored(database, case.whale) == sorted(case.whale.done)


async def test_a_signature_alone_is_asked_for_until_the_node_knows_it(case: Case, database: Database) -> None:
    answers: list[object] = [None, NodeUnavailable("away")]

    async def fetch(signature: str, *, not_of: str) -> bytes | None:
        answer = answers.pop(0) if answers else case.raws[signature]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, bytes) else None

    async with running(case.live, fetch):
        case.live.transaction(PushedTransaction(signature=case.whale.done[0], slot=7, raw=None))
        await case.announced.next()
    assert await stored(database, case.whale) == case.whale.done[:1]


async def test_more_than_can_wait_is_left_out(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MAX_QUEUED", 3)
    small = Live(Committer.__new__(Committer))
    before = ingest_pushed_transactions_dropped._value.get()
    for pushed in case.pushed_transactions():
        small.transaction(pushed)
    assert ingest_pushed_transactions_dropped._value.get() - before == 17


async def test_what_cannot_be_read_stops_nothing(case: Case, database: Database) -> None:
    async with running(case.live):
        case.live.transaction(
            PushedTransaction(signature="x", slot=7, raw=msgspec.Raw(b'{"transaction": 1}'))
        )
        case.live.transaction(case.pushed_transactions()[0])
        await case.announced.next()
    assert await stored(database, case.whale) == case.whale.done[:1]


def test_new_slots_are_announced_and_older_ones_are_not() -> None:
    announced: list[str] = []
    live = Live(Committer.__new__(Committer), on_slot=lambda: announced.append("new"))
    for slot in (5, 9, 7, 9):
        live.slot(slot)
    assert live.newest_slot == 9
    assert len(announced) == 2
