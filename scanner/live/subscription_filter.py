"""What streams are to hear of: the watched wallets, and what else names them.

That is their token accounts, where those need subscriptions of their own, and transactions of every version
that nodes have told of.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice, zip_longest

from chain.rpc.pool import RpcPool
from chain.stream.subscriptions import SubscriptionFilter
from domain.errors import Unavailable
from scanner.wallets.token_accounts import TokenAccounts
from scanner.wallets.watchlist import Watchlist

log = logging.getLogger(__name__)

READ_AGAIN_SECONDS = 3_600.0
"""How long a list is believed where only speed rests on it; what is decoded here adds to it meanwhile."""
AT_ONCE = 4
"""Wallets whose token accounts are asked for together."""
PER_SECOND = 20.0
"""Such wallets a second, so that a start with thousands leaves the node room for what is urgent."""
LOOK_SECONDS = 1.0


class SubscriptionFilterBuilder:
    """Keeps the wish true; it is the streams' `FilterUpdates`."""

    def __init__(self, watched: Watchlist, accounts: TokenAccounts, rpc: RpcPool, *, most: int) -> None:
        self.by_address: Callable[[], bool] = lambda: False
        """Whether a stream takes a subscription for each address; only then are token accounts asked for."""
        self._watched = watched
        self._accounts = accounts
        self._rpc = rpc
        self._most = most
        self._change = asyncio.Event()
        self._look = asyncio.Event()
        self._seen = -1
        self._came: dict[str, None] = {}
        self.subscription_filter = SubscriptionFilter(
            wallets=watched.wallets, version=rpc.transaction_version
        )

    async def changed(self, since: SubscriptionFilter) -> None:
        """Return when `subscription_filter` is another than `since`."""
        while self.subscription_filter is since:
            await self._change.wait()

    def look(self) -> None:
        """Something may have changed: look at once."""
        self._look.set()

    async def follow(self) -> None:
        """Take over each change of the watched wallets at once, for ever."""
        while True:
            known = self._watched.subscription_filter
            self._renew()
            self.look()
            await self._watched.changed(known)
            self._came |= dict.fromkeys(self._watched.wallets - known.wallets)

    async def keep(self) -> None:
        """Read the token accounts that are not known yet, and take over what else changes, for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._look.wait()
            self._look.clear()
            self._renew()
            if self._has_room():
                await self._read_some()

    def _has_room(self) -> bool:
        return self.by_address() and len(self._watched.wallets) < self._most

    async def _read_some(self) -> None:
        due = self._due()
        if not due:
            return
        try:
            await asyncio.gather(
                *(self._accounts.of(wallet, believed_seconds=READ_AGAIN_SECONDS) for wallet in due)
            )
        except Unavailable as error:
            log.info("Token accounts are not known yet: %s", error)
            return
        for wallet in due:
            self._came.pop(wallet, None)
        self._renew()
        self.look()  # there may be more to read
        await asyncio.sleep(len(due) / PER_SECOND)

    def _due(self) -> list[str]:
        """The next wallets to ask for: those first that somebody has just begun to follow."""
        self._came = {wallet: None for wallet in self._came if wallet in self._watched.wallets}
        every = self._accounts.unread(self._watched.wallets, believed_seconds=READ_AGAIN_SECONDS)
        return list(dict.fromkeys([*islice(self._came, AT_ONCE), *every]))[:AT_ONCE]

    def _renew(self) -> None:
        """Say what is wished now, if that is something else than before."""
        wallets, version = self._watched.wallets, self._rpc.transaction_version
        same = wallets is self.subscription_filter.wallets and version == self.subscription_filter.version
        if same and self._accounts.changes == self._seen:
            return
        self._accounts.keep_only(wallets)
        self._seen = self._accounts.changes
        accounts = self._chosen(sorted(wallets)) if self._has_room() else ()
        subscription_filter = SubscriptionFilter(wallets=wallets, accounts=accounts, version=version)
        if subscription_filter != self.subscription_filter:
            self.subscription_filter = subscription_filter
            self._change.set()
            self._change = asyncio.Event()

    def _chosen(self, wallets: Sequence[str]) -> tuple[str, ...]:
        """Accounts by turns, one of each wallet, as many as there is room for beside the wallets."""
        return by_turns((self._accounts.known(wallet) for wallet in wallets), self._most - len(wallets))


def by_turns(lists: Iterable[Sequence[str]], most: int) -> tuple[str, ...]:
    """The first of each list, then the second of each, up to `most` in all."""
    rounds = zip_longest(*(found for found in lists if found))
    return tuple(islice((one for one in chain.from_iterable(rounds) if one is not None), max(0, most)))
