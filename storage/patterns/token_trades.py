"""Tokens of which chats follow all trades, and the alerts of those, each once, whoever reads its block."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from domain.activity.activity import Activity
from domain.tokens.token_trades import MAX_FOLLOWED_TOKENS, FollowedToken, TokenTraded
from storage.delivery.chat_alerts import insert_chat_alert
from storage.market.facts import markets_of
from storage.postgres import Connection, Database, affected
from storage.sql_files import read_statement

LOCK = "SELECT chat_id FROM chats WHERE chat_id = $1 FOR NO KEY UPDATE"
ADD = """
INSERT INTO followed_tokens (chat_id, topic_id, chain, mint, min_usd)
SELECT $1, $2, $3, $4, $5
WHERE (SELECT count(*) FROM followed_tokens
       WHERE chat_id = $1 AND (topic_id, chain, mint) <> ($2, $3, $4)) < $6
  AND (EXISTS (SELECT FROM followed_tokens WHERE chain = $3 AND mint = $4)
       OR (SELECT count(DISTINCT mint) FROM followed_tokens WHERE chain = $3) < $7)
ON CONFLICT (chat_id, topic_id, chain, mint) DO UPDATE SET min_usd = excluded.min_usd
"""
# One more token at a time, so that nobody counts what another is adding.
COUNTING = "SELECT pg_advisory_xact_lock(hashtext('followed tokens'))"
REMOVE = "DELETE FROM followed_tokens WHERE chat_id = $1 AND topic_id = $2 AND chain = $3 AND mint = $4"
OF_CHAT = """
SELECT mint, min_usd FROM followed_tokens WHERE chat_id = $1 AND topic_id = $2 AND chain = $3 ORDER BY mint
"""
FOLLOWED = """
SELECT DISTINCT mint FROM followed_tokens JOIN chats USING (chat_id)
WHERE chain = $1 AND closed_at IS NULL ORDER BY mint LIMIT $2
"""
# A chat that has put the bot out keeps its tokens until others need the room.
MAKE_ROOM = """
DELETE FROM followed_tokens USING chats
WHERE chats.chat_id = followed_tokens.chat_id AND closed_at IS NOT NULL
    AND (SELECT count(DISTINCT mint) FROM followed_tokens WHERE chain = $1) >= $2
"""
MAX_WATCHED = 50
"""Tokens that all chats together follow: each costs a check through every block."""

NOTE = """
INSERT INTO token_trades (chain, mint, signature, wallet) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING signature
"""
AUDIENCE = read_statement(__name__, "AUDIENCE")


async def follow_token(
    database: Database, *, chat_id: int, topic_id: int, chain: str, token: FollowedToken
) -> bool:
    """Follow trades of a token from so many dollars on; False: the chat, or all, have as many as they may.

    Args:
        database: one transaction, which counts under locks of the chat and of all followed tokens.
        chat_id: who follows; its topics count together.
        topic_id: where alerts come; 0: the chat itself.
        chain: of the token.
        token: its mint, and dollars from which a trade is worth an alert; followed already, that is changed.
    """

    async def work(connection: Connection) -> bool:
        await connection.execute(LOCK, chat_id)
        await connection.execute(COUNTING)
        limits = (MAX_FOLLOWED_TOKENS, MAX_WATCHED)
        values = (chat_id, topic_id, chain, token.mint, token.min_usd, *limits)
        if affected(await connection.execute(ADD, *values)) > 0:
            return True
        await connection.execute(MAKE_ROOM, chain, MAX_WATCHED)
        return affected(await connection.execute(ADD, *values)) > 0

    return await database.transaction(work)


async def unfollow_token(database: Database, *, chat_id: int, topic_id: int, chain: str, mint: str) -> bool:
    """Follow its trades no longer; return whether they were followed.

    Args:
        database: one statement, committed by itself.
        chat_id: who follows it.
        topic_id: where; 0: the chat itself.
        chain: of the token.
        mint: the token.
    """
    return affected(await database.execute(REMOVE, chat_id, topic_id, chain, mint)) > 0


async def followed_tokens(
    database: Database, *, chat_id: int, topic_id: int, chain: str
) -> list[FollowedToken]:
    """The tokens of a chat and topic.

    Args:
        database: it is only read.
        chat_id: who follows them.
        topic_id: only those followed there; 0: in the chat itself.
        chain: only those of this one.
    """
    rows = await database.fetch(OF_CHAT, chat_id, topic_id, chain)
    return [FollowedToken(mint=row["mint"], min_usd=row["min_usd"]) for row in rows]


async def watched_tokens(database: Database, *, chain: str) -> frozenset[str]:
    """Every token whose trades are followed, at most `MAX_WATCHED`."""
    return frozenset(row["mint"] for row in await database.fetch(FOLLOWED, chain, MAX_WATCHED))


async def is_full_for(database: Database, *, chain: str, mint: str) -> bool:
    """Return whether all chats together follow as many tokens as they may, and this one is none of them.

    Args:
        database: it is only read.
        chain: of the token.
        mint: the token that somebody wants to follow.
    """
    watched = await watched_tokens(database, chain=chain)
    return len(watched) >= MAX_WATCHED and mint not in watched


async def announce_trades(database: Database, trades: Sequence[tuple[str, Activity]]) -> int:
    """Store alerts of trades that are large enough for a follower, each once; return how many.

    Args:
        database: where alerts are stored.
        trades: of blocks that stand, each with the token that it is about.
    """

    async def work(connection: Connection) -> int:
        now = await connection.fetchval("SELECT now()")
        events = [(one, _time(one, now)) for _, one in trades]
        markets = await markets_of(connection, events)
        number = 0
        for (mint, one), market, (_, at) in zip(trades, markets, events, strict=True):
            if market.usd is not None and await _announce(connection, mint, one, market.usd, at):
                number += 1
        return number

    return await database.transaction(work) if trades else 0


async def _announce(
    connection: Connection, mint: str, activity: Activity, usd: Decimal, at: datetime
) -> bool:
    rows = await connection.fetch(AUDIENCE, activity.chain, mint, usd, activity.wallet)
    if not rows:
        return False
    noted = await connection.fetchval(NOTE, activity.chain, mint, activity.signature, activity.wallet)
    if noted is None:
        return False
    event = TokenTraded(chain=activity.chain, mint=mint, activity=activity, usd=usd)
    chats = [(row["chat_id"], row["topic_id"]) for row in rows]
    await insert_chat_alert(connection, event, happened_at=at, chats=chats)
    return True


def _time(activity: Activity, now: datetime) -> datetime:
    return now if activity.block_time is None else datetime.fromtimestamp(activity.block_time, UTC)
