"""The set of watched wallets, kept near: reloaded now and then, caught up before each block.

The guarantee: a wallet whose /watch was answered before a block was produced is never missed in that block.
The answer comes after the commit of the watch; `catch_up` is called after the block was fetched, thus later
than both, and a block is decoded with no older set than that.
"""

import asyncio
from collections.abc import Collection

from chain.blocks.wallet_set import WatchedWallets
from chain.stream.subscriptions import SubscriptionFilter
from domain.sharding import bucket_of
from storage.ingest.watchlist import watched_now, watched_since
from storage.postgres import Database


class Watchlist:
    """Every followed wallet in our buckets; `FilterUpdates` for streams, a container for blocks.

    `serve` says what is ours; the sets below and `served` always change together.
    """

    def __init__(self, database: Database, *, chain: str) -> None:
        self.wallets: frozenset[str] = frozenset()
        """Replaced, never changed."""
        self.subscription_filter = SubscriptionFilter()
        """The same set, in the words of streams."""
        self.index = WatchedWallets()
        """The same set, for comparing whole blocks with it."""
        self.served: frozenset[int] | None = None
        """The buckets of wallets that are ours; None: all."""
        self._everybody: frozenset[str] = frozenset()
        self._database = database
        self._chain = chain
        self._newest = 0
        self._one_reader = asyncio.Lock()  # so that an older answer never undoes a newer one
        self._change = asyncio.Event()

    def serve(self, buckets: frozenset[int] | None) -> None:
        """From now on the wallets in these buckets are ours; None: all."""
        if buckets != self.served:
            self.served = buckets
            self._become(self._everybody)

    async def reload(self) -> None:
        """Read all of them; this is where wallets leave the set."""
        async with self._one_reader:
            now = await watched_now(self._database, chain=self._chain)
            self._newest = now.newest
            if now.wallets != self._everybody:
                self._become(now.wallets)

    async def catch_up(self) -> None:
        """Add the wallets that somebody has begun to follow since; cheap however many there are."""
        async with self._one_reader:
            came = await watched_since(self._database, chain=self._chain, newest=self._newest)
            if not came <= self._everybody:
                self._become(self._everybody | came)

    async def changed(self, since: SubscriptionFilter) -> None:
        """Return when the set is another one than `since`."""
        while self.subscription_filter is since:
            await self._change.wait()

    def _become(self, everybody: frozenset[str]) -> None:
        self._everybody = everybody
        wallets = everybody if self.served is None else _in_buckets(everybody, self.served)
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
