"""Reads trades of followed tokens from the transactions of their pools, while no blocks are read.

the best pool of a token ──> signatures of its vault ──> the newest transactions, within a budget ──> alerts
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from chain.decoders.quote_mints import QUOTE_MINTS
from chain.rpc.errors import Rejected
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import latest_signatures, transactions
from chain.rpc.token_prices import TokenPriceReader
from domain.errors import Unavailable
from runtime import clock
from runtime.observability import metrics
from runtime.periodic import run_periodically
from scanner.commit.token_trades import TokenTrades
from scanner.history_reader import RequestBudget
from storage.coordination.leases import take_lease
from storage.ingest.heads import read_head
from storage.market.pools import StoredPools
from storage.postgres import Database

log = logging.getLogger(__name__)

TURN_SECONDS = 10.0
"""Between two tokens."""
LEASE_SECONDS = 600.0
"""Longer than a turn in which the budget is used up."""
BLOCKS_SECONDS = 60.0
"""For so long after a block of the feed was looked through no pool is read: the next one is about to come."""
SEARCH_SECONDS = 3_600.0
"""After this long a pool is looked for again: a new token may have got one."""
MAX_SEARCH_REQUESTS = 2
"""Of a search, at most: accounts, and the vaults that these name."""
LISTED = 500
"""Signatures of a pool that are checked: one page, of which some failed."""
AT_ONCE = 20
"""Transactions of a pool at a turn, the newest; what else was traded meanwhile is dropped."""
COMMITMENT = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTradesConfig:
    """Whose trades are read, and how fast."""

    chain: str
    owner: str
    """Of the lease: one scanner of a chain reads at a time."""
    requests_per_hour: int = 600
    quote_mints: frozenset[str] = field(default=QUOTE_MINTS)
    """Mints that prices are expressed in."""


class PoolTrades:
    """Reads one token at a turn.

    Args:
        database: knows the pools.
        rpc: whom to ask.
        trades: says which tokens are followed, and takes what is read.
        reader: finds the pools of a token that nobody traded here.
        config: whose trades, and how fast.
        is_standby: whether this scanner only waits to take over: who reads may read blocks.
    """

    def __init__(
        self,
        database: Database,
        rpc: RpcPool,
        trades: TokenTrades,
        reader: TokenPriceReader,
        config: PoolTradesConfig,
        *,
        is_standby: Callable[[], bool] = bool,
    ) -> None:
        self._database = database
        self._rpc = rpc
        self._trades = trades
        self._reader = reader
        self._config = config
        self._is_standby = is_standby
        self._pools = StoredPools(database=database, chain=config.chain)
        self._budget = RequestBudget(config.requests_per_hour, clock.monotonic)
        self._searched: dict[str, float] = {}
        """By mint, when its pool was looked for, by the monotonic clock."""
        self._slots: dict[str, int] = {}
        """By pool, up to where it was read."""
        self._reads = 0

    async def run(self) -> None:
        """Read repeatedly until cancelled."""
        await run_periodically(
            self.read_next,
            seconds=TURN_SECONDS,
            log=log,
            delayed="Trades in the pool of a followed token wait: %s",
            errors=(Unavailable, Rejected),
        )

    async def read_next(self) -> int:
        """Read the pool of the next token; return how many transactions were read.

        Nothing is read while blocks are, on standby, or while another scanner reads pools.

        Raises:
            Unavailable: the database or every node is unavailable.
            Rejected: a node does not list the pool's transactions.
        """
        mints = sorted(self._trades.traded)
        is_needed = (
            bool(mints) and not self._is_standby() and not self._trades.saw_feed_within(BLOCKS_SECONDS)
        )
        if not is_needed or not await self._may_read():
            return 0
        self._reads += 1
        pool = await self._pool(mints[self._reads % len(mints)])
        head = await read_head(self._database, chain=self._config.chain)
        if pool is None or head is None:
            return 0
        since = self._slots.get(pool)
        if since is None:  # what was before is no news
            self._slots[pool] = head
            return 0
        return await self._read(pool, since, head)

    async def _read(self, pool: str, since: int, head: int) -> int:
        await self._ask(1)
        listed = await latest_signatures(self._rpc, pool, upto=head, number=LISTED, commitment=COMMITMENT)
        new = [one.signature for one in listed if one.slot > since]
        newest = new[:AT_ONCE][::-1]
        if newest:
            await self._ask(len(newest))
        raws = await transactions(self._rpc, newest, commitment=COMMITMENT) if newest else []
        for raw in raws:
            if raw is not None:
                self._trades.see_transaction(
                    raw, chain=self._config.chain, quote_mints=self._config.quote_mints
                )
        self._slots[pool] = head
        metrics.token_trades_dropped.inc(len(new) - len(newest))
        return len(newest)

    async def _pool(self, mint: str) -> str | None:
        """What each trade in the best pool of a token names: where its tokens lie; None: no pool is known."""
        dollars = await self._pools.dollars()
        known = (await self._pools.known_pools([mint], dollars)).get(mint)
        if not known and clock.monotonic() - self._searched.get(mint, float("-inf")) >= SEARCH_SECONDS:
            await self._ask(MAX_SEARCH_REQUESTS)
            await self._reader.prices_now([mint], search=True)
            self._searched[mint] = clock.monotonic()
            known = (await self._pools.known_pools([mint], dollars)).get(mint)
        if not known:
            return None
        vaults = known[0].vaults
        return known[0].pool if vaults is None else vaults[0]

    async def _may_read(self) -> bool:
        name = f"trades in pools {self._config.chain}"
        lease = await take_lease(self._database, name=name, owner=self._config.owner, seconds=LEASE_SECONDS)
        return lease is not None

    async def _ask(self, requests: int) -> None:
        """Wait until so many requests may be made."""
        await asyncio.sleep(self._budget.pause(requests))
