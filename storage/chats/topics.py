"""In which topic of a forum a group follows what: counted, and moved to one of them as a whole."""

from typing import NamedTuple

from storage.postgres import Connection, Database

COUNT = """
SELECT count(*) FILTER (WHERE topic_id = $2) AS here, count(*) FILTER (WHERE topic_id <> $2) AS elsewhere
FROM watches WHERE chat_id = $1
"""
# A step of the fan-out reads watches and writes deliveries of them: none is between the two meanwhile.
LOCK_FAN_OUT = "SELECT pg_advisory_xact_lock(hashtext('fan out to topics'))"
LOCK = "SELECT FROM chats WHERE chat_id = $1 FOR NO KEY UPDATE"

# Wallets of which topics know different things: all but one of them go.
DIFFERING = """
SELECT count(*) FROM (
    SELECT FROM watches WHERE chat_id = $1
    GROUP BY wallet_id HAVING count(DISTINCT (label, tags, rules, muted_until)) > 1) AS differing
"""

# Of what several topics have, the one that is there already stays, else the one of the first topic.
_MOVE = """
UPDATE {table} AS old SET topic_id = $2
WHERE chat_id = $1 AND topic_id <> $2 AND ctid = (
    SELECT ctid FROM {table} AS one WHERE one.chat_id = $1 AND {same}
    ORDER BY (topic_id = $2) DESC, topic_id LIMIT 1)
"""
_KEYS = {
    "watches": ("wallet_id",),
    "price_alerts": ("chain", "mint", "condition", "target"),
    "own_wallets": ("chain", "address"),
    "followed_tokens": ("chain", "mint"),
    "pattern_episodes": ("chain", "pattern", "mint"),
}
MOVES = tuple(
    _MOVE.format(table=table, same=" AND ".join(f"one.{key} = old.{key}" for key in keys))
    for table, keys in _KEYS.items()
)
# ruff: noqa: S608 - the parts put in are names and constants of this module
LEAVINGS = tuple(f"DELETE FROM {table} WHERE chat_id = $1 AND topic_id <> $2" for table in _KEYS)

# Of alerts without a wallet, those whose deliveries are not all made yet.
_OPEN = "EXISTS (SELECT FROM alerts WHERE alerts.alert_id = old.alert_id AND fanned_out_at IS NULL)"
DROP_CHATS = f"""
DELETE FROM alert_chats AS old WHERE chat_id = $1 AND {_OPEN} AND number <> (
    SELECT number FROM alert_chats AS one WHERE one.alert_id = old.alert_id AND one.chat_id = $1
    ORDER BY (topic_id = $2) DESC, number LIMIT 1)
"""
MOVE_CHATS = f"UPDATE alert_chats AS old SET topic_id = $2 WHERE chat_id = $1 AND topic_id <> $2 AND {_OPEN}"

# The message of a position stays where it is; what follows begins another.
END_LIVING = """
UPDATE living_alerts SET closed_at = now() WHERE chat_id = $1 AND topic_id <> $2 AND closed_at IS NULL
"""
# What nobody has read of a position comes by itself, since its message would begin in the old topic.
PLAIN_LIVING = """
UPDATE deliveries SET kind = 'alert', living_id = NULL, lease_owner = NULL, lease_until = NULL
WHERE chat_id = $1 AND topic_id <> $2 AND channel = 'telegram' AND kind IN ('living', 'living_edit')
  AND state IN ('pending', 'retry') AND NOT EXISTS (
    SELECT FROM deliveries AS first
    WHERE first.living_id = deliveries.living_id AND first.kind = 'living'
      AND first.topic_id = deliveries.topic_id AND first.state IN ('sending', 'sent'))
"""
_WAITS = """channel = 'telegram' AND kind NOT IN ('living', 'living_edit', 'living_refresh')
  AND state IN ('pending', 'retry', 'deferred')"""
# Those of a watch that is gone by now are not sent, so no other may stand back for them.
_GOES = "(one.watch_id IS NULL OR EXISTS (SELECT FROM watches WHERE watches.watch_id = one.watch_id))"
_SAME = "one.chat_id = $1 AND one.channel = deliveries.channel AND one.address = deliveries.address"
# A sender that has one claimed would send it to the old topic: it has lost it.
MOVE_WAITING = f"""
UPDATE deliveries SET topic_id = $2, lease_owner = NULL, lease_until = NULL
WHERE chat_id = $1 AND topic_id <> $2 AND {_WAITS}
  AND delivery_id = (
    SELECT delivery_id FROM deliveries AS one
    WHERE one.alert_id = deliveries.alert_id AND {_SAME}
      AND (topic_id = $2 OR {_WAITS})
    ORDER BY (topic_id = $2) DESC, {_GOES} DESC, delivery_id LIMIT 1)
"""
# What also waits in an old topic comes once. A digest stands back only if all that it holds comes to the one.
DROP_WAITING = f"""
UPDATE deliveries SET state = 'suppressed', error = 'the same comes to another topic', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE chat_id = $1 AND topic_id <> $2 AND {_WAITS} AND NOT EXISTS (
    SELECT FROM deliveries AS part
    WHERE (part.delivery_id = deliveries.delivery_id OR part.digest_id = deliveries.delivery_id)
      AND NOT EXISTS (
        SELECT FROM deliveries AS one
        WHERE one.alert_id = part.alert_id AND one.topic_id = $2 AND {_SAME}
          AND one.state NOT IN ('suppressed', 'dead')
          AND (one.state NOT IN ('pending', 'retry', 'deferred') OR one.digest_id IS NOT NULL OR {_GOES})))
"""
MOVE_REST = (
    "UPDATE campaigns SET topic_id = $2 WHERE chat_id = $1 AND topic_id <> $2",
    "UPDATE api_keys SET topic_id = $2 WHERE chat_id = $1 AND topic_id <> $2",
)
STATEMENTS = (
    *MOVES,
    *LEAVINGS,
    DROP_CHATS,
    MOVE_CHATS,
    END_LIVING,
    PLAIN_LIVING,
    MOVE_WAITING,
    DROP_WAITING,
    *MOVE_REST,
)


class Spread(NamedTuple):
    """Wallets that a group follows in one topic, and in all others."""

    here: int
    elsewhere: int


async def spread(database: Database, *, chat_id: int, topic_id: int) -> Spread:
    """How many wallets the group follows in a topic, and in the others.

    Args:
        database: it is only read.
        chat_id: a forum.
        topic_id: the one that counts as here; 0: the general topic.
    """
    row = await database.fetchrow(COUNT, chat_id, topic_id)
    return Spread(0, 0) if row is None else Spread(row["here"], row["elsewhere"])


async def move_to_topic(database: Database, *, chat_id: int, topic_id: int) -> int:
    """Bring all that a group follows to one topic, with the alerts that wait; nothing stays twice.

    Args:
        database: one transaction; it waits for the fan-out, which decides by topic.
        chat_id: a forum.
        topic_id: where everything goes; 0: the general topic.

    Returns:
        Wallets whose names or rules differed from topic to topic: those of this one stay, else of the first.
    """

    async def work(connection: Connection) -> int:
        await connection.execute(LOCK_FAN_OUT)
        await connection.execute(LOCK, chat_id)
        differing = int(await connection.fetchval(DIFFERING, chat_id))
        for statement in STATEMENTS:
            await connection.execute(statement, chat_id, topic_id)
        return differing

    return await database.transaction(work)
