"""A reconciliation on a local chain, taken step by step."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from chain.rpc.pool import RpcPool, open_rpc
from chain.stream.messages import PushedBlock
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.commit.committer import Committer, Decoder, Recorder
from scanner.commit.sink import FEED
from scanner.reconcile.block_fetcher import BlockBuffer
from scanner.reconcile.reconciler import Reconciler
from scanner.reconcile.sync_state import SyncConfig, Syncer, SyncState
from scanner.reconcile.wiring import (
    Reconciliation,
    StreamFacts,
    SyncContext,
    block_comparison,
    reconciliation,
    syncer_for,
)
from scanner.roles import ALL_WALLETS, Role
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist
from storage.ingest.cursors import read_cursor
from storage.postgres import Database
from tests.scanner.world import CHAIN

CONFIG = SyncConfig(chain=CHAIN)
NO_STREAMS = StreamFacts()


class Silence:
    """Announces nothing."""

    def announce(self, mints: frozenset[str], wallets: frozenset[str]) -> None:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciling:
    """A reconciliation, and what it stands on."""

    context: SyncContext
    parts: Reconciliation

    @property
    def reconciler(self) -> Reconciler:
        return self.parts.reconciler

    @property
    def syncer(self) -> Syncer:
        return self.parts.syncer

    @property
    def watchlist(self) -> Watchlist:
        return self.context.watchlist

    @property
    def head(self) -> int:
        return self.parts.head.slot

    @property
    def cursor(self) -> int | None:
        return self.reconciler.cursor

    @property
    def state(self) -> SyncState:
        assert self.parts.states.first is not None
        return self.parts.states.first

    async def step(self) -> int:
        return await self.reconciler.step()

    def push(self, block: PushedBlock) -> None:
        """As a stream does."""
        self.context.push(block)


def context_of(
    rpc: RpcPool, database: Database, role: Role = ALL_WALLETS, config: SyncConfig = CONFIG
) -> SyncContext:
    """Return what a reconciliation stands on, where everything is committed in this process."""
    watchlist = Watchlist(database, chain=CHAIN)
    recorder, decoder = Recorder(database, Silence(), role), Decoder(chain=CHAIN)
    return SyncContext(
        database=database,
        rpc=rpc,
        sink=Committer(recorder, decoder, watchlist.index),
        recorder=recorder,
        decoder=decoder,
        watchlist=watchlist,
        accounts=TokenAccounts(rpc, commitment=config.commitment),
        buffer=BlockBuffer(),
        role=role,
        wake=asyncio.Event(),
        config=config,
        block_comparison=block_comparison(rpc, database, decoder, watchlist),
    )


def reconciling_with(
    context: SyncContext, kind: str = "blocks", streams: StreamFacts = NO_STREAMS
) -> Reconciling:
    syncer = syncer_for(kind, context, streams)
    return Reconciling(context=context, parts=reconciliation(context, syncer, streams))


@asynccontextmanager
async def reconciling(
    chain: SandboxChain,
    database: Database,
    *,
    kind: str = "blocks",
    role: Role = ALL_WALLETS,
    streams: StreamFacts = NO_STREAMS,
    config: SyncConfig = CONFIG,
) -> AsyncIterator[Reconciling]:
    """A reconciliation against this chain; `kind` is a value of RECONCILE."""
    async with open_rpc([Secret(chain.rpc_url)]) as rpc:
        yield reconciling_with(context_of(rpc, database, role, config), kind, streams)


async def steps(chain: SandboxChain, count: int) -> None:
    for _ in range(count):
        await chain.step()


async def cursor_in(database: Database) -> int:
    """The stored cursor."""
    stands = await read_cursor(database, chain=CHAIN, feed=FEED)
    assert stands is not None
    return stands.slot


async def until_still(reconciling: Reconciling) -> None:
    for _ in range(100):
        if not await reconciling.step():
            return
    pytest.fail("it moves without end")
