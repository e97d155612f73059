"""What the wallets of a chat did, the latest first, for /history: read only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.activity.prices import MarketFacts, read_market
from domain.alerts.kinds import AlertEvent, read_event
from storage.postgres import Database

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAlert:
    """Something that a followed wallet did."""

    watch_id: int
    event: AlertEvent
    market: MarketFacts
    happened_at: datetime
    reverted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAsked:
    """Which past alerts somebody wants."""

    watch_ids: Sequence[int]
    mint: str | None = None
    """Only what moved this token; None: all."""
    after: int = 0
    """How many of the latest are left out."""
    limit: int
    days: int = 36_500
    """How far back."""


async def past_alerts(database: Database, asked: PastAsked) -> list[PastAlert]:
    """What these watches' wallets did, the latest first."""
    args = (list(asked.watch_ids), asked.mint, MAX_READ, asked.after, asked.limit, asked.days)
    rows = await database.fetch(LATEST, *args)
    return [
        PastAlert(
            watch_id=row["watch_id"],
            event=read_event(row["kind"], row["payload"]),
            market=read_market(row["market"]),
            happened_at=row["block_time"],
            reverted=row["reverted"],
        )
        for row in rows
    ]
