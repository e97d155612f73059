"""What the wallets of a chat did, the latest first: read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.activity.prices import MarketFacts, read_market
from domain.alerts.kinds import AlertEvent, read_event
from storage.postgres import Database, Row

MAX_READ = 500
"""The latest alerts of each wallet in which a token is searched, and from which pages are made."""

# The newest of each wallet are read by the index alerts_by_wallet.
LATEST = """
SELECT watches.watch_id, past.* FROM watches CROSS JOIN LATERAL (
    SELECT alert_id, kind, payload, market, block_time, reverted_at IS NOT NULL AS reverted FROM (
        SELECT * FROM alerts WHERE alerts.wallet_id = watches.wallet_id
          AND created_at > now() - make_interval(days => $6::int)
        ORDER BY alert_id DESC LIMIT $3::int
    ) AS newest
    WHERE $2::text IS NULL
       OR payload->'paid' @> jsonb_build_array(jsonb_build_object('mint', $2::text))
       OR payload->'received' @> jsonb_build_array(jsonb_build_object('mint', $2::text))
    ORDER BY alert_id DESC LIMIT $4::int + $5::int) AS past
WHERE watches.watch_id = ANY($1::bigint[]) ORDER BY past.alert_id DESC OFFSET $4::int LIMIT $5::int
"""

# Of each wallet so many alerts before `before` are read at a time. `floor`: down to it all wallets are read.
BEFORE = """
WITH read AS MATERIALIZED (
    SELECT coalesce(max(lowest.alert_id), 0) AS floor FROM watches CROSS JOIN LATERAL (
        SELECT alert_id FROM alerts WHERE alerts.wallet_id = watches.wallet_id AND alert_id < $3
        ORDER BY alert_id DESC OFFSET $4::int - 1 LIMIT 1) AS lowest
    WHERE watches.watch_id = ANY($1::bigint[])
), found AS (
    SELECT watches.watch_id, past.* FROM watches CROSS JOIN LATERAL (
        SELECT alert_id, kind, payload, market, block_time, reverted_at IS NOT NULL AS reverted FROM alerts
        WHERE alerts.wallet_id = watches.wallet_id AND alert_id < $3 AND alert_id >= (SELECT floor FROM read)
          AND (payload->'paid' @> jsonb_build_array(jsonb_build_object('mint', $2::text))
               OR payload->'received' @> jsonb_build_array(jsonb_build_object('mint', $2::text)))
        ORDER BY alert_id DESC LIMIT $5::int) AS past
    WHERE watches.watch_id = ANY($1::bigint[]) ORDER BY past.alert_id DESC LIMIT $5::int
)
SELECT floor, found.* FROM read LEFT JOIN found ON true ORDER BY alert_id DESC
"""


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
