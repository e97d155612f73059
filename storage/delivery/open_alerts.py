"""Open alerts: those whose watches are not all decided, locked for one step of the fan-out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.activity.prices import NO_MARKET, MarketFacts
from domain.alerts.kinds import AlertEvent, read_event
from domain.rules.gates import NO_FACTS, Facts
from domain.rules.lanes import coalesce
from domain.rules.rules import MAX_BUSY_ABOVE
from storage.postgres import Connection, Database, Row, columns
from storage.sql_files import read_statement

AT_ONCE = 64
"""Alerts decided in one transaction, so that small ones need not wait until a large one is finished."""
MAX_FIRST = 250
"""Watches of an alert that are decided first, so that its first messages leave at once."""

LOCK = read_statement(__name__, "LOCK")
ADVANCE = read_statement(__name__, "ADVANCE")

NEXT = """
SELECT alert_id FROM alerts
WHERE fanned_out_at IS NULL AND (retry_at IS NULL OR retry_at < now()) ORDER BY alert_id LIMIT $1
"""

PUT_OFF = """
UPDATE alerts SET failures = failures + 1,
    retry_at = now() + make_interval(mins => least(60, (2 ^ least(failures, 6))::int))
WHERE alert_id = $1 AND fanned_out_at IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An event for those who follow its subject, as PostgreSQL has it."""

    alert_id: int
    event: AlertEvent
    created_at: datetime
    """When it was stored."""
    now: datetime
    """The database's clock at the time of the fan-out."""
    happened_at: datetime
    """The block's time, or when it was stored."""
    market: MarketFacts = NO_MARKET
    """What the event was worth."""
    facts: Facts = NO_FACTS
    """What the rules of its watches may ask for."""
    reverted: bool = False
    """Whether the event died with its fork."""
    events_this_hour: int = 0
    """Alerts of the same wallet before it in this clock hour, `MAX_BUSY_ABOVE` at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert that this transaction has locked, and how far its fan-out has come."""

    alert: Alert
    wallet_id: int
    """Whose watches get it; 0: it is for chats that stand beside it."""
    last_watch_id: int
    """The last watch that is decided; 0: none is."""
    watches_decided: int
    coalesce_until: datetime | None
    """Until when its deliveries wait for others of the wallet; None: they do not."""
    max_watches: int
    """Watches that this transaction decides at most."""

    @property
    def is_new(self) -> bool:
        """Whether no watch is decided yet."""
        return self.last_watch_id == 0

    def is_ended_by(self, watch_ids: Sequence[int]) -> bool:
        """Return whether these watches, which are decided next, are its last."""
        return len(watch_ids) < self.max_watches


async def lock_open_alerts(
    connection: Connection, *, limit: int, coalesce_seconds: float, only: int | None = None
) -> list[OpenAlert]:
    """Lock the oldest open alerts until the transaction ends, except those that others have locked.

    Args:
        connection: in a transaction.
        limit: watches of one alert at most.
        coalesce_seconds: alerts of one wallet within this time wait to go in one message; 0: none waits.
        only: the id of the one alert to be locked; None: those that are next.
    """
    before: dict[int, tuple[datetime, datetime | None]] = {}
    opened = []
    for row in await connection.fetch(LOCK, AT_ONCE, MAX_BUSY_ABOVE, only):
        wallet_id, created_at = row["wallet_id"], row["created_at"]
        if wallet_id is None:
            opened.append(_open_alert(row, None, limit))
            continue
        stored = (row["before_at"], row["before_until"]) if row["before_at"] else None
        until = row["coalesce_until"] or coalesce(created_at, before.get(wallet_id, stored), coalesce_seconds)
        before[wallet_id] = (created_at, until)
        opened.append(_open_alert(row, until, limit))
    return opened


async def advance(
    connection: Connection, steps: Sequence[tuple[OpenAlert, Sequence[int], MarketFacts]]
) -> None:
    """Store how far the fan-out has come: each alert with the watches that were decided, and its worth."""
    rows = [_advanced(*step) for step in steps]
    await connection.execute(ADVANCE, *columns(rows, 6))


async def next_open(database: Database) -> list[int]:
    """The ids of the alerts that are decided next, those that others have locked included."""
    return [row["alert_id"] for row in await database.fetch(NEXT, AT_ONCE)]


async def postpone_decision(database: Database, alert_id: int) -> None:
    """An alert cannot be decided: it is tried again later, with growing pauses, so that others continue."""
    await database.execute(PUT_OFF, alert_id)


def _advanced(
    opened: OpenAlert, watch_ids: Sequence[int], market: MarketFacts
) -> tuple[int, int, int, datetime | None, bool, str]:
    last = watch_ids[-1] if watch_ids else opened.last_watch_id
    encoded = msgspec.json.encode(market).decode()
    is_last = opened.is_ended_by(watch_ids)
    return opened.alert.alert_id, last, len(watch_ids), opened.coalesce_until, is_last, encoded


def _open_alert(row: Row, coalesce_until: datetime | None, limit: int) -> OpenAlert:
    return OpenAlert(
        alert=_alert(row),
        wallet_id=row["wallet_id"] or 0,
        last_watch_id=row["last_watch_id"],
        watches_decided=row["watches_decided"],
        coalesce_until=coalesce_until,
        max_watches=limit if row["last_watch_id"] else min(limit, MAX_FIRST),
    )


def _alert(row: Row) -> Alert:
    return Alert(
        alert_id=row["alert_id"],
        event=read_event(row["kind"], row["payload"]),
        created_at=row["created_at"],
        now=row["now"],
        happened_at=row["block_time"],
        reverted=row["reverted_at"] is not None,
        events_this_hour=row["events_this_hour"],
    )
