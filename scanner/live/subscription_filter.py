"""Builds the filter of the streams: the watched wallets, and what else names them.

That is their token accounts, where those need subscriptions of their own, and transactions of every version
that nodes have named.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice, zip_longest

from chain.parsing.transaction import Transaction
from chain.rpc.pool import RpcPool
from chain.stream.source import SubscriptionFilter
from domain.errors import Unavailable
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist

log = logging.getLogger(__name__)

MAX_AGE_SECONDS = 3_600.0
"""How old a list of token accounts may be where only speed rests on it; decoded transactions add to it."""
MAX_CONCURRENT_WALLETS = 4
"""Wallets whose token accounts are asked for together."""
WALLETS_PER_SECOND = 20.0
"""So that a start with thousands of wallets leaves the node room for what is urgent."""
REBUILD_SECONDS = 1.0


class SubscriptionFilterBuilder:
    """Keeps the filter true; it is the streams' `FilterUpdates`."""

    def __init__(
        self,
        watchlist: Watchlist,
        accounts: TokenAccounts,
        rpc: RpcPool,
        *,
        limit: int,
        by_address: Callable[[], bool],
    ) -> None:
        """Build the first filter from what is known.

        Args:
            watchlist: the watched wallets.
            accounts: their token accounts.
            rpc: knows the newest version of transactions.
            limit: how many addresses one connection subscribes to.
            by_address: whether a stream takes a subscription for each address now; only then are token
                accounts asked for.
        """
        self._watchlist = watchlist
        self._accounts = accounts
        self._rpc = rpc
        self._limit = limit
        self._by_address = by_address
        self._change = asyncio.Event()
        self._rebuild_now = asyncio.Event()
        self._seen_changes = -1
        self._new_wallets: dict[str, None] = {}
        self.subscription_filter = SubscriptionFilter(
            wallets=watchlist.wallets, version=rpc.transaction_version
        )

    async def changed(self, since: SubscriptionFilter) -> None:
        """Return when `subscription_filter` is another than `since`."""
        while self.subscription_filter is since:
            await self._change.wait()

    def learn(self, transaction: Transaction) -> None:
        """Take over the token accounts that a decoded transaction names."""
        known = self._accounts.changes
        self._accounts.learn(transaction, self._watchlist.index)
        if self._accounts.changes != known:
            self._rebuild_now.set()

    async def follow_watchlist(self) -> None:
        """Take over each change of the watched wallets at once until cancelled."""
        while True:
            known = self._watchlist.subscription_filter
            self._rebuild()
            self._rebuild_now.set()
            await self._watchlist.changed(known)
            self._new_wallets |= dict.fromkeys(self._watchlist.wallets - known.wallets)

    async def follow_accounts(self) -> None:
        """Read the token accounts that are not known yet, and take over what else changes until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REBUILD_SECONDS):
                    await self._rebuild_now.wait()
            self._rebuild_now.clear()
            self._rebuild()
            if self._has_room():
                await self._read_some()

    def _has_room(self) -> bool:
        return self._by_address() and len(self._watchlist.wallets) < self._limit

    async def _read_some(self) -> None:
        due = self._due()
        if not due:
            return
        try:
            await asyncio.gather(
                *(self._accounts.of(wallet, max_age_seconds=MAX_AGE_SECONDS) for wallet in due)
            )
        except Unavailable as error:
            log.info("Token accounts are not read yet: %s", error)
            return
        for wallet in due:
            self._new_wallets.pop(wallet, None)
        self._rebuild()
        self._rebuild_now.set()  # there may be more to read
        await asyncio.sleep(len(due) / WALLETS_PER_SECOND)

    def _due(self) -> list[str]:
        """The next wallets to ask for: first those that somebody has just begun to follow."""
        wallets = self._watchlist.wallets
        self._new_wallets = {wallet: None for wallet in self._new_wallets if wallet in wallets}
        unread = self._accounts.unread(wallets, max_age_seconds=MAX_AGE_SECONDS)
        new = islice(self._new_wallets, MAX_CONCURRENT_WALLETS)
        return list(dict.fromkeys([*new, *unread]))[:MAX_CONCURRENT_WALLETS]

    def _rebuild(self) -> None:
        """Replace the filter, if it is another one than before."""
        wallets, version = self._watchlist.wallets, self._rpc.transaction_version
        same = wallets is self.subscription_filter.wallets and version == self.subscription_filter.version
        if same and self._accounts.changes == self._seen_changes:
            return
        self._accounts.keep_only(wallets)
        self._seen_changes = self._accounts.changes
        accounts = self._chosen(sorted(wallets)) if self._has_room() else ()
        rebuilt = SubscriptionFilter(wallets=wallets, accounts=accounts, version=version)
        if rebuilt != self.subscription_filter:
            self.subscription_filter = rebuilt
            self._change.set()
            self._change = asyncio.Event()

    def _chosen(self, wallets: Sequence[str]) -> tuple[str, ...]:
        """Token accounts round robin over the wallets, as many as there is room for beside the wallets."""
        known = (self._accounts.known(wallet) for wallet in wallets)
        return round_robin(known, self._limit - len(wallets))


def round_robin(lists: Iterable[Sequence[str]], limit: int) -> tuple[str, ...]:
    """The first of each list, then the second of each, up to `limit` in all."""
    columns = zip_longest(*(found for found in lists if found))
    return tuple(islice((one for one in chain.from_iterable(columns) if one is not None), max(0, limit)))
