"""RECONCILE=auto: chooses lists for few wallets and blocks for many, by their cost in requests.

All syncers mean the same by the cursor: everything of the watched wallets up to it is stored. So a state may
continue with another syncer at any slot; there is nothing to convert and no gap.
"""

import logging
import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

from chain.rpc.owned_accounts import ACCOUNTS_AT_ONCE
from domain.security.mints import TOKEN_PROGRAMS
from scanner.reconcile.address_histories import CHECK_SECONDS, AddressHistories, HistoriesUnavailable
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
VOUCH_SECONDS = 24.0
"""About how often three requests ask for a block that shows the head, where none is read."""
BETWEEN_PASSES = HOUR / IDLE_SECONDS + 3 * HOUR / VOUCH_SECONDS
"""Requests an hour for how far the chain is."""


def hourly_by_blocks(slots_a_second: float, *, are_pushed: bool = False) -> float:
    """Requests an hour of reading blocks: each block, and how far the chain is.

    Args:
        slots_a_second: the pace of the chain.
        are_pushed: whether a stream brings the blocks.
    """
    return BESIDES if are_pushed else BESIDES + HOUR * slots_a_second + HOUR / ASK_SECONDS


def hourly_by_signatures(wallets: int, accounts: int, *, every_seconds: float) -> float:
    """Requests an hour of passes: a list a wallet, what token accounts hold by the hundred, and one block.

    What wallets do comes on top: a list and a transaction or two each time.

    Args:
        wallets: how many are watched.
        accounts: how many token accounts they have.
        every_seconds: from pass to pass.
    """
    a_pass = wallets + math.ceil(accounts / ACCOUNTS_AT_ONCE) + 1
    token_accounts = (
        len(TOKEN_PROGRAMS) * wallets * HOUR / MAX_AGE_SECONDS + accounts * HOUR / LIST_ALL_SECONDS
    )
    return BESIDES + a_pass * HOUR / every_seconds + token_accounts + BETWEEN_PASSES


def hourly_by_histories(wallets: int, accounts: int, *, every_seconds: float, weight: float = 1.0) -> float:
    """Requests an hour of passes by getTransactionsForAddress: one a wallet, and the hourly second check.

    Args:
        wallets: how many are watched.
        accounts: how many token accounts they have.
        every_seconds: from pass to pass.
        weight: as how many requests one of that method counts.
    """
    second_reading = len(TOKEN_PROGRAMS) * wallets + wallets + accounts
    a_pass = wallets * weight + 1
    checks = second_reading * HOUR / CHECK_SECONDS
    return BESIDES + a_pass * HOUR / every_seconds + checks + BETWEEN_PASSES


class Costs:
    """What an hour asks of the nodes, as it is now."""

    def __init__(
        self,
        watchlist: Watchlist,
        accounts: TokenAccounts,
        *,
        every_seconds: float,
        history_weight: float = 1.0,
        blocks_are_pushed: Callable[[], bool] = lambda: False,
    ) -> None:
        """Create it.

        Args:
            watchlist: how many wallets are watched.
            accounts: how many token accounts they have.
            every_seconds: from pass to pass by lists.
            history_weight: as how many requests one getTransactionsForAddress counts, by its price.
            blocks_are_pushed: whether a stream brings whole blocks now.
        """
        self.pace = Pace()
        self._watchlist = watchlist
        self._accounts = accounts
        self._every_seconds = every_seconds
        self._history_weight = history_weight
        self._blocks_are_pushed = blocks_are_pushed

    @property
    def wallets(self) -> Collection[str]:
        """The wallets that are watched."""
        return self._watchlist.wallets

    @property
    def by_blocks(self) -> float:
        """Requests an hour of reading blocks."""
        return hourly_by_blocks(self.pace.slots_a_second, are_pushed=self._blocks_are_pushed())

    @property
    def by_signatures(self) -> float:
        """Requests an hour of passes by signatures."""
        wallets, accounts = self._counts()
        return hourly_by_signatures(wallets, accounts, every_seconds=self._every_seconds)

    @property
    def by_histories(self) -> float:
        """Requests an hour of passes by histories."""
        wallets, accounts = self._counts()
        return hourly_by_histories(wallets, accounts, every_seconds=self._every_seconds)

    @property
    def price_by_histories(self) -> float:
        """The same by price: ordinary requests an hour that cost as much."""
        wallets, accounts = self._counts()
        return hourly_by_histories(
            wallets, accounts, every_seconds=self._every_seconds, weight=self._history_weight
        )

    def of(self, syncer: str) -> float:
        """Requests an hour of the syncer of this name."""
        kind = syncer.split(maxsplit=1)[0]
        return {"signatures": self.by_signatures, "histories": self.by_histories}.get(kind, self.by_blocks)

    def price(self, syncer: str) -> float:
        """The same by price: ordinary requests an hour that cost as much."""
        return self.price_by_histories if syncer.startswith("histories") else self.of(syncer)

    def _counts(self) -> tuple[int, int]:
        wallets = self._watchlist.wallets
        return len(wallets), self._accounts.count(wallets)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHistories:
    """Passes by getTransactionsForAddress."""

    syncer: Syncer
    histories: AddressHistories
    """Knows whether a provider has the method."""


class AutoSyncer:
    """Advances states by whichever syncer is cheapest; while no stream reports transactions, by blocks."""

    def __init__(
        self,
        by_blocks: Syncer,
        by_signatures: Syncer,
        costs: Costs,
        *,
        transactions_are_pushed: Callable[[], bool],
        by_histories: ByHistories | None = None,
    ) -> None:
        """Build it; the first decision falls when it is first asked.

        Args:
            by_blocks: reads whole blocks.
            by_signatures: reads lists.
            costs: what each asks for.
            transactions_are_pushed: whether a stream reports transactions now; else passes are too late.
            by_histories: reads what a provider lists by a method of its own; None: it is not to be asked for.
        """
        self._by_blocks = by_blocks
        self._by_signatures = by_signatures
        self._by_histories = by_histories
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
        """Return whether it would advance now; the syncer is chosen again first."""
        return self._chosen().is_due(state)

    async def advance(self, state: SyncState, head: int, asked: float) -> int:
        """Advance towards `head`; return by how many slots the cursor moved.

        Where histories cannot be used, the next cheapest syncer does the same at once.

        Args:
            state: is changed as slots are stored.
            head: the newest slot; how fast it moves says how many blocks an hour has.
            asked: when that was known, by the monotonic clock.

        Raises:
            Unavailable: a server did not answer; nothing is lost by that.
        """
        self._costs.pace.saw(head, asked)
        if self._by_histories is not None:
            await self._by_histories.histories.probe(self._costs.wallets)
        try:
            return await self._chosen().advance(state, head, asked)
        except HistoriesUnavailable as error:
            log.warning("%s", error)
            return await self._chosen().advance(state, head, asked)

    def _chosen(self) -> Syncer:
        options = self._options()
        current = self._in_use if self._in_use in options else self._by_blocks
        cheapest = min(options, key=self._price)
        syncer = cheapest if self._price(cheapest) < self._price(current) * (1 - MARGIN) else current
        if syncer is not self._in_use:
            hourly = self._costs.of(syncer.name)
            log.info("Reconciles by %s from now on, for some %d requests an hour", syncer.name, hourly)
            self._in_use = syncer
        return syncer

    def _options(self) -> list[Syncer]:
        """Return what can be used now."""
        options = [self._by_blocks]
        if self._transactions_are_pushed():
            options.append(self._by_signatures)
            if self._by_histories is not None and self._by_histories.histories.is_offered:
                options.append(self._by_histories.syncer)
        return options

    def _price(self, syncer: Syncer) -> float:
        return self._costs.price(syncer.name)
