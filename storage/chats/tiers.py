"""Accounts of chats: whose limits count, how much of them is used, and which wallets pause over a limit."""

from __future__ import annotations

from collections.abc import Mapping

from storage.postgres import Connection, Database, affected

# One writer of an account at a time counts what it follows.
ACCOUNT = "SELECT account_of(chats) FROM chats WHERE chat_id = $1"
LOCK = "SELECT chat_id FROM chats WHERE chat_id = $1 FOR NO KEY UPDATE"
TIER = "SELECT tier_of(chats) FROM chats WHERE chat_id = $1"
SET_TIER = """
UPDATE chats SET tier = $2 FROM chats AS old
WHERE chats.chat_id = $1 AND old.chat_id = $1 RETURNING old.tier
"""
ALERTS = """
SELECT count(*) FROM deliveries
WHERE chat_id = $1 AND created_at >= date_trunc('hour', now()) AND gate = 'wanted'
"""
PAUSED = "SELECT count(*) FROM watches WHERE chat_id = $1 AND over_limit"

# The oldest continue; only rows that change are written.
PAUSE = """
UPDATE watches SET over_limit = ranked.is_over FROM (
    SELECT watch_id, row_number() OVER (PARTITION BY account_of(chats) ORDER BY watch_id)
        > coalesce(limits.allowed, $3) AS is_over
    FROM watches JOIN chats USING (chat_id)
    LEFT JOIN unnest($1::text[], $2::int[]) AS limits (tier, allowed) ON limits.tier = tier_of(chats)
    WHERE $4::bigint IS NULL OR chat_id = $4 OR payer_id = $4) AS ranked
WHERE watches.watch_id = ranked.watch_id AND watches.over_limit <> ranked.is_over
"""


async def account_of(database: Database, chat_id: int) -> int:
    """The chat whose limits count: itself, or the private chat of the person who pays."""
    return await database.fetchval(ACCOUNT, chat_id) or chat_id


async def lock_account(connection: Connection, chat_id: int) -> int:
    """Let no other writer count on the account of a chat until the transaction ends; that account."""
    account: int = await connection.fetchval(ACCOUNT, chat_id) or chat_id
    await connection.execute(LOCK, account)
    return account


async def count_watches(database: Database, account: int) -> int:
    """The wallets followed on an account."""
    number: int = await database.fetchval("SELECT watches_on($1)", account)
    return number


async def set_tier(database: Database, chat_id: int, tier: str) -> str | None:
    """Set the tier of a chat; the tier before, or None: the chat is not known.

    Args:
        database: one statement, committed by itself.
        chat_id: a private chat for a person, or a group.
        tier: the name of a configured tier; the caller checks that.
    """
    before: str | None = await database.fetchval(SET_TIER, chat_id, tier)
    return before


async def tier_of(database: Database, chat_id: int) -> str | None:
    """The tier that counts for a chat; None: it is not known."""
    tier: str | None = await database.fetchval(TIER, chat_id)
    return tier


async def alerts_this_hour(database: Database, chat_id: int) -> int:
    """Alerts that the chat got one by one in this clock hour."""
    number: int = await database.fetchval(ALERTS, chat_id)
    return number


async def count_paused(database: Database, chat_id: int) -> int:
    """Wallets of the chat that pause since too many are followed."""
    number: int = await database.fetchval(PAUSED, chat_id)
    return number


async def pause_over_limit(
    database: Database, limits: Mapping[str, int], default: int, *, account: int | None = None
) -> int:
    """Let the newest wallets pause that exceed a limit, and the others continue; return how many changed.

    Args:
        database: where they are stored.
        limits: wallets that may be followed, by tier.
        default: of a tier that is not named.
        account: of which; None: of all.
    """
    tiers, numbers = list(limits), list(limits.values())
    return affected(await database.execute(PAUSE, tiers, numbers, default, account))
