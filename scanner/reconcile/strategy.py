"""RECONCILE=auto: by signatures while few addresses are watched, by blocks when they are many.

Both ways mean the same by the cursor: everything of the watched wallets up to it is stored. So a walk may go
on in the other way at any slot; there is nothing to hand over and no gap.
"""

import logging
from collections.abc import Callable

from scanner.reconcile.block_syncer import BlockSyncer, SyncState
from scanner.reconcile.signature_syncer import SignatureSyncer
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist

log = logging.getLogger(__name__)

BLOCKS_AN_HOUR = 23_000
"""Requests that reading every block takes at mainnet's pace, more than rounds take besides their lists."""
MARGIN = 0.2
"""How far beyond the limit the set must be before the way is changed, so that it does not flutter."""
_HOUR = 3_600.0


def prefers_signatures(addresses: int, *, every_seconds: float, now: bool) -> bool:
    """Whether rounds of lists ask nodes for less than reading blocks; `now`: whether they are in use.

    Each wallet and each token account takes a list a round.
    """
    lists_an_hour = addresses * _HOUR / every_seconds
    return lists_an_hour < BLOCKS_AN_HOUR * (1 + MARGIN if now else 1 - MARGIN)


class AutoSyncer:
    """Takes walks further in whichever way asks for less; stands in the place of `BlockSyncer`."""

    def __init__(
        self,
        by_blocks: BlockSyncer,
        by_signatures: SignatureSyncer,
        watched: Watchlist,
        accounts: TokenAccounts,
        *,
        every_seconds: float,
    ) -> None:
        self.blocks_are_told: Callable[[], bool] = lambda: False
        """Whether a stream brings whole blocks: then reading them asks for nothing."""
        self._by_blocks = by_blocks
        self._by_signatures = by_signatures
        self._watched = watched
        self._accounts = accounts
        self._every = every_seconds
        self._syncer: BlockSyncer | SignatureSyncer | None = None

    @property
    def name(self) -> str:
        """The way in use."""
        return f"{self._chosen().name} (auto)"

    @property
    def pause_seconds(self) -> float:
        """Of the way in use."""
        return self._chosen().pause_seconds

    def is_due(self, walk: SyncState) -> bool:
        """Whether it would go on now; the way is decided anew first."""
        return self._chosen().is_due(walk)

    def walk(self, cursor: int, buckets: frozenset[int] | None = None) -> SyncState:
        """A walk that begins after this slot, in whichever way."""
        return self._by_blocks.walk(cursor, buckets)

    async def advance(self, walk: SyncState, head: int, asked: float) -> int:
        """Go on towards `head`; by how many slots the cursor moved.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        return await self._chosen().advance(walk, head, asked)

    async def checkpoint(self, walk: SyncState) -> None:
        """Store where the walk stands, before anything was read."""
        await self._by_blocks.checkpoint(walk)

    def _chosen(self) -> BlockSyncer | SignatureSyncer:
        wallets = self._watched.wallets
        addresses = len(wallets) + self._accounts.count(wallets)
        signatures = not self.blocks_are_told() and prefers_signatures(
            addresses, every_seconds=self._every, now=self._syncer is self._by_signatures
        )
        syncer = self._by_signatures if signatures else self._by_blocks
        if syncer is not self._syncer:
            log.info("Reconciles by %s from now on: %d addresses are watched", syncer.name, addresses)
            self._syncer = syncer
        return syncer
