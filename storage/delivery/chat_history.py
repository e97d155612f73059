"""What the wallets of a chat did, the latest first: read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.activity.prices import MarketFacts, read_market
from domain.alerts.kinds import AlertEvent, read_event
from storage.postgres import Database, Row
from storage.sql_files import read_statement

MAX_READ = 500
"""The latest alerts of each wallet in which a token is searched, and from which pages are made."""

LATEST = read_statement(__name__, "LATEST")
BEFORE = read_statement(__name__, "BEFORE")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAlert:
    """Something that a followed wallet did."""

    alert_id: int
    watch_id: int
    event: AlertEvent
    market: MarketFacts
    happened_at: datetime
    reverted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAlertQuery:
    """A query of past alerts."""

    watch_ids: Sequence[int]
    mint: str | None = None
    """Only what moved this token; None: all."""
    after: int = 0
    """How many of the latest are left out."""
    limit: int
    days: int = 36_500
    """How far back."""


async def past_alerts(database: Database, asked: PastAlertQuery) -> list[PastAlert]:
    """What these watches' wallets did, the latest first."""
    args = (list(asked.watch_ids), asked.mint, MAX_READ, asked.after, asked.limit, asked.days)
    return [_past(row) for row in await database.fetch(LATEST, *args)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPage:
    """What wallets did with a token, the latest first."""

    alerts: Sequence[PastAlert]
    next_before: int | None
    """Before which alert the next page continues; None: there is no more."""


async def page_before(
    database: Database, watch_ids: Sequence[int], *, mint: str, before: int, limit: int
) -> PastPage:
    """The latest `limit` before an alert at most, and fewer where much else has to be read for them.

    Args:
        database: where they are stored.
        watch_ids: whose wallets.
        mint: what they moved.
        before: the number of the alert.
        limit: how many at most.
    """
    rows = await database.fetch(BEFORE, list(watch_ids), mint, before, MAX_READ, limit)
    floor = rows[0]["floor"] if rows else 0
    found = [_past(row) for row in rows if row["alert_id"] is not None]
    if len(found) == limit:
        return PastPage(alerts=found, next_before=found[-1].alert_id)
    return PastPage(alerts=found, next_before=floor or None)


def _past(row: Row) -> PastAlert:
    return PastAlert(
        alert_id=row["alert_id"],
        watch_id=row["watch_id"],
        event=read_event(row["kind"], row["payload"]),
        market=read_market(row["market"]),
        happened_at=row["block_time"],
        reverted=row["reverted"],
    )
