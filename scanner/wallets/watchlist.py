"""The watched wallets of this scanner, kept in memory: reloaded now and then, caught up before each block.

A wallet whose /watch was answered before a block was produced is never missed in that block. For the answer
comes after the commit of the watch; `catch_up` is called after the block was fetched, so later than both; and
no block is decoded with an older set.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

from chain.blocks.wallet_set import WatchedWallets
from chain.stream.source import SubscriptionFilter
from domain.errors import Unavailable
from domain.sharding import bucket_of
from storage.chats.watched_wallets import watched_now, watched_since
from storage.postgres import Database

log = logging.getLogger(__name__)
RELOAD_SECONDS = 5.0


class Watchlist:
    """Every followed wallet in our buckets; `FilterUpdates` for streams, a container for blocks.

    `serve` says what is ours; the sets below and `served` always change together.
    """

    def __init__(self, database: Database, *, chain: str) -> None:
        self.wallets: frozenset[str] = frozenset()
        """Replaced, never changed."""
        self.subscription_filter = SubscriptionFilter()
        """The same set, as streams take it."""
        self.index = WatchedWallets()
        """The same set, for matching whole blocks with it; one object forever, which changes."""
        self.served: frozenset[int] | None = None
        """The buckets of wallets that are ours; None: all."""
        self._followed: frozenset[str] = frozenset()
        self._database = database
        self._chain = chain
        self._newest = 0
        self._one_reader = asyncio.Lock()  # so that an older answer never undoes a newer one
        self._change = asyncio.Event()

    def serve(self, buckets: frozenset[int] | None) -> None:
        """Watch the wallets in these buckets from now on; None: all."""
        if buckets != self.served:
            self.served = buckets
            self._replace(self._followed)

    async def reload(self) -> None:
        """Read all followed wallets; only here do wallets leave the set."""
        async with self._one_reader:
            now = await watched_now(self._database, chain=self._chain)
            self._newest = now.newest
            if now.wallets != self._followed:
                self._replace(now.wallets)

    async def keep_reloading(self, changed: Callable[[float], Awaitable[object]]) -> None:
        """Reload at each change, and every few seconds in case news of one was lost; until cancelled.

        Args:
            changed: waits for the next change, for so many seconds at most.
        """
        while True:
            await changed(RELOAD_SECONDS)
            try:
                await self.reload()
            except Unavailable as error:
                log.warning("The watched wallets are not updated: %s", error)

    async def catch_up(self) -> None:
        """Add the wallets that somebody has begun to follow since; cheap, however many there are."""
        async with self._one_reader:
            new = await watched_since(self._database, chain=self._chain, newest=self._newest)
            if not new <= self._followed:
                self._replace(self._followed | new)

    async def changed(self, since: SubscriptionFilter) -> None:
        """Return when the set is another one than `since`."""
        while self.subscription_filter is since:
            await self._change.wait()

    def _replace(self, followed: frozenset[str]) -> None:
        self._followed = followed
        wallets = followed if self.served is None else _in_buckets(followed, self.served)
        if wallets == self.wallets:
            return
        for wallet in wallets - self.wallets:
            self.index.add(wallet)
        for wallet in self.wallets - wallets:
            self.index.discard(wallet)
        self.wallets = wallets
        self.subscription_filter = SubscriptionFilter(wallets=wallets)
        self._change.set()
        self._change = asyncio.Event()


def _in_buckets(wallets: Collection[str], buckets: Collection[int]) -> frozenset[str]:
    return frozenset(wallet for wallet in wallets if bucket_of(wallet) in buckets)
