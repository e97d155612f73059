"""What is known of tokens: symbol, name, decimals, supply, age; and what followed wallets own of them.

Wallets own what they were seen to receive and did not pay since; that tells which chats a token concerns.

Every alert is added once, in the transaction that first decides it. What a wallet had before its first watch
is not known: a holding may be missing here, and then no alert is urgent for it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.activity.activity import Activity, Kind
from domain.activity.exits import CLOSED_SHARE, leaves_nothing
from domain.rules.lanes import tokens_of
from domain.security.mints import TokenAge
from storage.cache import Cache, CacheSpec
from storage.keys import CacheName
from storage.postgres import Connection, Database, Row, columns

# coalesce: what is unknown now does not delete what was known. Who has power over a mint is known from its
# account, which is read whole: there NULL means nobody.
SAVE = """
INSERT INTO tokens (chain, mint, symbol, name, decimals, supply, uri, mint_authority, freeze_authority,
    facts_at)
SELECT chain, mint, symbol, name, decimals, supply, uri, mint_authority, freeze_authority,
       CASE WHEN supply IS NOT NULL THEN now() END
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::numeric[], $7::text[],
    $8::text[], $9::text[])
    AS new (chain, mint, symbol, name, decimals, supply, uri, mint_authority, freeze_authority)
ON CONFLICT (chain, mint) DO UPDATE SET
    symbol = coalesce(excluded.symbol, tokens.symbol), name = coalesce(excluded.name, tokens.name),
    decimals = excluded.decimals, supply = coalesce(excluded.supply, tokens.supply),
    uri = coalesce(excluded.uri, tokens.uri), facts_at = coalesce(excluded.facts_at, tokens.facts_at),
    mint_authority = CASE WHEN excluded.facts_at IS NULL THEN tokens.mint_authority
                          ELSE excluded.mint_authority END,
    freeze_authority = CASE WHEN excluded.facts_at IS NULL THEN tokens.freeze_authority
                            ELSE excluded.freeze_authority END,
    updated_at = now()
"""

SAVE_AGE = """
UPDATE tokens SET created_at = CASE WHEN $4 THEN to_timestamp($3::bigint) ELSE created_at END,
    first_seen_at = least(first_seen_at, to_timestamp($3::bigint))
WHERE chain = $1 AND mint = $2
"""

KNOWN_SECONDS = 3600.0
"""How long a name is taken from the cache."""
LOOKED_AT = 500
"""The latest deliveries of a chat, in which a symbol is searched."""

# A symbol is not unique, and anybody can take one. So it is searched only among tokens that the chat saw
# lately.
CALLED = """
SELECT mint FROM (
    SELECT leg->>'mint' AS mint, max(alert_id) AS latest
    FROM (SELECT alert_id FROM deliveries WHERE chat_id = $2 AND channel = 'telegram'
          ORDER BY delivery_id DESC LIMIT $4) AS recent
    JOIN alerts USING (alert_id)
    CROSS JOIN LATERAL jsonb_array_elements((payload->'paid') || (payload->'received')) AS leg
    WHERE alerts.chain = $1 GROUP BY leg->>'mint') AS listed
JOIN tokens USING (mint)
WHERE tokens.chain = $1 AND lower(btrim(symbol)) = lower($3)
ORDER BY latest DESC LIMIT 8
"""

MAX_OWNERS = 100
"""Owners of one token that are considered, those that traded it last."""
ADD = """
INSERT INTO holdings (chain, mint, wallet_id, raw)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::numeric[])
ON CONFLICT (chain, mint, wallet_id) DO UPDATE SET raw = holdings.raw + excluded.raw, updated_at = now()
"""

SEEN_LEFT = """
SELECT raw FROM holdings JOIN wallets USING (wallet_id)
WHERE holdings.chain = $1 AND mint = $2 AND wallets.chain = $1 AND address = $3
"""

# An array of a subquery with LIMIT reads the index holdings_latest only as far as needed, token by token.
# OFFSET 0 makes PostgreSQL read what each chat follows, not who follows the owners: those may be very many.
# Two wallets suffice, since the wallet of the activity is left out; where it is the only owner, no chat is
# looked at.
OWNED = """
WITH owners AS MATERIALIZED (
    SELECT number, ARRAY(
        SELECT wallet_id FROM holdings
        WHERE holdings.chain = asked.chain AND holdings.mint = asked.mint AND raw > 0
        ORDER BY updated_at DESC LIMIT $4) AS wallets, but
    FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS asked (chain, mint, but, number)
)
SELECT asked.number, asked.chat_id, found.wallets
FROM owners JOIN unnest($5::int[], $6::bigint[]) AS asked (number, chat_id) USING (number)
CROSS JOIN LATERAL (
    SELECT array_agg(wallet_id) AS wallets FROM (
        SELECT DISTINCT wallet_id FROM (
            SELECT wallet_id FROM watches WHERE watches.chat_id = asked.chat_id OFFSET 0) AS own
        WHERE wallet_id = ANY(owners.wallets) LIMIT 2) AS two) AS found
WHERE owners.wallets <> '{}' AND owners.wallets <> ARRAY[but] AND found.wallets IS NOT NULL
"""

TokenKey = tuple[str, str]
"""Chain and mint."""


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
    """The tokens of these mints; one that is not known is missing."""
    rows = await database.fetch(
        "SELECT chain, mint, symbol, name, decimals, supply, uri, mint_authority, freeze_authority, facts_at,"
        " created_at FROM tokens WHERE chain = $1 AND mint = ANY($2::text[])",
        chain,
        list(mints),
    )
    return {row["mint"]: _token(row) for row in rows}


def _good_for(token: Token) -> float:
    """Seconds; a name may be written at any time after the mint was made."""
    return 0.0 if token.symbol is None else KNOWN_SECONDS


TOKENS = CacheSpec(name=CacheName.TOKENS, type_=Token, seconds=_good_for, local_seconds=60)
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
    """The mints with that symbol among the latest deliveries of the chat, the latest first."""
    return [row["mint"] for row in await database.fetch(CALLED, chain, chat_id, symbol, LOOKED_AT)]


async def save_token_age(database: Database, *, chain: str, mint: str, age: TokenAge) -> None:
    """Store when a token was created, or that it existed at that time."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An event, and the chats that may get it."""

    wallet_id: int
    tokens: frozenset[TokenKey]
    """The tokens it is about."""
    chats: Sequence[int]


async def add_to_holdings(connection: Connection, activities: Iterable[tuple[int, Activity]]) -> None:
    """Add what wallets received and subtract what they paid. Call it once for each activity.

    Args:
        connection: in the transaction that stores that the activities were added.
        activities: wallet ids and what the wallets did.
    """
    sums: Counter[tuple[str, str, int]] = Counter()
    for wallet_id, activity in activities:
        tokens = tokens_of(activity)
        for sign, legs in ((1, activity.received), (-1, activity.paid)):
            for leg in legs:
                if leg.mint in tokens:
                    sums[activity.chain, leg.mint, wallet_id] += sign * leg.raw
    rows = [(*key, raw) for key, raw in sorted(sums.items())]  # one order for all writers
    if rows:
        await connection.execute(ADD, *columns(rows, 4))


async def has_sent_all(connection: Connection, activity: Activity) -> bool | None:
    """Whether a transfer left next to nothing: in the account that it names, and of all that was seen.

    Another account of the wallet may have more. None: nothing was seen of it, as of money.
    """
    if activity.kind is not Kind.TRANSFER_OUT or not activity.token_before:
        return None
    if not leaves_nothing(activity):
        return False
    mint = activity.paid[0].mint
    raw = await connection.fetchval(SEEN_LEFT, activity.chain, mint, activity.wallet)
    return None if raw is None else bool(raw * CLOSED_SHARE <= activity.token_before)


async def chats_that_own(connection: Connection, asked: Sequence[Asked]) -> list[frozenset[int]]:
    """For each event, its chats that follow another wallet which owns a token of it."""
    chats: dict[TokenKey, set[int]] = defaultdict(set)
    wallets: dict[TokenKey, set[int]] = defaultdict(set)
    for one in asked:
        for token in one.tokens:
            chats[token].update(one.chats)
            wallets[token].add(one.wallet_id)
    tokens = sorted(chats)
    if not tokens:
        return [frozenset() for _ in asked]
    pairs = [(number, chat) for number, token in enumerate(tokens, 1) for chat in sorted(chats[token])]
    sole = [next(iter(wallets[token])) if len(wallets[token]) == 1 else 0 for token in tokens]
    rows = await connection.fetch(OWNED, *columns(tokens, 2), sole, MAX_OWNERS, *columns(pairs, 2))
    owned: dict[TokenKey, dict[int, Sequence[int]]] = defaultdict(dict)
    for row in rows:
        owned[tokens[row["number"] - 1]][row["chat_id"]] = row["wallets"]
    return [_chats(one, owned) for one in asked]


def _chats(asked: Asked, owned: Mapping[TokenKey, Mapping[int, Sequence[int]]]) -> frozenset[int]:
    """Other wallets count only: what the wallet itself owns makes nothing urgent."""
    books = [owned[token] for token in asked.tokens if token in owned]
    return frozenset(
        chat
        for chat in asked.chats
        if any(wallet != asked.wallet_id for one in books for wallet in one.get(chat, ()))
    )
