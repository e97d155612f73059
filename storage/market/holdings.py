"""What followed wallets own of tokens: what they were seen to receive and did not pay since.

That tells which chats a token concerns. Every alert is added once, in the transaction that first decides it.
What a wallet had before its first watch is not known: a holding may be missing here, and then no alert is
urgent for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.activity.activity import Activity, Kind
from domain.activity.exits import CLOSED_SHARE, leaves_nothing
from domain.rules.lanes import tokens_of
from storage.postgres import Connection, columns
from storage.sql_files import read_statement

MAX_OWNERS = 100
"""Owners of one token that are considered, those that traded it last."""

ADD = """
INSERT INTO holdings (chain, mint, wallet_id, raw)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::numeric[])
ON CONFLICT (chain, mint, wallet_id) DO UPDATE SET raw = holdings.raw + excluded.raw, updated_at = now()
"""

SEEN_LEFT = """
SELECT number, raw
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS asked (chain, mint, address, number)
JOIN wallets USING (chain, address) JOIN holdings USING (chain, mint, wallet_id)
"""

OWNED = read_statement(__name__, "OWNED")

TokenKey = tuple[str, str]
"""Chain and mint."""


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


async def have_sent_all(connection: Connection, activities: Sequence[Activity]) -> list[bool | None]:
    """Whether each is a transfer that left next to nothing: in its account, and of all that was seen.

    Another account of the wallet may have more. None: nothing was seen of it, as of money.
    """
    found: list[bool | None] = [_may_send_all(activity) for activity in activities]
    emptied = [(number, activities[number]) for number, may in enumerate(found) if may]
    if not emptied:
        return found
    asked = [(one.chain, one.paid[0].mint, one.wallet) for _, one in emptied]
    rows = await connection.fetch(SEEN_LEFT, *columns(asked, 3))
    left = {row["number"]: row["raw"] for row in rows}
    for row_number, (number, one) in enumerate(emptied, 1):
        raw, before = left.get(row_number), one.token_before or 0
        found[number] = None if raw is None else bool(raw * CLOSED_SHARE <= before)
    return found


def _may_send_all(activity: Activity) -> bool | None:
    """What the transaction alone says: it is no such transfer, or leaves something, or may be one."""
    if activity.kind is not Kind.TRANSFER_OUT or not activity.token_before:
        return None
    return leaves_nothing(activity)


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
