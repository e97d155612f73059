"""In which topic of a forum a group follows what: counted, and moved to one of them as a whole."""

from typing import NamedTuple

from storage.postgres import Connection, Database

COUNT = """
SELECT count(*) FILTER (WHERE topic_id = $2) AS here, count(*) FILTER (WHERE topic_id <> $2) AS elsewhere
FROM watches WHERE chat_id = $1
"""
LOCK = "SELECT FROM chats WHERE chat_id = $1 FOR NO KEY UPDATE"

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
# ruff: noqa: S608 - the parts put in are the names above
LEAVINGS = tuple(f"DELETE FROM {table} WHERE chat_id = $1 AND topic_id <> $2" for table in _KEYS)

# The message of a position stays where it is; what follows begins another.
END_LIVING = """
UPDATE living_alerts SET closed_at = now() WHERE chat_id = $1 AND topic_id <> $2 AND closed_at IS NULL
"""
MOVE_WAITING = """
UPDATE deliveries SET topic_id = $2
WHERE chat_id = $1 AND topic_id <> $2 AND state IN ('pending', 'retry', 'deferred') AND living_id IS NULL
  AND delivery_id = (
    SELECT delivery_id FROM deliveries AS one
    WHERE one.alert_id = deliveries.alert_id AND one.chat_id = $1 AND one.channel = deliveries.channel
      AND one.address = deliveries.address
    ORDER BY (topic_id = $2) DESC, delivery_id LIMIT 1)
"""
MOVE_REST = (
    "UPDATE campaigns SET topic_id = $2 WHERE chat_id = $1 AND topic_id <> $2",
    "UPDATE api_keys SET topic_id = $2 WHERE chat_id = $1 AND topic_id <> $2",
)


class Spread(NamedTuple):
    """Wallets that a group follows in one topic, and in all others."""

    here: int
    elsewhere: int


async def spread(database: Database, *, chat_id: int, topic_id: int) -> Spread:
    """How many wallets the group follows in a topic, and in the others."""
    row = await database.fetchrow(COUNT, chat_id, topic_id)
    return Spread(0, 0) if row is None else Spread(row["here"], row["elsewhere"])


async def move_to_topic(database: Database, *, chat_id: int, topic_id: int) -> None:
    """Bring all that a group follows to one topic, with the alerts that wait; nothing stays twice."""

    async def work(connection: Connection) -> None:
        await connection.execute(LOCK, chat_id)
        for statement in (*MOVES, *LEAVINGS, END_LIVING, MOVE_WAITING, *MOVE_REST):
            await connection.execute(statement, chat_id, topic_id)

    await database.transaction(work)
