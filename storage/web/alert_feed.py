"""Alerts that a chat wanted, for programs: pages of them, and a feed that leaves none out.

Transactions end in another order than their rows are numbered: a row with a lower number may appear later. So
a feed continues from a snapshot of PostgreSQL, which says exactly what could be seen: what it shows next is
what that snapshot could not see and the present one can. A position is a text, good on every instance.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from domain.activity.prices import read_market
from domain.alerts.kinds import read_event, subject_of
from domain.alerts.late_facts import read_late_facts
from domain.alerts.published import AlertRecord
from domain.errors import BadInput
from domain.security.checks import GradeSummary
from storage.delivery.contents import label_of
from storage.postgres import Database, Row

MAX_ID = 2**63
MAX_ROWS = 500
"""Of a feed in one go."""
_SNAPSHOT = re.compile(r"\d{1,19}:\d{1,19}:(\d{1,19}(,\d{1,19}){0,2000})?")
_CURSOR = re.compile(
    r"(?P<since>[\d:,]+)~(?P<upto>[\d:,]+)~(?P<written_by>\d{1,19})~(?P<delivery_id>\d{1,18})"
)

_COLUMNS = """
deliveries.delivery_id, deliveries.chat_id, deliveries.topic_id, deliveries.written_by::text AS written_by,
alerts.alert_id, alerts.kind AS alert_kind, alerts.payload, alerts.market, alerts.late, alerts.grade,
alerts.block_time AS happened_at, deliveries.created_at, alerts.reverted_at IS NOT NULL AS reverted,
coalesce(watches.label, '') AS label, has_namesake(watches) AS has_namesake,
EXISTS (SELECT FROM provisional WHERE provisional.chain = alerts.chain
    AND provisional.signature = alerts.payload->>'signature') AS provisional
"""
_JOINS = """
JOIN alerts USING (alert_id) LEFT JOIN watches ON watches.watch_id = deliveries.watch_id
"""
# ruff: noqa: S608 - the parts put in are the constants above
_WANTED = """deliveries.kind IN ('alert', 'living', 'living_edit') AND deliveries.gate = 'wanted'
    AND deliveries.channel = 'telegram'"""

PAGE = f"""
SELECT {_COLUMNS} FROM deliveries {_JOINS}
WHERE deliveries.chat_id = $1 AND deliveries.topic_id = $2 AND deliveries.delivery_id < $3 AND {_WANTED}
ORDER BY deliveries.delivery_id DESC LIMIT $4
"""

ONE = f"""
SELECT {_COLUMNS} FROM deliveries {_JOINS}
WHERE deliveries.delivery_id = $1 AND deliveries.chat_id = $2 AND {_WANTED}
"""

# What a restored backup holds was written by transactions of another server: rows of the last day only.
SINCE = f"""
SELECT pg_current_snapshot()::text AS seen, found.* FROM (VALUES (1)) AS always LEFT JOIN LATERAL (
    SELECT {_COLUMNS} FROM deliveries {_JOINS}
    WHERE deliveries.written_by >= pg_snapshot_xmin($1::text::pg_snapshot)
      AND NOT pg_visible_in_snapshot(deliveries.written_by, $1::text::pg_snapshot)
      AND pg_visible_in_snapshot(
          deliveries.written_by, coalesce($3::text::pg_snapshot, pg_current_snapshot()))
      AND (deliveries.written_by, deliveries.delivery_id) > ($4::text::xid8, $5::bigint)
      AND deliveries.created_at > now() - interval '1 day'
      AND deliveries.chat_id = ANY($2::bigint[]) AND {_WANTED}
    ORDER BY deliveries.written_by, deliveries.delivery_id LIMIT $6) AS found ON true
"""
NOW = "SELECT pg_current_snapshot()::text"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCursor:
    """Where a feed continues: after one row of what `since` cannot see and `upto` can."""

    since: str
    upto: str | None = None
    """None: the present."""
    written_by: str = "0"
    delivery_id: int = 0

    def __str__(self) -> str:
        """The text for those who ask again."""
        if self.upto is None:
            return self.since
        return f"{self.since}~{self.upto}~{self.written_by}~{self.delivery_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One alert in a feed."""

    chat_id: int
    topic_id: int
    cursor: FeedCursor
    """After it."""
    record: AlertRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """What appeared."""

    entries: Sequence[FeedEntry]
    cursor: FeedCursor
    """Where to continue."""
    has_more: bool


def parse_cursor(text: str) -> FeedCursor:
    """The cursor in a text.

    Raises:
        BadInput: it is none.
    """
    if _is_snapshot(text):
        return FeedCursor(since=text)
    found = _CURSOR.fullmatch(text)
    if found is None or not all(_is_snapshot(found[name]) for name in ("since", "upto")):
        raise BadInput("This is no cursor of the feed.")
    return FeedCursor(
        since=found["since"],
        upto=found["upto"],
        written_by=found["written_by"],
        delivery_id=int(found["delivery_id"]),
    )


def _is_snapshot(text: str) -> bool:
    """Whether PostgreSQL reads a text as a snapshot: what ran then stands in order between both ends."""
    if not _SNAPSHOT.fullmatch(text):
        return False
    xmin, xmax, running = text.split(":")
    ids = [int(one) for one in running.split(",") if one]
    first, last = int(xmin), int(xmax)
    are_in_order = all(one < other for one, other in pairwise(ids))
    return 0 < first <= last < MAX_ID and are_in_order and all(first <= one < last for one in ids)


def is_ahead(cursor: FeedCursor, present: FeedCursor) -> bool:
    """Whether a cursor was made by a server that is not this one: it knows of what has not begun here."""
    newest = cursor.since if cursor.upto is None else cursor.upto
    return int(newest.split(":")[1]) > int(present.since.split(":")[1])


def is_after(cursor: FeedCursor, other: FeedCursor) -> bool:
    """Return whether a row, at whose end `other` stands, comes after a cursor, and so was not shown yet."""
    written_by, delivery_id = int(other.written_by), other.delivery_id
    if _sees(cursor.since, written_by):
        return False
    if cursor.upto is None or not _sees(cursor.upto, written_by):
        return True
    return (written_by, delivery_id) > (int(cursor.written_by), cursor.delivery_id)


def _sees(snapshot: str, written_by: int) -> bool:
    """Return whether a snapshot shows what a transaction wrote, as PostgreSQL's pg_visible_in_snapshot."""
    xmin, xmax, running = snapshot.split(":")
    if written_by < int(xmin):
        return True
    return written_by < int(xmax) and str(written_by) not in running.split(",")


async def present(database: Database) -> FeedCursor:
    """The cursor after everything that can be seen now."""
    return FeedCursor(since=await database.fetchval(NOW))


async def appeared(database: Database, cursor: FeedCursor, chat_ids: Collection[int]) -> FeedPage:
    """Return what these chats wanted and `cursor` could not see, in the order in which transactions began.

    Args:
        database: the primary.
        cursor: where to continue.
        chat_ids: whose alerts.
    """
    rows = await database.fetch(
        SINCE, cursor.since, list(chat_ids), cursor.upto, cursor.written_by, cursor.delivery_id, MAX_ROWS
    )
    seen: str = rows[0]["seen"] if cursor.upto is None else cursor.upto
    found = [row for row in rows if row["delivery_id"] is not None]
    entries = [_entry(row, cursor.since, seen) for row in found]
    if len(found) == MAX_ROWS:
        return FeedPage(entries=entries, cursor=entries[-1].cursor, has_more=True)
    return FeedPage(entries=entries, cursor=FeedCursor(since=seen), has_more=cursor.upto is not None)


async def wanted_alerts(
    database: Database, *, chat_id: int, topic_id: int, before: int, limit: int
) -> list[AlertRecord]:
    """Alerts that a chat and topic wanted, the latest first: those of deliveries numbered below `before`.

    Args:
        database: it is only read.
        chat_id: who wanted them.
        topic_id: where they came; 0: the chat itself.
        before: a delivery id, exclusive: the last one of the page before.
        limit: how many at most.
    """
    return [_record(row) for row in await database.fetch(PAGE, chat_id, topic_id, before, limit)]


async def wanted_alert(database: Database, *, delivery_id: int, chat_id: int) -> AlertRecord | None:
    """One of them; None: the chat has none of that number.

    Args:
        database: it is only read.
        delivery_id: any number; it counts only as a delivery of `chat_id`.
        chat_id: who asks.
    """
    row = await database.fetchrow(ONE, delivery_id, chat_id)
    return None if row is None else _record(row)


def _entry(row: Row, since: str, upto: str) -> FeedEntry:
    cursor = FeedCursor(since=since, upto=upto, written_by=row["written_by"], delivery_id=row["delivery_id"])
    return FeedEntry(chat_id=row["chat_id"], topic_id=row["topic_id"], cursor=cursor, record=_record(row))


def _record(row: Row) -> AlertRecord:
    event = read_event(row["alert_kind"], row["payload"])
    grade: str | None = row["grade"]
    return AlertRecord(
        alert_id=row["alert_id"],
        delivery_id=row["delivery_id"],
        event=event,
        label=label_of(row, subject_of(event)),
        happened_at=row["happened_at"],
        created_at=row["created_at"],
        market=read_market(row["market"]),
        late=read_late_facts(row["late"]),
        grade=None if grade is None else msgspec.json.decode(grade, type=GradeSummary),
        provisional=row["provisional"],
        reverted=row["reverted"],
    )
