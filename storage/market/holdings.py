"""What followed wallets hold, as far as they were seen to get and give it; and which chats that concerns.

Every alert is booked once, in the transaction that first decides it. What a wallet had before anybody
followed it is not known: a holding may be missing here, and then nothing is more urgent for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.activity.activity import Activity
from domain.rules.lanes import tokens_of
from storage.postgres import Connection, columns

MAX_HOLDERS = 100
"""Wallets looked at that hold one token, the latest that dealt in it."""

BOOK = """
INSERT INTO holdings (chain, mint, wallet_id, raw)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::numeric[])
ON CONFLICT (chain, mint, wallet_id) DO UPDATE SET raw = holdings.raw + excluded.raw, updated_at = now()
"""

HOLDERS = """
SELECT asked.chain, asked.mint, held.wallet_id
FROM unnest($1::text[], $2::text[]) AS asked (chain, mint)
CROSS JOIN LATERAL (
    SELECT wallet_id FROM holdings
    WHERE holdings.chain = asked.chain AND holdings.mint = asked.mint AND raw > 0
    ORDER BY updated_at DESC LIMIT $3) AS held
"""

# What each chat follows is read (OFFSET 0 has it so), not who follows the holders: they may be very many. Two
# are enough to leave one out.
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
    """An activity, and the chats that may be told of it."""

    wallet_id: int
    activity: Activity
    chats: Sequence[int]

    @property
    def tokens(self) -> frozenset[Token]:
        """What it is about."""
        return frozenset((self.activity.chain, mint) for mint in tokens_of(self.activity))


async def book(connection: Connection, dealings: Iterable[tuple[int, Activity]]) -> None:
    """Add what wallets got and take away what they gave; each dealing is to be booked once.

    Args:
        connection: in the transaction that notes that they were booked.
        dealings: wallet ids and what the wallets did.
    """
    sums: Counter[tuple[str, str, int]] = Counter()
    for wallet_id, activity in dealings:
        tokens = tokens_of(activity)
        for sign, legs in ((1, activity.received), (-1, activity.paid)):
            for leg in legs:
                if leg.mint in tokens:
                    sums[activity.chain, leg.mint, wallet_id] += sign * leg.raw
    rows = [(*key, raw) for key, raw in sorted(sums.items())]  # one order for all writers
    if rows:
        await connection.execute(BOOK, *columns(rows, 4))


async def chats_that_hold(connection: Connection, asked: Sequence[Asked]) -> list[frozenset[int]]:
    """Of each one's chats those that follow another wallet which holds a token of the activity."""
    chats: dict[Token, set[int]] = defaultdict(set)
    for one in asked:
        for token in one.tokens:
            chats[token].update(one.chats)
    holders = await _holders(connection, chats)
    held = {
        token: {
            row["chat_id"]: row["wallets"] for row in await connection.fetch(CHATS, [*chats[token]], found)
        }
        for token, found in holders.items()
    }
    return [_chats(one, held) for one in asked]


async def _holders(connection: Connection, tokens: Iterable[Token]) -> dict[Token, list[int]]:
    """Who holds these; what nobody holds is missing."""
    wanted = sorted(tokens)
    found: dict[Token, list[int]] = defaultdict(list)
    if wanted:
        for row in await connection.fetch(HOLDERS, *columns(wanted, 2), MAX_HOLDERS):
            found[row["chain"], row["mint"]].append(row["wallet_id"])
    return found


def _chats(asked: Asked, held: Mapping[Token, Mapping[int, Sequence[int]]]) -> frozenset[int]:
    """A wallet's own holding makes nothing more urgent."""
    books = [held[token] for token in asked.tokens if token in held]
    return frozenset(
        chat
        for chat in asked.chats
        if any(wallet != asked.wallet_id for one in books for wallet in one.get(chat, ()))
    )
