"""What followed wallets own, as far as they were seen to receive and pay it; and which chats that concerns.

Every alert is added once, in the transaction that first decides it. What a wallet had before its first watch
is not known: a holding may be missing here, and then no alert is urgent for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.activity.activity import Activity
from domain.rules.lanes import tokens_of
from storage.postgres import Connection, columns

MAX_OWNERS = 100
"""Owners of one token that are considered, those that traded it last."""

ADD = """
INSERT INTO holdings (chain, mint, wallet_id, raw)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::numeric[])
ON CONFLICT (chain, mint, wallet_id) DO UPDATE SET raw = holdings.raw + excluded.raw, updated_at = now()
"""

# LATERAL with LIMIT reads the index holdings_latest only as far as needed, token by token.
OWNERS = """
SELECT asked.chain, asked.mint, owner.wallet_id
FROM unnest($1::text[], $2::text[]) AS asked (chain, mint)
CROSS JOIN LATERAL (
    SELECT wallet_id FROM holdings
    WHERE holdings.chain = asked.chain AND holdings.mint = asked.mint AND raw > 0
    ORDER BY updated_at DESC LIMIT $3) AS owner
"""

# OFFSET 0 makes PostgreSQL read what each chat follows, not who follows the owners: those may be very many.
# Two wallets suffice, since the wallet of the activity is left out.
CHATS = """
SELECT chat.chat_id, found.wallets FROM unnest($1::bigint[]) AS chat (chat_id)
CROSS JOIN LATERAL (
    SELECT array_agg(wallet_id) AS wallets FROM (
        SELECT DISTINCT wallet_id FROM (
            SELECT wallet_id FROM watches WHERE watches.chat_id = chat.chat_id OFFSET 0) AS own
        WHERE wallet_id = ANY($2::bigint[]) LIMIT 2) AS two) AS found
WHERE found.wallets IS NOT NULL
"""

Token = tuple[str, str]
"""Chain and mint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An event, and the chats that may get it."""

    wallet_id: int
    tokens: frozenset[Token]
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


async def chats_that_own(connection: Connection, asked: Sequence[Asked]) -> list[frozenset[int]]:
    """For each event, its chats that follow another wallet which owns a token of it."""
    chats: dict[Token, set[int]] = defaultdict(set)
    for one in asked:
        for token in one.tokens:
            chats[token].update(one.chats)
    owners = await _owners(connection, chats)
    owned = {
        token: {
            row["chat_id"]: row["wallets"] for row in await connection.fetch(CHATS, [*chats[token]], found)
        }
        for token, found in owners.items()
    }
    return [_chats(one, owned) for one in asked]


async def _owners(connection: Connection, tokens: Iterable[Token]) -> dict[Token, list[int]]:
    """The owners of these tokens; a token without owners is missing."""
    wanted = sorted(tokens)
    found: dict[Token, list[int]] = defaultdict(list)
    if wanted:
        for row in await connection.fetch(OWNERS, *columns(wanted, 2), MAX_OWNERS):
            found[row["chain"], row["mint"]].append(row["wallet_id"])
    return found


def _chats(asked: Asked, owned: Mapping[Token, Mapping[int, Sequence[int]]]) -> frozenset[int]:
    """Other wallets count only: what the wallet itself owns makes nothing urgent."""
    books = [owned[token] for token in asked.tokens if token in owned]
    return frozenset(
        chat
        for chat in asked.chats
        if any(wallet != asked.wallet_id for one in books for wallet in one.get(chat, ()))
    )
