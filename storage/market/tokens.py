"""What is known of tokens: symbol, name, decimals, supply and age."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.security.mints import TokenAge
from storage.cache import Cache, CacheSpec
from storage.keys import CacheName
from storage.postgres import Database, Row, columns
from storage.sql_files import read_statement

SAVE = read_statement(__name__, "SAVE")

SAVE_AGE = """
UPDATE tokens SET created_at = CASE WHEN $4 THEN to_timestamp($3::bigint) ELSE created_at END,
    first_seen_at = least(first_seen_at, to_timestamp($3::bigint))
WHERE chain = $1 AND mint = $2
"""

KNOWN_SECONDS = 3600.0
"""How long a name is taken from the cache."""
LOOKED_AT = 500
"""The latest deliveries of a chat, in which a symbol is searched."""

CALLED = read_statement(__name__, "CALLED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A mint as the chain describes it; symbol and name are hostile until escaped."""

    chain: str
    mint: str
    symbol: str | None
    """None: it has none, or it was not read yet."""
    name: str | None
    decimals: int
    supply: int | None = None
    """When the mint was read, in the smallest unit."""
    uri: str | None = None
    """Where its image and its description are said to be; nobody has looked there."""
    mint_authority: str | None = None
    """Who may make more; None: nobody where `facts_at` says that the mint was read, else not known."""
    freeze_authority: str | None = None
    """Who may freeze a holder's account; None: the same."""
    facts_at: datetime | None = None
    """When the mint was read last; None: it was not, or it is given by somebody else."""
    created_at: datetime | None = None
    """None: nobody saw it made."""


async def tokens(database: Database, *, chain: str, mints: Collection[str]) -> dict[str, Token]:
    """The tokens of these mints; one that is not known is missing.

    Args:
        database: it is only read.
        chain: of the mints.
        mints: in any order.
    """
    rows = await database.fetch(
        "SELECT chain, mint, symbol, name, decimals, supply, uri, mint_authority, freeze_authority, facts_at,"
        " created_at FROM tokens WHERE chain = $1 AND mint = ANY($2::text[])",
        chain,
        list(mints),
    )
    return {row["mint"]: _token(row) for row in rows}


def _lifetime(token: Token) -> float:
    """Seconds; a name may be written at any time after the mint was made."""
    return 0.0 if token.symbol is None else KNOWN_SECONDS


TOKENS = CacheSpec(name=CacheName.TOKENS, type_=Token, seconds=_lifetime, local_seconds=60)
"""What mints are called, by chain and mint. A token whose name is not known yet is looked up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedTokens:
    """The tokens of one chain, behind a cache."""

    database: Database
    cache: Cache[Token]
    chain: str

    async def find(self, mints: Collection[str]) -> dict[str, Token]:
        """The tokens of these mints; one that is not known is missing."""
        found = await self.cache.get_or_load_many([f"{self.chain}:{mint}" for mint in mints], self._load)
        return {token.mint: token for token in found.values()}

    async def _load(self, keys: Sequence[str]) -> dict[str, Token]:
        found = await tokens(
            self.database, chain=self.chain, mints=[key.removeprefix(f"{self.chain}:") for key in keys]
        )
        return {f"{self.chain}:{mint}": token for mint, token in found.items()}


async def mints_called(database: Database, *, chain: str, chat_id: int, symbol: str) -> list[str]:
    """The mints with that symbol among the latest deliveries of the chat, the latest first.

    Args:
        database: it is only read.
        chain: of the tokens.
        chat_id: whose latest LOOKED_AT deliveries are searched.
        symbol: in any case; of several tokens that use it, eight at most are named.
    """
    return [row["mint"] for row in await database.fetch(CALLED, chain, chat_id, symbol, LOOKED_AT)]


async def save_token_age(database: Database, *, chain: str, mint: str, age: TokenAge) -> None:
    """Store when a token was created, or that it existed at that time.

    Args:
        database: one statement; a token that is not stored stays unknown.
        chain: of the token.
        mint: the token.
        age: Unix seconds, and whether that is the creation or only an earlier sign of life.
    """
    await database.execute(SAVE_AGE, chain, mint, age.created_at, age.is_exact)


async def save_tokens(database: Database, found: Collection[Token]) -> None:
    """Store tokens; an unknown symbol, name or supply does not replace a known one."""
    rows = [
        (t.chain, t.mint, t.symbol, t.name, t.decimals, t.supply, t.uri, t.mint_authority, t.freeze_authority)
        for t in found
    ]
    if rows:
        await database.execute(SAVE, *columns(sorted(rows, key=_key), 9))


def _key(row: Sequence[object]) -> tuple[str, str]:
    return str(row[0]), str(row[1])


def _token(row: Row) -> Token:
    values = dict(row)
    supply = values.pop("supply")
    return Token(**values, supply=None if supply is None else int(supply))
