"""Where the scanner hears from and what makes it complete, by settings: a part of the wiring.

`auto` leaves the first to what each node offers, and the second to how many addresses are watched.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from chain.decoders.quote_mints import quote_mints_of
from chain.parsing.transaction import Transaction
from chain.rpc.pool import RpcPool
from chain.rpc.urls import stream_urls
from chain.stream.connection import Sink
from chain.stream.stream import Stream, StreamConfig
from runtime.processes.lifecycle import Nursery
from runtime.settings.settings import Settings
from scanner.commit.recorder import Recorder
from scanner.live.subscription_filter import SubscriptionFilterBuilder
from scanner.reconcile.reconciler import Reconciler
from scanner.reconcile.signature_syncer import SignatureSyncConfig, SignatureSyncer
from scanner.reconcile.strategy import AutoSyncer
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist

_METHODS: dict[str, tuple[str, ...]] = {
    "auto": ("transactions", "blocks", "logs"),
    "transactions": ("transactions",),
    "logs": ("logs",),
    "blocks": ("blocks", "slots"),
}
_WITHOUT_BLOCKS = ("transactions", "logs")
"""What `auto` tries where blocks may not be read at all, or come later than alerts are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The streams, and what they are to hear of."""

    streams: Sequence[Stream]
    accounts: TokenAccounts
    wishes: SubscriptionFilterBuilder
    watched: Watchlist

    def learn(self, transaction: Transaction) -> None:
        """Take over what a transaction tells of token accounts."""
        known = self.accounts.changes
        self.accounts.learn(transaction, self.watched.index)
        if self.accounts.changes != known:
            self.wishes.look()

    def start(self, tasks: Nursery, sink: Sink) -> None:
        """Listen, for ever."""
        tasks.start_forever("wishes", self.wishes.follow)
        tasks.start_forever("token accounts", self.wishes.keep)
        for stream in self.streams:
            tasks.start_forever(f"stream of {stream.name}", functools.partial(stream.run, self.wishes, sink))

    def goes(self, method: str) -> bool:
        """Whether a stream goes this way now."""
        return any(stream.method == method for stream in self.streams)


def sources_of(
    settings: Settings, rpc: RpcPool, watched: Watchlist, recorder: Recorder, blocks: Reconciler
) -> Sources:
    """The sources; `blocks` goes on in the way that the settings want."""
    accounts = TokenAccounts(rpc, commitment=settings.commitment)
    wishes = SubscriptionFilterBuilder(watched, accounts, rpc, most=settings.logs_subscriptions)
    sources = Sources(streams=_streams(settings, blocks), accounts=accounts, wishes=wishes, watched=watched)
    wishes.by_address = functools.partial(sources.goes, "logs")
    if settings.reconcile == "blocks":
        return sources
    syncer = SignatureSyncer(rpc, watched, recorder, _signatures_config(settings), accounts)
    syncer.hurry = lambda: sum(stream.opened for stream in sources.streams)
    if settings.reconcile == "signatures":
        blocks.syncer = syncer
        return sources
    choosing = AutoSyncer(
        blocks.by_blocks, syncer, watched, accounts, every_seconds=settings.reconcile_seconds
    )
    choosing.blocks_are_told = functools.partial(sources.goes, "blocks")
    blocks.syncer = choosing
    return sources


def _ways(settings: Settings) -> tuple[str, ...]:
    """What to try, the best first; collectors ask for each block, so that nothing is told to them twice."""
    collects = settings.scanner_stage == "collect"
    if settings.scanner_source == "auto":
        needs_blocks = settings.reconcile == "blocks" and settings.commitment != "processed"
        return _METHODS["auto"] if needs_blocks and not collects else _WITHOUT_BLOCKS
    return (
        ("slots",) if collects and settings.scanner_source == "blocks" else _METHODS[settings.scanner_source]
    )


def _streams(settings: Settings, blocks: Reconciler) -> Sequence[Stream]:
    return [
        Stream(
            StreamConfig(
                url=url,
                commitment=settings.commitment,
                methods=_ways(settings),
                subscriptions=settings.logs_subscriptions,
                on_block=blocks.hear,
            )
        )
        for url in stream_urls(settings.rpc_urls, settings.ws_urls)
    ]


def _signatures_config(settings: Settings) -> SignatureSyncConfig:
    return SignatureSyncConfig(
        chain=settings.chain,
        quote_mints=quote_mints_of(settings.quote_mints),
        commitment=settings.commitment,
        every_seconds=settings.reconcile_seconds,
        blind_seconds=blind_seconds(settings),
    )


def blind_seconds(settings: Settings) -> float | None:
    """How long a cursor may stand still; rounds of signatures move it once each."""
    if not settings.outage_seconds:
        return None
    rounds = 3 * settings.reconcile_seconds if settings.reconcile != "blocks" else 0.0
    return max(settings.outage_seconds, rounds)
