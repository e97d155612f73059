"""Assembles the reconciliation, beside `scanner/wiring.py`, which decides what stands behind the sink."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from chain.rpc.pool import RpcPool
from chain.stream.messages import PushedBlock
from runtime.settings.settings import Settings
from scanner.commit.committer import Decoder, Recorder
from scanner.commit.sink import CommitSink
from scanner.reconcile.address_histories import AddressHistories
from scanner.reconcile.block_comparison import BlockComparison
from scanner.reconcile.block_fetcher import BlockBuffer, BlockFetcher
from scanner.reconcile.block_reader import NextSlots
from scanner.reconcile.block_syncer import BlockSyncer
from scanner.reconcile.chain_head import ASK_SECONDS, ChainHead
from scanner.reconcile.reconciler import AssignedStates, Reconciler
from scanner.reconcile.signature_lists import Lists, SignatureLists
from scanner.reconcile.signature_syncer import SignatureSyncer
from scanner.reconcile.strategy import AutoSyncer, ByHistories, Costs
from scanner.reconcile.sync_state import SyncConfig, Syncer
from scanner.roles import Role
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist
from storage.postgres import Database

_PASSES = 3
"""Passes by signatures that may fail before the feed counts as blind; each moves the cursor once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncContext:
    """What syncers and the reconciler stand on."""

    database: Database
    rpc: RpcPool
    sink: CommitSink
    recorder: Recorder
    decoder: Decoder
    watchlist: Watchlist
    accounts: TokenAccounts
    role: Role
    wake: asyncio.Event
    """Set when there is something new to read."""
    config: SyncConfig

    buffer: BlockBuffer = field(default_factory=BlockBuffer)
    """Takes the blocks that streams push."""
    block_comparison: BlockComparison | None = None
    """Compares what blocks showed; None: there is one node."""

    def push(self, block: PushedBlock) -> None:
        """A stream brought a block: it need not be asked for."""
        self.buffer.put(block)
        self.wake.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFacts:
    """What syncers want to know of the streams."""

    times_opened: Callable[[], int] = lambda: 0
    """Changes when a stream was opened again, and may have missed something."""
    blocks_are_pushed: Callable[[], bool] = lambda: False
    """Whether a stream brings whole blocks now."""
    transactions_are_pushed: Callable[[], bool] = lambda: False
    """Whether a stream reports transactions now."""


NO_STREAMS = StreamFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """The loop and what it works on."""

    reconciler: Reconciler
    syncer: Syncer
    states: AssignedStates
    head: ChainHead


def sync_config(settings: Settings) -> SyncConfig:
    """Return what to reconcile and how fast, by the settings."""
    return SyncConfig(
        chain=settings.chain,
        commitment=settings.commitment,
        every_seconds=settings.reconcile_seconds,
        history_weight=settings.rpc_history_weight,
        blind_seconds=_blind_seconds(settings),
    )


def _blind_seconds(settings: Settings) -> float | None:
    """Return how long a cursor may stand still."""
    if not settings.outage_seconds:
        return None
    passes = _PASSES * settings.reconcile_seconds if settings.reconcile != "blocks" else 0.0
    return max(settings.outage_seconds, passes)


def syncer_for(kind: str, context: SyncContext, streams: StreamFacts) -> Syncer:
    """The syncer of this name (RECONCILE).

    Args:
        kind: `blocks`, `signatures` or `auto`.
        context: what it stands on.
        streams: what it wants to know of the streams.
    """
    if kind == "blocks":
        return _block_syncer(context)
    lists = SignatureLists(context.rpc, context.accounts, commitment=context.config.commitment)
    by_signatures = _pass_syncer(context, streams, lists, "signatures")
    if kind == "signatures":
        return by_signatures
    return AutoSyncer(
        _block_syncer(context),
        by_signatures,
        costs_of(context, streams),
        transactions_are_pushed=streams.transactions_are_pushed,
        by_histories=_by_histories(context, streams, lists) if context.config.history_weight else None,
    )


def _pass_syncer(context: SyncContext, streams: StreamFacts, lists: Lists, name: str) -> SignatureSyncer:
    return SignatureSyncer(
        lists,
        context.recorder,
        context.decoder,
        context.watchlist,
        context.config,
        name=name,
        times_opened=streams.times_opened,
        block_comparison=context.block_comparison,
    )


def _by_histories(context: SyncContext, streams: StreamFacts, lists: SignatureLists) -> ByHistories:
    config = context.config
    histories = AddressHistories(
        context.rpc, lists, commitment=config.commitment, every_seconds=config.every_seconds
    )
    return ByHistories(syncer=_pass_syncer(context, streams, histories, "histories"), histories=histories)


def costs_of(context: SyncContext, streams: StreamFacts) -> Costs:
    """Return what an hour costs."""
    return Costs(
        context.watchlist,
        context.accounts,
        every_seconds=context.config.every_seconds,
        history_weight=context.config.history_weight,
        blocks_are_pushed=streams.blocks_are_pushed,
    )


def reconciliation(context: SyncContext, syncer: Syncer, streams: StreamFacts = NO_STREAMS) -> Reconciliation:
    """The reconciliation by this syncer.

    Args:
        context: what all syncers share.
        syncer: advances the states.
        streams: while they push transactions, the head of the chain is asked for less often.
    """
    config = context.config
    head = ChainHead(
        context.rpc,
        context.buffer,
        commitment=config.commitment,
        blind_seconds=config.blind_seconds,
        due_seconds=lambda: ASK_SECONDS if streams.transactions_are_pushed() else 0.0,
    )
    states = AssignedStates(context.database, context.sink, config, providers=context.rpc.names)
    reconciler = Reconciler(syncer, states, head, context.role, config, wake=context.wake)
    return Reconciliation(reconciler=reconciler, syncer=syncer, states=states, head=head)


def block_comparison(
    rpc: RpcPool, database: Database, decoder: Decoder, watchlist: Watchlist
) -> BlockComparison | None:
    """Return what compares nodes with each other; None: there is one alone.

    Args:
        rpc: with the nodes.
        database: takes what a block lacked.
        decoder: decodes that.
        watchlist: whose transactions count.
    """
    return BlockComparison(rpc, database, decoder, watchlist) if len(rpc.names) > 1 else None


def _block_syncer(context: SyncContext) -> BlockSyncer:
    config = context.config
    comparison = context.block_comparison
    next_slots = NextSlots(
        BlockFetcher(context.rpc, commitment=config.commitment),
        context.buffer,
        providers=context.rpc.names,
        max_at_once=config.max_at_once,
        distrusted=comparison.distrusted if comparison else tuple,
    )
    return BlockSyncer(
        context.sink,
        next_slots,
        context.buffer,
        context.watchlist,
        blind_seconds=config.blind_seconds,
        block_comparison=comparison,
    )
