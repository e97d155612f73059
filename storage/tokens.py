"""What is known of tokens: symbol, name, decimals."""

from collections.abc import Collection
from dataclasses import dataclass

from storage.postgres import Database, columns

SAVE = """
INSERT INTO tokens (chain, mint, symbol, name, decimals)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[])
ON CONFLICT (chain, mint) DO UPDATE SET
    symbol = coalesce(excluded.symbol, tokens.symbol), name = coalesce(excluded.name, tokens.name),
    decimals = excluded.decimals, updated_at = now()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A mint as the chain describes it; symbol and name are hostile until escaped."""

    chain: str
    mint: str
    symbol: str | None
    """None: the chain names none, or it was not read yet."""
    name: str | None
    decimals: int


async def tokens(database: Database, *, chain: str, mints: Collection[str]) -> dict[str, Token]:
    """What is known of these mints; those not known are missing."""
    rows = await database.fetch(
        "SELECT chain, mint, symbol, name, decimals FROM tokens WHERE chain = $1 AND mint = ANY($2::text[])",
        chain,
        list(mints),
    )
    return {row["mint"]: Token(**dict(row)) for row in rows}


async def save_tokens(database: Database, found: Collection[Token]) -> None:
    """Remember tokens; a known name is not forgotten for an unknown one."""
    rows = sorted((t.chain, t.mint, t.symbol, t.name, t.decimals) for t in found)
    if rows:
        await database.execute(SAVE, *columns(rows, 5))
