"""What followed wallets hold, as far as they were seen to get and give it; and which chats that concerns.

Every alert is booked once, in the transaction that first decides it. What a wallet had before anybody
followed it is not known: a holding may be missing here, and then nothing is more urgent for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from domain.activity import Activity
from domain.lanes import tokens_of
from storage.postgres import Connection, columns

MOST_HOLDERS = 100
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

# One look into the index for each chat, however many follow the holders.
CHATS = """
SELECT chat.chat_id FROM unnest($1::bigint[]) AS chat (chat_id)
CROSS JOIN LATERAL (
    SELECT FROM watches
    WHERE watches.chat_id = chat.chat_id AND wallet_id = ANY($2::bigint[]) LIMIT 1) AS found
"""

Holders = dict[tuple[str, str], list[int]]
"""Chain and mint to the wallets that hold it."""


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


async def holders_of(connection: Connection, activities: Iterable[Activity]) -> Holders:
    """Who holds the tokens that these are about; tokens that nobody holds are missing."""
    asked = sorted({(activity.chain, mint) for activity in activities for mint in tokens_of(activity)})
    found: Holders = defaultdict(list)
    if asked:
        for row in await connection.fetch(HOLDERS, *columns(asked, 2), MOST_HOLDERS):
            found[row["chain"], row["mint"]].append(row["wallet_id"])
    return found


async def chats_that_hold(
    connection: Connection, holders: Holders, activity: Activity, *, wallet_id: int, chats: Sequence[int]
) -> frozenset[int]:
    """Of these chats the ones that follow another wallet which holds a token of the activity."""
    tokens = ((activity.chain, mint) for mint in tokens_of(activity))
    others = {holder for token in tokens for holder in holders.get(token, ())} - {wallet_id}
    if not others or not chats:
        return frozenset()
    rows = await connection.fetch(CHATS, list(chats), list(others))
    return frozenset(row["chat_id"] for row in rows)
