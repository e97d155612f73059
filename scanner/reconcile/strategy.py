"""RECONCILE=auto: by signatures while few wallets are watched, by blocks when they are many. And the costs.

Both syncers mean the same by the cursor: everything of the watched wallets up to it is stored. So a state may
go on with the other syncer at any slot; there is nothing to convert and no gap.
"""

import logging
import math
from collections.abc import Callable

from chain.rpc.owned_accounts import ACCOUNTS_AT_ONCE
from domain.security.mints import TOKEN_PROGRAMS
from scanner.reconcile.chain_head import ASK_SECONDS, IDLE_SECONDS
from scanner.reconcile.signature_lists import LIST_ALL_SECONDS
from scanner.reconcile.sync_state import Syncer, SyncState
from scanner.wallets.token_accounts import MAX_AGE_SECONDS, TokenAccounts
from scanner.wallets.watchlist import Watchlist

log = logging.getLogger(__name__)

USUAL_PACE = 4.0
"""Slots a second, until the chain's own pace was seen."""
MEASURED_SECONDS = 60.0
"""The pace of the chain is measured over at least this time."""
MARGIN = 0.2
"""How much dearer a way must be before the other is taken, so that they do not flutter."""
BESIDES = 400
"""Requests an hour for what costs the same whatever reconciles: prices, warm connections."""
HOUR = 3_600.0


def hourly_by_blocks(slots_a_second: float, *, are_pushed: bool = False) -> float:
    """Requests an hour of reading blocks: each block, and how far the chain is.

    Args:
        slots_a_second: the pace of the chain.
        are_pushed: whether a stream brings the blocks.
    """
    return BESIDES if are_pushed else BESIDES + HOUR * slots_a_second + HOUR / ASK_SECONDS


def hourly_by_signatures(wallets: int, accounts: int, *, every_seconds: float) -> float:
    """Requests an hour of passes: a list a wallet, what token accounts hold by the hundred, and one block.

    Args:
        wallets: how many are watched.
        accounts: how many token accounts they have.
        every_seconds: from pass to pass.
    """
    a_pass = wallets + math.ceil(accounts / ACCOUNTS_AT_ONCE) + 1
    token_accounts = (
        len(TOKEN_PROGRAMS) * wallets * HOUR / MAX_AGE_SECONDS + accounts * HOUR / LIST_ALL_SECONDS
    )
    return BESIDES + a_pass * HOUR / every_seconds + token_accounts + HOUR / IDLE_SECONDS


class Costs:
    """What an hour asks of the nodes, as it is now."""

    def __init__(
        self,
        watchlist: Watchlist,
        accounts: TokenAccounts,
        *,
        every_seconds: float,
        blocks_are_pushed: Callable[[], bool] = lambda: False,
    ) -> None:
        """Build it.

        Args:
            watchlist: how many wallets are watched.
            accounts: how many token accounts they have.
            every_seconds: from pass to pass by signatures.
            blocks_are_pushed: whether a stream brings whole blocks now.
        """
        self.pace = Pace()
        self._watchlist = watchlist
        self._accounts = accounts
        self._every_seconds = every_seconds
        self._blocks_are_pushed = blocks_are_pushed

    @property
    def by_blocks(self) -> float:
        """Requests an hour of reading blocks."""
        return hourly_by_blocks(self.pace.slots_a_second, are_pushed=self._blocks_are_pushed())

    @property
    def by_signatures(self) -> float:
        """Requests an hour of passes by signatures."""
        wallets = self._watchlist.wallets
        known = self._accounts.count(wallets)
        return hourly_by_signatures(len(wallets), known, every_seconds=self._every_seconds)

    def of(self, syncer: str) -> float:
        """Requests an hour of the syncer of this name."""
        return self.by_signatures if syncer.startswith("signatures") else self.by_blocks


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
    """Advances states by whichever syncer asks for less; while no stream tells of transactions, by blocks."""

    def __init__(
        self,
        by_blocks: Syncer,
        by_signatures: Syncer,
        costs: Costs,
        *,
        transactions_are_pushed: Callable[[], bool],
    ) -> None:
        """Build it; the first decision falls when it is first asked.

        Args:
            by_blocks: reads whole blocks.
            by_signatures: reads lists.
            costs: what either asks for.
            transactions_are_pushed: whether a stream tells of transactions now; else passes are too late.
        """
        self._by_blocks = by_blocks
        self._by_signatures = by_signatures
        self._costs = costs
        self._transactions_are_pushed = transactions_are_pushed
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
        self._costs.pace.saw(head, asked)
        return await self._chosen().advance(state, head, asked)

    def _chosen(self) -> Syncer:
        margin = 1 + MARGIN if self._in_use is self._by_signatures else 1 - MARGIN
        is_cheaper = self._costs.by_signatures < self._costs.by_blocks * margin
        syncer = self._by_signatures if is_cheaper and self._transactions_are_pushed() else self._by_blocks
        if syncer is not self._in_use:
            hourly = self._costs.of(syncer.name)
            log.info("Reconciles by %s from now on, for some %d requests an hour", syncer.name, hourly)
            self._in_use = syncer
        return syncer
