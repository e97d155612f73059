"""New ids of groups: all that names the old id names the new one, and what both have stays once."""

from storage.postgres import Connection, Database
from storage.sql_files import read_statement

MOVE_DELIVERIES = read_statement(__name__, "MOVE_DELIVERIES")

# A digest whose carrier stays behind is gathered again in the new chat.
DEFER_AGAIN = """
UPDATE deliveries SET state = 'deferred', digest_id = NULL, finished_at = NULL, due_at = now()
WHERE chat_id = $2 AND state = 'digested' AND digest_id IN (
    SELECT delivery_id FROM deliveries WHERE chat_id = $1 AND state IN ('pending', 'retry', 'sending'))
"""

# What the new chat follows already stays as it is there; the old chat is deleted with the rest.
MOVE_PRICE_ALERTS = """
UPDATE price_alerts AS old SET chat_id = $2 WHERE chat_id = $1 AND NOT EXISTS (
    SELECT FROM price_alerts AS new
    WHERE (new.chat_id, new.topic_id, new.chain, new.mint, new.condition, new.target)
        = ($2, old.topic_id, old.chain, old.mint, old.condition, old.target))
"""

MOVE_WATCHES = """
UPDATE watches SET chat_id = $2
WHERE chat_id = $1 AND NOT EXISTS (
    SELECT 1 FROM watches AS other
    WHERE other.chat_id = $2 AND other.topic_id = watches.topic_id AND other.wallet_id = watches.wallet_id)
"""

MOVE_OWN_WALLETS = """
UPDATE own_wallets AS old SET chat_id = $2 WHERE chat_id = $1 AND NOT EXISTS (
    SELECT FROM own_wallets AS new
    WHERE (new.chat_id, new.topic_id, new.chain, new.address) = ($2, old.topic_id, old.chain, old.address))
"""

MOVE_FOLLOWED_TOKENS = """
UPDATE followed_tokens AS old SET chat_id = $2 WHERE chat_id = $1 AND NOT EXISTS (
    SELECT FROM followed_tokens AS new
    WHERE (new.chat_id, new.topic_id, new.chain, new.mint) = ($2, old.topic_id, old.chain, old.mint))
"""

MOVE_EPISODES = """
UPDATE pattern_episodes AS old SET chat_id = $2 WHERE chat_id = $1 AND NOT EXISTS (
    SELECT FROM pattern_episodes AS new
    WHERE (new.chat_id, new.topic_id, new.chain, new.pattern, new.mint)
        = ($2, old.topic_id, old.chain, old.pattern, old.mint))
"""

MOVE_NOISE = """
UPDATE noise_weeks SET chat_id = $2
WHERE chat_id = $1 AND NOT EXISTS (SELECT FROM noise_weeks WHERE chat_id = $2)
"""

# Of one position one message continues: the one of the new id.
MOVE_LIVING = """
UPDATE living_alerts AS old SET chat_id = $2,
    closed_at = CASE WHEN EXISTS (
        SELECT FROM living_alerts AS new WHERE new.closed_at IS NULL
            AND (new.chat_id, new.topic_id, new.wallet_id, new.mint)
                = ($2, old.topic_id, old.wallet_id, old.mint))
        THEN coalesce(closed_at, now()) ELSE closed_at END
WHERE chat_id = $1
"""

MOVE_FOLLOWED = (MOVE_WATCHES, MOVE_PRICE_ALERTS, MOVE_OWN_WALLETS, MOVE_FOLLOWED_TOKENS)

MOVE_ALERTED = (MOVE_EPISODES, MOVE_NOISE, MOVE_LIVING)

MOVE_WHOLE = (
    "UPDATE alert_chats SET chat_id = $2 WHERE chat_id = $1",
    "UPDATE campaigns SET chat_id = $2 WHERE chat_id = $1",
    "UPDATE shared_lists SET chat_id = $2 WHERE chat_id = $1",
    "UPDATE api_keys SET chat_id = $2 WHERE chat_id = $1",
    "UPDATE webhooks SET chat_id = $2 WHERE chat_id = $1",
    "UPDATE questions SET chat_id = $2 WHERE chat_id = $1",
)

# No row of a chat stands behind these. The card of a search stays in the old chat, which takes no more edits.
MOVE_SEARCHES = """
UPDATE whale_searches SET chat_id = CASE WHEN chat_id = $1 THEN $2 ELSE chat_id END,
    card_chat_id = nullif(card_chat_id, $1),
    card_message_id = CASE WHEN card_chat_id = $1 THEN NULL ELSE card_message_id END
WHERE chat_id = $1 OR card_chat_id = $1
"""

# In one order for all writers, so that two of them never wait for each other.
LOCK_BOTH = "SELECT chat_id FROM chats WHERE chat_id = ANY($1::bigint[]) ORDER BY chat_id FOR UPDATE"

MOVE_SETTINGS = read_statement(__name__, "MOVE_SETTINGS")


async def move_messages(connection: Connection, *, old_id: int, new_id: int) -> None:
    """Give the messages of a group to its new id; what the new id has already stays as it is there.

    Args:
        connection: in a transaction that has locked both chats.
        old_id: the group's id before; its row is deleted afterwards, with what stays there.
        new_id: a chat that is known already.
    """
    for statement in (MOVE_DELIVERIES, DEFER_AGAIN):
        await connection.execute(statement, old_id, new_id)


async def migrate_chat(database: Database, *, old_id: int, new_id: int) -> None:
    """Let everything that names the old id of a group name its new id; what both have stays once.

    Args:
        database: one transaction, which locks both chats in the order of their ids.
        old_id: of the group that became a supergroup, or whose id Telegram's answer names as old.
        new_id: of the supergroup; it may be known already, since updates of it may come first.
    """

    async def work(connection: Connection) -> None:
        known = await connection.fetch(LOCK_BOTH, [old_id, new_id])  # waits for a fan-out that is under way
        await connection.execute(MOVE_SEARCHES, old_id, new_id)
        if new_id not in {row["chat_id"] for row in known}:
            await connection.execute(
                "UPDATE chats SET chat_id = $2, kind = 'supergroup' WHERE chat_id = $1", old_id, new_id
            )
            return
        for statement in (MOVE_SETTINGS, *MOVE_FOLLOWED, *MOVE_ALERTED, *MOVE_WHOLE):
            await connection.execute(statement, old_id, new_id)
        await move_messages(connection, old_id=old_id, new_id=new_id)
        await connection.execute("DELETE FROM chats WHERE chat_id = $1", old_id)

    if old_id != new_id:
        await database.transaction(work)
