"""By signatures or by blocks, as the watched set grows and shrinks; nothing lies between the two."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.reconcile import strategy
from scanner.reconcile.strategy import USUAL_PACE, AutoSyncer, Pace, prefers_signatures
from scanner.reconcile.sync_state import SyncConfig
from scanner.reconcile.wiring import StreamFacts, reconciliation, syncer_for
from storage.chats.watches import remove_watch
from storage.postgres import Database
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconciling import Reconciling, context_of, steps, until_still
from tests.scanner.world import ALICE, CHAIN, Whale, follow, stored

pytestmark = pytest.mark.services


@pytest.mark.parametrize(
    ("addresses", "every", "in_use", "expected"),
    [
        (0, 30, False, True),
        (100, 30, False, True),
        (200, 30, False, False),
        (200, 30, True, True),
        (300, 30, True, False),
        (1_000, 300, False, True),
        (20, 1, False, False),
    ],
)
def test_lists_are_preferred_while_they_are_few(
    addresses: int,
    every: float,
    in_use: bool,  # noqa: FBT001 - a parameter of the test
    expected: bool,  # noqa: FBT001 - the same
) -> None:
    preferred = prefers_signatures(addresses, every_seconds=every, in_use=in_use, slots_a_second=2.5)
    assert preferred is expected


def test_a_faster_chain_makes_blocks_dearer() -> None:
    assert not prefers_signatures(280, every_seconds=30, in_use=False, slots_a_second=2.5)
    assert prefers_signatures(280, every_seconds=30, in_use=False, slots_a_second=5)


def test_the_pace_of_the_chain_is_what_its_head_shows() -> None:
    pace = Pace()
    pace.saw(1_000, 10.0)
    pace.saw(1_050, 20.0)
    assert pace.slots_a_second == USUAL_PACE
    pace.saw(1_300, 70.0)
    assert pace.slots_a_second == 5
    pace.saw(900, 80.0)  # another node, or a chain that began anew
    pace.saw(1_020, 140.0)
    assert pace.slots_a_second == 2


@pytest.mark.parametrize("addresses", range(0, 400, 7))
def test_a_decision_is_not_taken_back_while_nothing_changes(addresses: int) -> None:
    once = prefers_signatures(addresses, every_seconds=30, in_use=False)
    assert prefers_signatures(addresses, every_seconds=30, in_use=once) is once


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=500)) as running:
        await steps(running, 5)
        yield running


class Streams:
    """A switch that says whether streams push blocks."""

    def __init__(self) -> None:
        self.push_blocks = False

    def facts(self) -> StreamFacts:
        return StreamFacts(blocks_are_pushed=lambda: self.push_blocks)


@asynccontextmanager
async def choosing(
    chain: SandboxChain, database: Database, streams: Streams | None = None
) -> AsyncIterator[Reconciling]:
    """A reconciliation that chooses, every half minute's worth of lists at each step."""
    facts = (streams or Streams()).facts()
    async with open_rpc([Secret(chain.rpc_url)]) as rpc:
        context = context_of(rpc, database, config=SyncConfig(chain=CHAIN, every_seconds=0))
        syncer = AutoSyncer(
            syncer_for("blocks", context, facts),
            syncer_for("signatures", context, facts),
            context.watchlist,
            context.accounts,
            every_seconds=30,
            blocks_are_pushed=facts.blocks_are_pushed,
        )
        await context.watchlist.reload()
        yield Reconciling(context=context, parts=reconciliation(context, syncer))


async def test_everything_is_stored_once_across_each_change_of_the_syncer(
    chain: SandboxChain,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "scanner.reconcile.strategy")
    monkeypatch.setattr(
        strategy, "BLOCK_REQUESTS", 120 * 3 / 3_600 / USUAL_PACE
    )  # three addresses are one too many
    whales = [Whale(chain, number) for number in (1, 2, 3, 4)]
    await follow(database, whales[0].address)
    async with choosing(chain, database) as reconciled:
        await until_still(reconciled)
        assert reconciled.syncer.name == "signatures (auto)"
        for number, whale in enumerate(whales[1:], 2):
            await follow(database, whale.address)
            await reconciled.watchlist.reload()
            for known in whales[:number]:
                known.trade(2)
            await steps(chain, 3)
            await reconciled.step()
        await until_still(reconciled)
        assert reconciled.syncer.name == "blocks (auto)"
        for whale in whales[1:]:
            await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=whale.address)
        whales[0].trade(2)
        await steps(chain, 3)
        await reconciled.watchlist.reload()
        assert reconciled.syncer.name == "signatures (auto)"
        whales[0].trade(2)
        await steps(chain, 3)
        await until_still(reconciled)
    for whale in whales:
        assert await stored(database, whale) == sorted(whale.done)
    said = [message.split()[2] for message in caplog.messages if message.startswith("Reconciles")]
    assert said == ["signatures", "blocks", "signatures"]


async def test_blocks_that_streams_bring_are_read_however_few_are_watched(
    chain: SandboxChain, database: Database
) -> None:
    await follow(database, Whale(chain).address)
    streams = Streams()
    async with choosing(chain, database, streams) as reconciled:
        assert reconciled.syncer.name == "signatures (auto)"
        streams.push_blocks = True
        assert reconciled.syncer.name == "blocks (auto)"
        assert reconciled.syncer.pause_seconds == 0
