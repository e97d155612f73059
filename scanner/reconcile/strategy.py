"""RECONCILE=auto: by signatures while few addresses are watched, by blocks when they are many.

Both syncers mean the same by the cursor: everything of the watched wallets up to it is stored. So a state may
go on with the other syncer at any slot; there is nothing to convert and no gap.
"""

import logging
from collections.abc import Callable

from scanner.reconcile.sync_state import Syncer, SyncState
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist

log = logging.getLogger(__name__)

BLOCKS_AN_HOUR = 23_000
"""Requests for every block at mainnet's pace, less what passes by signatures ask besides lists."""
MARGIN = 0.2
"""How far beyond the limit the set must be before the syncer changes, so that it does not flutter."""
_HOUR = 3_600.0


def prefers_signatures(addresses: int, *, every_seconds: float, in_use: bool) -> bool:
    """Whether passes by signatures ask nodes for less than reading blocks.

    Each wallet and each token account takes one list a pass.

    Args:
        addresses: how many are watched.
        every_seconds: from pass to pass.
        in_use: whether they go by signatures now.
    """
    lists_an_hour = addresses * _HOUR / every_seconds
    return lists_an_hour < BLOCKS_AN_HOUR * (1 + MARGIN if in_use else 1 - MARGIN)


class AutoSyncer:
    """Advances states by whichever syncer asks for less."""

    def __init__(
        self,
        by_blocks: Syncer,
        by_signatures: Syncer,
        watchlist: Watchlist,
        accounts: TokenAccounts,
        *,
        every_seconds: float,
        blocks_are_pushed: Callable[[], bool],
    ) -> None:
        """Build it; the first decision falls when it is first asked.

        Args:
            by_blocks: reads whole blocks.
            by_signatures: reads lists.
            watchlist: how many wallets are watched.
            accounts: how many token accounts they have.
            every_seconds: from pass to pass of `by_signatures`.
            blocks_are_pushed: whether a stream brings whole blocks now: then reading them asks for nothing.
        """
        self._by_blocks = by_blocks
        self._by_signatures = by_signatures
        self._watchlist = watchlist
        self._accounts = accounts
        self._every_seconds = every_seconds
        self._blocks_are_pushed = blocks_are_pushed
        self._in_use: Syncer | None = None

    @property
    def name(self) -> str:
        """The syncer in use."""
        return f"{self._chosen().name} (auto)"

    @property
    def pause_seconds(self) -> float:
        """Of the syncer in use."""
        return self._chosen().pause_seconds

    def is_due(self, state: SyncState) -> bool:
        """Whether it would advance now; the syncer is chosen anew first."""
        return self._chosen().is_due(state)

    async def advance(self, state: SyncState, head: int, asked: float) -> int:
        """Advance towards `head`; by how many slots the cursor moved."""
        return await self._chosen().advance(state, head, asked)

    def _chosen(self) -> Syncer:
        wallets = self._watchlist.wallets
        addresses = len(wallets) + self._accounts.count(wallets)
        by_signatures = not self._blocks_are_pushed() and prefers_signatures(
            addresses,
            every_seconds=self._every_seconds,
            in_use=self._in_use is self._by_signatures,
        )
        syncer = self._by_signatures if by_signatures else self._by_blocks
        if syncer is not self._in_use:
            log.info("Reconciles by %s from now on: %d addresses are watched", syncer.name, addresses)
            self._in_use = syncer
        return syncer
