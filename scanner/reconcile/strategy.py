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

BLOCK_REQUESTS = 2.5
"""Requests that each slot costs who reads blocks, less what passes by signatures ask besides lists."""
USUAL_PACE = 4.0
"""Slots a second, until the chain's own pace was seen."""
MEASURED_SECONDS = 60.0
"""The pace of the chain is measured over at least this time."""
MARGIN = 0.2
"""How far beyond the limit the set must be before the syncer changes, so that it does not flutter."""


def prefers_signatures(
    addresses: int, *, every_seconds: float, in_use: bool, slots_a_second: float = USUAL_PACE
) -> bool:
    """Whether passes by signatures ask nodes for less than reading blocks.

    Each wallet and each token account takes one list a pass.

    Args:
        addresses: how many are watched.
        every_seconds: from pass to pass.
        in_use: whether they go by signatures now.
        slots_a_second: the pace of the chain.
    """
    lists_a_second = addresses / every_seconds
    return lists_a_second < BLOCK_REQUESTS * slots_a_second * (1 + MARGIN if in_use else 1 - MARGIN)


class Pace:
    """How many slots a second the chain makes, as its head shows."""

    def __init__(self) -> None:
        """Begin without having seen anything."""
        self.slots_a_second = USUAL_PACE
        self._since: tuple[float, int] | None = None

    def saw(self, head: int, asked: float) -> None:
        """Take in that the chain was at `head` at this moment of the monotonic clock."""
        if self._since is None or head < self._since[1]:
            self._since = asked, head
            return
        seconds = asked - self._since[0]
        if seconds >= MEASURED_SECONDS and head > self._since[1]:
            self.slots_a_second = (head - self._since[1]) / seconds
            self._since = asked, head


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
        self._pace = Pace()

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
        self._pace.saw(head, asked)
        return await self._chosen().advance(state, head, asked)

    def _chosen(self) -> Syncer:
        wallets = self._watchlist.wallets
        addresses = len(wallets) + self._accounts.count(wallets)
        by_signatures = not self._blocks_are_pushed() and prefers_signatures(
            addresses,
            every_seconds=self._every_seconds,
            in_use=self._in_use is self._by_signatures,
            slots_a_second=self._pace.slots_a_second,
        )
        syncer = self._by_signatures if by_signatures else self._by_blocks
        if syncer is not self._in_use:
            log.info("Reconciles by %s from now on: %d addresses are watched", syncer.name, addresses)
            self._in_use = syncer
        return syncer
