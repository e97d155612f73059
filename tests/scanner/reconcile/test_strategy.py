"""By signatures or by blocks, as the watched set grows and shrinks; nothing lies between the two."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.reconcile import strategy
from scanner.reconcile.strategy import (
    USUAL_PACE,
    AutoSyncer,
    Costs,
    Pace,
    hourly_by_blocks,
    hourly_by_signatures,
)
from scanner.reconcile.sync_state import SyncConfig
from scanner.reconcile.wiring import StreamFacts, reconciliation, syncer_for
from storage.chats.watches import remove_watch
from storage.postgres import Database
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconciling import Reconciling, context_of, steps, until_still
from tests.scanner.world import ALICE, CHAIN, Whale, follow, stored

pytestmark = pytest.mark.services


def test_few_wallets_cost_less_by_signatures_and_many_by_blocks() -> None:
    few = hourly_by_signatures(10, 200, every_seconds=30)
    many = hourly_by_signatures(1_000, 20_000, every_seconds=30)
    blocks = hourly_by_blocks(5)
    assert few < 4_000 < blocks < 30_000 < many
    assert hourly_by_blocks(5, are_pushed=True) < few


def test_a_faster_chain_makes_blocks_dearer_and_shorter_passes_lists() -> None:
    assert hourly_by_blocks(5) - hourly_by_blocks(2.5) == 9_000
    assert hourly_by_signatures(20, 0, every_seconds=1) > hourly_by_blocks(5)


def test_the_pace_of_the_chain_is_what_its_head_shows() -> None:
    pace = Pace()
    pace.saw(1_000, 10.0)
    pace.saw(1_050, 20.0)
    assert pace.slots_a_second == USUAL_PACE
    pace.saw(1_300, 70.0)
    assert pace.slots_a_second == 5
    pace.saw(900, 80.0)  # another node, or a chain that began again
    pace.saw(1_020, 140.0)
    assert pace.slots_a_second == 2


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=500)) as running:
        await steps(running, 5)
        yield running


class Streams:
    """Switches that say what streams push."""

    def __init__(self) -> None:
        self.push_blocks = False
        self.push_transactions = True

    def facts(self) -> StreamFacts:
        return StreamFacts(
            blocks_are_pushed=lambda: self.push_blocks, transactions_are_pushed=lambda: self.push_transactions
        )


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
            Costs(
                context.watchlist,
                context.accounts,
                every_seconds=30,
                blocks_are_pushed=facts.blocks_are_pushed,
            ),
            transactions_are_pushed=facts.transactions_are_pushed,
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
    monkeypatch.setattr(strategy, "BETWEEN_PASSES", 0)  # what does not grow with wallets
    monkeypatch.setattr(strategy, "BESIDES", 0)
    three = hourly_by_signatures(3, 0, every_seconds=30)  # are one too many
    monkeypatch.setattr(strategy, "hourly_by_blocks", lambda *_, **__: three)
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


async def test_without_a_stream_blocks_are_read_so_that_nobody_waits_for_a_pass(
    chain: SandboxChain, database: Database
) -> None:
    await follow(database, Whale(chain).address)
    streams = Streams()
    async with choosing(chain, database, streams) as reconciled:
        streams.push_transactions = False
        assert reconciled.syncer.name == "blocks (auto)"
        streams.push_transactions = True
        assert reconciled.syncer.name == "signatures (auto)"


async def test_a_wallet_that_is_followed_between_passes_is_complete_from_its_watch_on(
    chain: SandboxChain, database: Database
) -> None:
    first, new = Whale(chain, 1), Whale(chain, 2)
    await follow(database, first.address)
    async with choosing(chain, database) as reconciled:
        await until_still(reconciled)
        assert reconciled.syncer.name == "signatures (auto)"
        await follow(database, new.address)
        new.trade(3)
        await steps(chain, 3)
        await until_still(reconciled)
    assert await stored(database, new) == sorted(new.done)
