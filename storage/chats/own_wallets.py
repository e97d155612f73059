"""What the people of chats hold themselves, read-only: their addresses, and the tokens there.

Owners of a token get full exits and dangers despite filters and quiet hours.
"""

from collections.abc import Collection, Sequence

from domain.chats import OwnWallet
from storage.postgres import Connection, Database, affected, columns

MAX_OWN = 10
"""Addresses of one chat."""
MAX_TOKENS = 2_000
"""Of one address; of more, which strangers have sent, the rest is left out."""

# One writer of a chat at a time counts what it has.
LOCK = "SELECT chat_id FROM chats WHERE chat_id = $1 FOR NO KEY UPDATE"
ADD = """
INSERT INTO own_wallets (chat_id, topic_id, chain, address)
SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM own_wallets WHERE chat_id = $1) < $5
ON CONFLICT DO NOTHING
"""
REMOVE = """
DELETE FROM own_wallets WHERE chat_id = $1 AND topic_id = $2 AND chain = $3 AND address = $4
"""
OF_CHAT = """
SELECT address, read_at, retry_at IS NOT NULL AS is_failing, (SELECT count(*) FROM own_tokens
    WHERE own_tokens.chain = own_wallets.chain AND own_tokens.address = own_wallets.address) AS tokens
FROM own_wallets WHERE chat_id = $1 AND topic_id = $2 AND chain = $3 ORDER BY created_at, address
"""

# Each address once, however many chats name it; the one that was read longest ago first, and one that could
# not be read after its pause.
NEXT = """
SELECT address FROM own_wallets WHERE chain = $1
GROUP BY address HAVING min(coalesce(read_at, '-infinity')) < now() - make_interval(secs => $2)
    AND coalesce(max(retry_at), '-infinity') <= now()
ORDER BY greatest(min(coalesce(read_at, '-infinity')), max(retry_at)), address LIMIT $3
"""
FORGET_TOKENS = "DELETE FROM own_tokens WHERE chain = $1 AND address = $2 AND mint <> ALL($3::text[])"
SAVE_TOKENS = """
INSERT INTO own_tokens (chain, address, mint) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING
"""
MARK_READ = """
UPDATE own_wallets SET read_at = now(), failures = 0, retry_at = NULL WHERE chain = $1 AND address = $2
"""
# A minute, then twice as long each time, an hour at most.
MARK_FAILED = """
UPDATE own_wallets SET failures = failures + 1,
    retry_at = now() + make_interval(secs => 60 * least(60, 2 ^ least(failures, 6)))
WHERE chain = $1 AND address = $2
"""
FORGET_ORPHANS = """
DELETE FROM own_tokens WHERE chain = $1 AND address = $2 AND NOT EXISTS (SELECT FROM own_wallets
    WHERE own_wallets.chain = own_tokens.chain AND own_wallets.address = own_tokens.address)
"""

HOLDING = """
SELECT DISTINCT own_tokens.chain, mint, chat_id
FROM unnest($1::text[], $2::text[]) AS asked (chain, mint) JOIN own_tokens USING (chain, mint)
JOIN own_wallets ON own_wallets.chain = own_tokens.chain AND own_wallets.address = own_tokens.address
"""


async def add_own_wallet(
    database: Database, *, chat_id: int, topic_id: int, chain: str, address: str
) -> bool:
    """Note an address as a chat's own; False: it has as many as it may, or this one already.

    Args:
        database: one transaction, which locks the row of the chat: two requests together cannot pass the
            limit.
        chat_id: must be known; MAX_OWN counts all its topics.
        topic_id: where warnings come; 0: the chat itself.
        chain: of the address.
        address: base58, checked by the caller.
    """

    async def work(connection: Connection) -> bool:
        await connection.execute(LOCK, chat_id)
        return affected(await connection.execute(ADD, chat_id, topic_id, chain, address, MAX_OWN)) > 0

    return await database.transaction(work)


async def remove_own_wallet(
    database: Database, *, chat_id: int, topic_id: int, chain: str, address: str
) -> bool:
    """Forget an address of a chat, and what it holds if no other chat names it; whether it was there.

    Args:
        database: one transaction.
        chat_id: whose address it is.
        topic_id: where it was named; 0: the chat itself.
        chain: of the address.
        address: base58.
    """

    async def work(connection: Connection) -> bool:
        gone = affected(await connection.execute(REMOVE, chat_id, topic_id, chain, address)) > 0
        await connection.execute(FORGET_ORPHANS, chain, address)
        return gone

    return await database.transaction(work)


async def own_wallets(database: Database, *, chat_id: int, topic_id: int, chain: str) -> list[OwnWallet]:
    """The addresses of a chat and topic, the oldest first.

    Args:
        database: it is only read.
        chat_id: whose addresses.
        topic_id: only those named there; 0: in the chat itself.
        chain: only those of this one.
    """
    return [OwnWallet(**dict(row)) for row in await database.fetch(OF_CHAT, chat_id, topic_id, chain)]


async def next_own_wallets(database: Database, *, chain: str, older_than: float, limit: int) -> list[str]:
    """The addresses whose tokens were not read for so many seconds.

    Args:
        database: it is only read.
        chain: whose addresses.
        older_than: seconds since the last successful read of an address; one that fails waits longer, up to
            an hour.
        limit: how many at most, those first that wait longest.
    """
    return [row["address"] for row in await database.fetch(NEXT, chain, older_than, limit)]


async def note_failed_read(database: Database, *, chain: str, address: str) -> None:
    """Check an address after a pause only: what it holds could not be read.

    Args:
        database: one statement, committed by itself.
        chain: of the address.
        address: in every chat that names it; the pause doubles from one minute to an hour.
    """
    await database.execute(MARK_FAILED, chain, address)


async def save_own_tokens(database: Database, *, chain: str, address: str, mints: Sequence[str]) -> None:
    """Store of which tokens an address holds something.

    Args:
        database: one transaction, so that no reader sees half of them.
        chain: of the address.
        address: whose tokens; if no chat names it any more, nothing is kept.
        mints: all of which it holds more than 0; beyond MAX_TOKENS, the first in alphabetical order.
    """
    kept = sorted(mints)[:MAX_TOKENS]

    async def work(connection: Connection) -> None:
        await connection.execute(FORGET_TOKENS, chain, address, kept)
        await connection.execute(SAVE_TOKENS, chain, address, kept)
        await connection.execute(MARK_READ, chain, address)
        await connection.execute(FORGET_ORPHANS, chain, address)

    await database.transaction(work)


async def chats_that_hold(
    connection: Connection, tokens: Collection[tuple[str, str]]
) -> dict[tuple[str, str], frozenset[int]]:
    """By chain and mint, the chats whose own addresses hold the token; without any it is missing."""
    found: dict[tuple[str, str], set[int]] = {}
    for row in await connection.fetch(HOLDING, *columns(sorted(tokens), 2)):
        found.setdefault((row["chain"], row["mint"]), set()).add(row["chat_id"])
    return {token: frozenset(chats) for token, chats in found.items()}
