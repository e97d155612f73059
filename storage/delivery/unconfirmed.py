"""Alerts of which nobody can tell whether they arrived: one line for each chat names them."""

from collections.abc import Sequence

from domain.alerts.kinds import read_event
from domain.delivery.facts import DigestEntry
from domain.delivery.kinds import KIND_RULES, DeliveryKind
from storage.delivery.contents import label_of
from storage.postgres import Connection, Database, Row

NAMING = "SELECT pg_advisory_xact_lock(hashtext('name unconfirmed'))"

# When one delivery of a chat is due to be named, all of the chat are. One statement decides which line names
# which, so that none is named twice and none is ambiguous for good without its line.
NAME = """
WITH ready AS (
    SELECT DISTINCT chat_id FROM deliveries WHERE state = 'unconfirmed' AND due_at <= now() LIMIT $1
), open AS (
    SELECT delivery_id, chat_id, topic_id, channel, address FROM deliveries JOIN ready USING (chat_id)
    WHERE state = 'unconfirmed'
), lines AS (
    INSERT INTO deliveries (kind, chat_id, topic_id, channel, address, lane)
    SELECT 'unconfirmed_alerts', chat_id, min(topic_id), channel, address, $2
    FROM open GROUP BY chat_id, channel, address
    RETURNING delivery_id, chat_id, channel, address
)
UPDATE deliveries SET state = 'ambiguous', finished_at = now(), named_by_id = lines.delivery_id
FROM open JOIN lines USING (chat_id, channel, address)
WHERE deliveries.delivery_id = open.delivery_id
RETURNING deliveries.delivery_id
"""

# A digest stands for all that it holds.
CONTENTS = """
SELECT named.named_by_id, coalesce(label, '') AS label, has_namesake(watches) AS has_namesake,
       alerts.subject, alerts.sort, alerts.payload,
       alerts.kind, alerts.block_time AS happened_at
FROM deliveries AS named
JOIN deliveries AS alert ON alert.delivery_id = named.delivery_id
    OR (named.kind = 'digest' AND alert.digest_id = named.delivery_id)
JOIN alerts ON alerts.alert_id = alert.alert_id LEFT JOIN watches ON watches.watch_id = alert.watch_id
WHERE named.named_by_id = ANY($1::bigint[])
ORDER BY named.named_by_id, alerts.block_time, alert.delivery_id
"""


async def name_unconfirmed(database: Database, *, limit: int = 500) -> int:
    """Make the lines for up to `limit` chats in which something is due to be named; how many it names."""
    lane = KIND_RULES[DeliveryKind.UNCONFIRMED_ALERTS].lane.value

    async def work(connection: Connection) -> int:
        await connection.execute(NAMING)
        return len(await connection.fetch(NAME, limit, lane))

    return await database.transaction(work)


async def named_alerts(database: Database, line_ids: Sequence[int]) -> dict[int, list[DigestEntry]]:
    """The alerts that each line names, the oldest first."""
    found: dict[int, list[DigestEntry]] = {line_id: [] for line_id in line_ids}
    for row in await database.fetch(CONTENTS, list(line_ids)):
        found[row["named_by_id"]].append(_entry(row))
    return found


def _entry(row: Row) -> DigestEntry:
    return DigestEntry(
        label=label_of(row, row["subject"]),
        subject=row["subject"],
        sort=row["sort"],
        number=1,
        event=read_event(row["kind"], row["payload"]),
        happened_at=row["happened_at"],
    )
