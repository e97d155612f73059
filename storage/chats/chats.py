"""Chats: whether messages may be sent there, what waits for them, and new ids of groups."""

from datetime import datetime

from domain.chats import Chat, ChatKind
from domain.delivery.results import FIRST_WAIT, MAX_WAIT
from storage.postgres import Connection, Database

END_WAITING = """
UPDATE deliveries SET state = 'dead', error = 'chat was closed', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE chat_id = $1 AND state IN ('pending', 'retry', 'deferred', 'unconfirmed')
"""

MAKE_DUE = """
UPDATE deliveries SET due_at = now()
WHERE chat_id = $1 AND state IN ('pending', 'retry') AND due_at > now() AND NOT coalescing
  AND channel = 'telegram'
"""

# Of what both ids got, the one of the new id stays; the other is deleted with the old chat.
MOVE_DELIVERIES = """
UPDATE deliveries SET chat_id = $2
WHERE chat_id = $1 AND NOT EXISTS (
    SELECT FROM deliveries AS other
    WHERE other.alert_id = deliveries.alert_id AND other.chat_id = $2 AND other.topic_id = deliveries.topic_id
      AND other.channel = deliveries.channel AND other.address = deliveries.address)
  AND NOT EXISTS (
    SELECT FROM deliveries AS other WHERE other.outage_id = deliveries.outage_id AND other.chat_id = $2
      AND other.channel = deliveries.channel AND other.address = deliveries.address)
  AND NOT EXISTS (
    SELECT FROM deliveries AS other WHERE other.broadcast_id = deliveries.broadcast_id AND other.chat_id = $2)
"""

# A digest whose carrier stays behind is gathered anew in the new chat.
DEFER_AGAIN = """
UPDATE deliveries SET state = 'deferred', digest_id = NULL, finished_at = NULL, due_at = now()
WHERE chat_id = $2 AND state = 'digested' AND digest_id IN (
    SELECT delivery_id FROM deliveries WHERE chat_id = $1 AND state IN ('pending', 'retry', 'sending'))
"""

POSTPONE_DEFERRED = "UPDATE deliveries SET due_at = $2 WHERE chat_id = $1 AND state = 'deferred'"

# The line about an outage waits for the same time as the digest; one that was tried already has a time of its
# own.
POSTPONE_OUTAGES = """
UPDATE deliveries SET due_at = $2, fair_queue_at = $2, coalescing = $2 > now()
WHERE chat_id = $1 AND kind = 'outage' AND state = 'pending' AND attempts = 0
"""

SEEN = """
INSERT INTO chats (chat_id, kind, title) VALUES ($1, $2, $3)
ON CONFLICT (chat_id) DO UPDATE SET kind = excluded.kind, title = excluded.title
WHERE (chats.kind, chats.title) IS DISTINCT FROM (excluded.kind, excluded.title)
"""

# A ban stays; a group without the bot waits until somebody writes there, or adds it.
REOPEN = """
UPDATE chats SET closed_reason = NULL, closed_at = NULL,
    suspended_reason = NULL, suspended_at = NULL, suspended_until = NULL, suspended_count = 0
WHERE chat_id = $1 AND closed_at IS NOT NULL AND closed_reason <> 'unconfirmed'
  AND ($2 OR closed_reason <> 'removed') AND NOT EXISTS (SELECT FROM bans WHERE user_id = $1)
RETURNING chat_id
"""

# The pauses double from $3 to $4 seconds. What waits there is tried again after them, and new alerts are not
# put off: each of them is a look whether the refusal has passed.
HOLD = """
UPDATE chats SET suspended_reason = $2, suspended_at = coalesce(suspended_at, now()),
    suspended_count = suspended_count + 1,
    suspended_until = now() + make_interval(secs => least($4, $3 * 2.0 ^ least(suspended_count, 20)))
WHERE chat_id = $1 AND closed_at IS NULL
"""

RELEASE_HELD = """
UPDATE chats SET suspended_reason = NULL, suspended_at = NULL, suspended_until = NULL, suspended_count = 0
WHERE chat_id = $1 AND suspended_at IS NOT NULL RETURNING chat_id
"""

# Whoever writes in a chat shows that the bot is in it; a ban stays.
IS_SHUT = """
SELECT closed_at IS NOT NULL FROM chats
WHERE chat_id = $1 AND (closed_at IS NOT NULL OR suspended_at IS NOT NULL)
  AND NOT EXISTS (SELECT FROM bans WHERE user_id = $1) AND closed_reason IS DISTINCT FROM 'unconfirmed'
"""

CLOSE = "UPDATE chats SET closed_reason = $2, closed_at = now() WHERE chat_id = $1 AND closed_at IS NULL"

# Nothing is sent to a group before one of its admins has let the bot speak there.
WAIT_FOR_ADMIN = """
UPDATE chats SET closed_reason = 'unconfirmed', closed_at = coalesce(closed_at, now())
WHERE chat_id = $1 AND confirmed_at IS NULL RETURNING chat_id
"""

# Whoever confirmed first pays; the same person may press again.
CONFIRM = """
UPDATE chats SET confirmed_at = now(), payer_id = $2, closed_reason = NULL, closed_at = NULL
WHERE chat_id = $1 AND (confirmed_at IS NULL OR closed_reason = 'unconfirmed' OR payer_id = $2)
  AND NOT EXISTS (SELECT FROM bans WHERE user_id = $1)
RETURNING chat_id
"""

MANAGED = """
SELECT chat_id, kind, title FROM chats WHERE payer_id = $1 AND kind = 'channel' AND closed_at IS NULL
ORDER BY title, chat_id LIMIT 50
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
# Of one position one message goes on: the one of the new id.
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
MOVE_SETTINGS = """
UPDATE chats SET settings = CASE WHEN chats.settings = '{}' THEN old.settings ELSE chats.settings END,
    tier = CASE WHEN chats.tier = 'free' THEN old.tier ELSE chats.tier END,
    spam_line_at = CASE WHEN chats.settings = '{}' THEN old.spam_line_at ELSE chats.spam_line_at END,
    payer_id = coalesce(chats.payer_id, old.payer_id),
    confirmed_at = coalesce(chats.confirmed_at, old.confirmed_at),
    closed_at = CASE WHEN chats.closed_reason = 'unconfirmed' THEN old.closed_at ELSE chats.closed_at END,
    closed_reason = CASE WHEN chats.closed_reason = 'unconfirmed' THEN old.closed_reason
        ELSE chats.closed_reason END
FROM chats AS old WHERE chats.chat_id = $2 AND old.chat_id = $1
"""


async def end_waiting(connection: Connection, chat_id: int) -> None:
    """End every message that waits for the chat."""
    await connection.execute(END_WAITING, chat_id)


async def make_due(connection: Connection, chat_id: int) -> None:
    """Let what was put off for the chat be tried at once."""
    await connection.execute(MAKE_DUE, chat_id)


async def move_messages(connection: Connection, *, old_id: int, new_id: int) -> None:
    """Give the messages of a group to its new id; what the new id has already stays as it is there."""
    for statement in (MOVE_DELIVERIES, DEFER_AGAIN):
        await connection.execute(statement, old_id, new_id)


async def set_deferred_due(connection: Connection, chat_id: int, due_at: datetime) -> None:
    """Make deferred deliveries of the chat due at another time, with the lines about outages beside them."""
    for statement in (POSTPONE_DEFERRED, POSTPONE_OUTAGES):
        await connection.execute(statement, chat_id, due_at)


async def saw_chat(database: Database, chat: Chat) -> None:
    """Store a chat in which somebody wrote, or its new title."""
    await database.execute(SEEN, chat.chat_id, chat.kind, chat.title)


async def reopen_chat(database: Database, chat_id: int, *, is_there: bool = False) -> None:
    """Open a chat again, one without the bot only if it `is_there` now; what waited meanwhile is not sent."""

    async def work(connection: Connection) -> None:
        if await connection.fetchval(REOPEN, chat_id, is_there):
            await end_waiting(connection, chat_id)

    await database.transaction(work)


async def hold_chat(database: Database, chat_id: int, reason: str) -> None:
    """Put off what waits for a chat, because of a refusal that may pass."""
    await database.execute(HOLD, chat_id, reason, FIRST_WAIT, MAX_WAIT)


async def heard_from_chat(database: Database, chat_id: int) -> None:
    """Somebody wrote there: open it, if it is closed or held. What waited while it was held is sent."""
    is_closed = await database.fetchval(IS_SHUT, chat_id)
    if is_closed is None:
        return
    if is_closed:
        await reopen_chat(database, chat_id, is_there=True)

    async def work(connection: Connection) -> None:
        if await connection.fetchval(RELEASE_HELD, chat_id):
            await make_due(connection, chat_id)

    await database.transaction(work)


async def known_chat(database: Database, chat_id: int) -> Chat | None:
    """A chat that has talked to the bot; None: it has not, or was forgotten."""
    row = await database.fetchrow("SELECT kind, title FROM chats WHERE chat_id = $1", chat_id)
    return None if row is None else Chat(chat_id=chat_id, kind=ChatKind(row["kind"]), title=row["title"])


async def close_chat(database: Database, chat_id: int, reason: str) -> None:
    """Close a chat, so that nothing is sent there, because of `reason`."""
    await database.execute(CLOSE, chat_id, reason)


async def wait_for_admin(database: Database, chat_id: int) -> bool:
    """Send nothing to a group until an admin confirms; false: one has done so before."""
    return await database.fetchval(WAIT_FOR_ADMIN, chat_id) is not None


async def confirm_chat(database: Database, chat_id: int, *, payer_id: int) -> bool:
    """Let the bot speak in a chat, on the account of a person; false: another pays, or it is banned."""
    return await database.fetchval(CONFIRM, chat_id, payer_id) is not None


async def managed_channels(database: Database, user_id: int) -> list[Chat]:
    """The channels that a person has confirmed."""
    return [
        Chat(chat_id=row["chat_id"], kind=ChatKind(row["kind"]), title=row["title"])
        for row in await database.fetch(MANAGED, user_id)
    ]


async def migrate_chat(database: Database, *, old_id: int, new_id: int) -> None:
    """Let everything that names the old id of a group name its new id; what both have stays once."""

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
