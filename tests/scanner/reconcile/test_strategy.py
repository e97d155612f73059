"""By signatures or by blocks, as the watched set grows and shrinks; nothing lies between the two."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.commit.recorder import Recorder
from scanner.reconcile import strategy
from scanner.reconcile.reconciler import Reconciler, SyncConfig
from scanner.reconcile.signature_syncer import SignatureSyncConfig, SignatureSyncer
from scanner.reconcile.strategy import AutoSyncer, prefers_signatures
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist
from storage.chats.watches import remove_watch
from storage.postgres import Database
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconcile.test_reconciler import Silence, steps, until_still
from tests.scanner.world import ALICE, CHAIN, Whale, follow, stored

pytestmark = pytest.mark.services


@pytest.mark.parametrize(
    ("addresses", "every", "now", "expected"),
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
    now: bool,  # noqa: FBT001 - a parameter of the test
    expected: bool,  # noqa: FBT001 - the same
) -> None:
    assert prefers_signatures(addresses, every_seconds=every, now=now) is expected


@pytest.mark.parametrize("addresses", range(0, 400, 7))
def test_a_decision_is_not_taken_back_while_nothing_changes(addresses: int) -> None:
    once = prefers_signatures(addresses, every_seconds=30, now=False)
    assert prefers_signatures(addresses, every_seconds=30, now=once) is once


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=500)) as running:
        await steps(running, 5)
        yield running


class Scene:
    """A reconciliation that chooses, and a switch that says whether streams tell blocks."""

    def __init__(self, blocks: Reconciler, syncer: AutoSyncer, watched: Watchlist) -> None:
        self.blocks = blocks
        self.syncer = syncer
        self.watched = watched
        self.told = False
        syncer.blocks_are_told = lambda: self.told


@asynccontextmanager
async def choosing_scene(chain: SandboxChain, database: Database) -> AsyncIterator[Scene]:
    async with open_rpc([Secret(chain.rpc_url)]) as rpc:
        watched, recorder = Watchlist(database, chain=CHAIN), Recorder(database, Silence())
        blocks = Reconciler(rpc, database, watched, recorder, SyncConfig(chain=CHAIN))
        accounts = TokenAccounts(rpc, commitment="confirmed")
        config = SignatureSyncConfig(chain=CHAIN, every_seconds=0)
        syncer = SignatureSyncer(rpc, watched, recorder, config, accounts)
        chosen = AutoSyncer(blocks.by_blocks, syncer, watched, accounts, every_seconds=30)
        blocks.syncer = chosen
        await watched.reload()
        yield Scene(blocks, chosen, watched)


async def test_everything_is_stored_once_across_each_change_of_the_way(
    chain: SandboxChain,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "scanner.reconcile.strategy")
    monkeypatch.setattr(strategy, "BLOCKS_AN_HOUR", 120 * 3)  # three addresses are one too many
    whales = [Whale(chain, number) for number in (1, 2, 3, 4)]
    await follow(database, whales[0].address)
    async with choosing_scene(chain, database) as scene:
        await until_still(scene.blocks)
        assert scene.syncer.name == "signatures (auto)"
        for number, whale in enumerate(whales[1:], 2):
            await follow(database, whale.address)
            await scene.watched.reload()
            for known in whales[:number]:
                known.trade(2)
            await steps(chain, 3)
            await scene.blocks.step()
        await until_still(scene.blocks)
        assert scene.syncer.name == "blocks (auto)"
        for whale in whales[1:]:
            await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=whale.address)
        whales[0].trade(2)
        await steps(chain, 3)
        await scene.watched.reload()
        assert scene.syncer.name == "signatures (auto)"
        whales[0].trade(2)
        await steps(chain, 3)
        await until_still(scene.blocks)
    for whale in whales:
        assert await stored(database, whale) == sorted(whale.done)
    said = [message.split()[2] for message in caplog.messages if message.startswith("Reconciles")]
    assert said == ["signatures", "blocks", "signatures"]


async def test_blocks_that_streams_bring_are_read_however_few_are_watched(
    chain: SandboxChain, database: Database
) -> None:
    await follow(database, Whale(chain).address)
    async with choosing_scene(chain, database) as scene:
        assert scene.syncer.name == "signatures (auto)"
        scene.told = True
        assert scene.syncer.name == "blocks (auto)"
        assert scene.syncer.pause_seconds == 0
