"""Pools in which tokens were seen to be traded, and what their accounts said when they were last read.

A trade says the pool and what it was paid in; venue and vaults come from the pool's account, once it is read.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.activity.activity import Activity
from domain.activity.amounts import as_decimal
from domain.activity.prices import Dollars
from domain.tokens.market_price import KnownPool, TokenPrice, quote_dollars
from storage.market.candles import traded_prices
from storage.market.dollars import dollars_now
from storage.postgres import Connection, Database, Row, columns
from storage.sql_files import read_statement

MAX_CONSIDERED = 12
"""Pools of one token, those seen last, from which the best are taken."""
MAX_READ = 3
"""Pools of one token that are read for its price."""

NOTE = read_statement(__name__, "NOTE")

SAVE = """
INSERT INTO pools (chain, mint, pool, quote, quote_decimals, slot, liquidity_quote, venue, base_vault,
                   quote_vault)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::numeric[],
                     $8::text[], $9::text[], $10::text[])
ON CONFLICT (chain, mint, pool) DO UPDATE SET slot = greatest(pools.slot, excluded.slot), seen_at = now(),
    liquidity_quote = excluded.liquidity_quote, venue = excluded.venue,
    base_vault = excluded.base_vault, quote_vault = excluded.quote_vault
"""

LATEST = """
SELECT asked.mint, pool.* FROM unnest($2::text[]) AS asked (mint)
CROSS JOIN LATERAL (
    SELECT pool, quote, quote_decimals, venue, base_vault, quote_vault, slot, liquidity_quote FROM pools
    WHERE pools.chain = $1 AND pools.mint = asked.mint
    ORDER BY seen_at DESC LIMIT $3) AS pool
"""


async def note_pools(connection: Connection, activities: Iterable[Activity]) -> None:
    """Remember the pools that trades went through."""
    seen = {
        (activity.chain, price.token, price.pool): (
            price.quote,
            price.quote_decimals,
            activity.slot,
            price.liquidity_quote,
        )
        for activity in activities
        if (price := activity.price) is not None and price.pool is not None
    }
    rows = [(*key, *values) for key, values in sorted(seen.items())]  # one order for all writers
    if rows:
        await connection.execute(NOTE, *columns(rows, 7))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPools:
    """The pools of one chain, and what they are paid in is worth, as PostgreSQL has them."""

    database: Database
    chain: str

    async def known_pools(self, mints: Sequence[str], dollars: Dollars) -> Mapping[str, Sequence[KnownPool]]:
        """The best pools of each token: those with most dollars of what they are paid in, when last seen."""
        found: dict[str, list[KnownPool]] = defaultdict(list)
        for row in await self.database.fetch(LATEST, self.chain, list(mints), MAX_CONSIDERED):
            found[row["mint"]].append(_known(row))
        return {mint: _best(self.chain, pools, dollars) for mint, pools in found.items()}

    async def save_pools(self, pools: Sequence[KnownPool]) -> None:
        """Remember what pools' accounts said."""
        rows = sorted((_row(self.chain, pool) for pool in pools), key=lambda row: row[:3])
        if rows:
            await self.database.execute(SAVE, *columns(rows, 10))

    async def dollars(self) -> Dollars:
        """Return what SOL and dollar tokens are worth at present."""
        return await dollars_now(self.database, chain=self.chain)

    async def traded_prices(self, mints: Sequence[str]) -> Mapping[str, TokenPrice]:
        """Return what trades showed recently of these tokens."""
        return await traded_prices(self.database, chain=self.chain, mints=mints)


def _best(chain: str, pools: Sequence[KnownPool], dollars: Dollars) -> list[KnownPool]:
    """Those of unknown content count as full: their account says more."""

    def content(pool: KnownPool) -> Decimal:
        usd = quote_dollars(chain, pool.quote, dollars)
        if not usd:
            return Decimal(-1)
        raw = pool.liquidity_quote
        return Decimal("inf") if raw is None else as_decimal(raw, pool.quote_decimals) * usd

    return sorted(pools, key=content, reverse=True)[:MAX_READ]


def _known(row: Row) -> KnownPool:
    has_vaults = row["base_vault"] is not None and row["quote_vault"] is not None
    return KnownPool(
        mint=row["mint"],
        pool=row["pool"],
        quote=row["quote"],
        quote_decimals=row["quote_decimals"],
        venue=row["venue"],
        vaults=(row["base_vault"], row["quote_vault"]) if has_vaults else None,
        slot=row["slot"],
        liquidity_quote=None if row["liquidity_quote"] is None else int(row["liquidity_quote"]),
    )


def _row(chain: str, pool: KnownPool) -> tuple[object, ...]:
    base_vault, quote_vault = pool.vaults or (None, None)
    return (
        chain,
        pool.mint,
        pool.pool,
        pool.quote,
        pool.quote_decimals,
        pool.slot,
        pool.liquidity_quote,
        pool.venue,
        base_vault,
        quote_vault,
    )
