"""People: who may not use the bot, and what is stored of a chat until its deletion is asked for."""

from dataclasses import dataclass
from datetime import datetime

from domain.people import PersonFile
from storage.postgres import Connection, Database
from storage.sql_files import read_statement

FILE = read_statement(__name__, "FILE")

# First what a chat holds itself, as long as its addresses say whose that is. A request that is open stays: it
# may be this one.
FORGET = (
    """
DELETE FROM own_tokens USING own_wallets AS mine
WHERE mine.chat_id = $1 AND own_tokens.chain = mine.chain AND own_tokens.address = mine.address
    AND NOT EXISTS (SELECT FROM own_wallets AS theirs
        WHERE theirs.chain = mine.chain AND theirs.address = mine.address AND theirs.chat_id <> $1)
""",
    "DELETE FROM chats WHERE chat_id = $1",  # watches, deliveries, questions and keys go with it
    "DELETE FROM api_keys WHERE owner_id = $1",  # those of groups, too
    "DELETE FROM webhooks WHERE owner_id = $1",
    "DELETE FROM web_sessions WHERE user_id = $1",
    "DELETE FROM sign_in_tokens WHERE user_id = $1",
    "DELETE FROM updates WHERE chat_id = $1 AND state IN ('done', 'failed', 'limited')",
)
# What lets the bot speak in a group, or forbids it, is not the group's to delete.
KEPT = """
SELECT chat_id, kind, confirmed_at, payer_id, closed_reason, closed_at FROM chats
WHERE chat_id = $1 AND kind <> 'private'
"""
KEEP = """
INSERT INTO chats (chat_id, kind, confirmed_at, payer_id, closed_reason, closed_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
BAN = """
INSERT INTO bans (user_id, reason, banned_by) VALUES ($1, $2, $3)
ON CONFLICT (user_id) DO UPDATE SET reason = excluded.reason, banned_by = excluded.banned_by
"""


async def person_file(database: Database, chat_id: int) -> PersonFile | None:
    """Return what is stored of the chat; None: it is not known."""
    row = await database.fetchrow(FILE, chat_id)
    return None if row is None else PersonFile(**dict(row))


async def forget_chat(database: Database, chat_id: int) -> None:
    """Delete everything that is stored of a chat, with the messages that wait for it.

    Of a group it stays who has confirmed it, and why it is closed.
    The update that asks for it is still being handled; then it is emptied, and retention deletes it.
    """

    async def work(connection: Connection) -> None:
        kept = await connection.fetchrow(KEPT, chat_id)
        for statement in FORGET:
            await connection.execute(statement, chat_id)
        if kept is not None:
            await connection.execute(KEEP, *kept.values())

    await database.transaction(work)


BAN_WALLET = """
INSERT INTO wallets (chain, address, banned_reason, banned_by) VALUES ($1, $2, $3, $4)
ON CONFLICT (chain, address) DO UPDATE
SET banned_reason = excluded.banned_reason, banned_by = excluded.banned_by
"""
UNBAN_WALLET = """
UPDATE wallets SET banned_reason = NULL, banned_by = NULL
WHERE chain = $1 AND address = $2 AND banned_reason IS NOT NULL RETURNING wallet_id
"""
FOLLOWERS = """
SELECT DISTINCT chat_id FROM watches JOIN wallets USING (wallet_id) WHERE chain = $1 AND address = $2
"""


async def ban_wallet(database: Database, *, chain: str, address: str, reason: str, by: int) -> list[int]:
    """Ban a wallet from being followed; return the chats that follow it, which get no more alerts of it.

    Args:
        database: two statements; the ban is committed before followers are read.
        chain: of the wallet.
        address: base58; it need not be followed by anybody.
        reason: shown to followers.
        by: user id of the operator.
    """
    await database.execute(BAN_WALLET, chain, address, reason, by)
    return await _followers(database, chain, address)


async def unban_wallet(database: Database, *, chain: str, address: str) -> list[int] | None:
    """Lift the ban of a wallet; return the chats that follow it, None: it was not banned.

    Args:
        database: two statements; the ban is lifted before followers are read.
        chain: of the wallet.
        address: base58.
    """
    if await database.fetchval(UNBAN_WALLET, chain, address) is None:
        return None
    return await _followers(database, chain, address)


async def _followers(database: Database, chain: str, address: str) -> list[int]:
    return [row["chat_id"] for row in await database.fetch(FOLLOWERS, chain, address)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """One of them."""

    user_id: int
    reason: str
    banned_by: int
    banned_at: datetime


async def ban(database: Database, *, user_id: int, reason: str, by: int) -> None:
    """Ban a person, or change the reason of a ban.

    Args:
        database: one statement, committed by itself.
        user_id: who may use the bot no longer; a private chat has the same id.
        reason: kept for operators.
        by: user id of the operator.
    """
    await database.execute(BAN, user_id, reason, by)


async def unban(database: Database, user_id: int) -> bool:
    """End the ban of a person; return whether there was one."""
    return (
        await database.fetchval("DELETE FROM bans WHERE user_id = $1 RETURNING user_id", user_id) is not None
    )


async def bans(database: Database) -> dict[int, Ban]:
    """All bans, by user."""
    rows = await database.fetch("SELECT user_id, reason, banned_by, banned_at FROM bans")
    return {row["user_id"]: Ban(**dict(row)) for row in rows}
