"""Trades that come too late for campaigns, and those whose block died: who has gone past them reads again.

A campaign is read again from its checkpoint, which is a day old at least, or from its beginning. So it always
comes to what the stored trades come to in the order of the chain.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.activity.activity import TRADES, Activity
from domain.alerts.kinds import read_event, rules_of
from runtime.observability.metrics import campaigns_reread
from storage.postgres import Connection, Row

VISIBLE = timedelta(seconds=10)
"""After it began, a transaction that stores activities has ended, and everybody sees them."""

# The clock stands still while this is decided.
CLOCK = """
SELECT seen_until FROM campaign_clocks
WHERE chain = $1 AND EXISTS (SELECT FROM campaigns WHERE chain = $1 AND NOT finished) FOR SHARE
"""
LOOKED_AT = """
SELECT min(looked_at) FROM campaign_looks WHERE chain = $1 AND until > $2
"""
CONCERNED = """
SELECT campaign_id, cursor, reading_since, checkpoint->>'until' AS kept_until FROM campaigns
WHERE chain = $1 AND NOT finished AND (wallets && $2::text[] OR ordered && $3::text[])
ORDER BY campaign_id FOR UPDATE
"""
REVERTED = """
SELECT kind, payload, block_time, created_at FROM alerts
WHERE alert_id = ANY($1::bigint[]) AND reverted_at IS NOT NULL AND sort IN ('buy', 'sell', 'swap')
"""
READ_AGAIN = """
UPDATE campaigns SET state = checkpoint->'state', whale = checkpoint->'whale',
    fills = coalesce((checkpoint->>'fills')::int, 0), next_checkpoint = NULL, next_checkpoint_at = NULL,
    cursor = to_timestamp(coalesce((checkpoint->>'until')::bigint, (plan->>'from')::bigint)),
    reading_since = now(), stepped_at = now()
WHERE campaign_id = ANY($1::bigint[])
"""
DELETE_FILLS = """
DELETE FROM campaign_fills USING campaigns
WHERE campaigns.campaign_id = ANY($1::bigint[]) AND campaign_fills.campaign_id = campaigns.campaign_id
  AND number > campaigns.fills
"""
DELETE_POINTS = """
DELETE FROM campaign_points USING campaigns
WHERE campaigns.campaign_id = ANY($1::bigint[]) AND campaign_points.campaign_id = campaigns.campaign_id
  AND at > campaigns.cursor - interval '5 minutes'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTrade:
    """A trade and when it was stored."""

    activity: Activity
    at: datetime
    """Block time."""
    stored_at: datetime


def stored_trade(row: Row) -> StoredTrade | None:
    """What an alert's row reports, with its kind, payload and times; None: nothing that a wallet did."""
    event = read_event(row["kind"], row["payload"])
    activity = rules_of(event).activity(event)
    if activity is None:
        return None
    return StoredTrade(activity=activity, at=row["block_time"], stored_at=row["created_at"])


async def find_late(connection: Connection, stored: Iterable[StoredTrade]) -> int:
    """Let campaigns read again that have gone past one of these trades without it; how many these are.

    Args:
        connection: in a transaction; each trade is given once, after it was committed.
        stored: of any chains.
    """
    by_chain: dict[str, list[StoredTrade]] = defaultdict(list)
    for one in stored:
        if one.activity.kind in TRADES:
            by_chain[one.activity.chain].append(one)
    found = 0
    for chain, trades in sorted(by_chain.items()):
        seen_until = await connection.fetchval(CLOCK, chain)
        past = [one for one in trades if seen_until is not None and one.at < seen_until]
        for one in past:
            looked_at = await connection.fetchval(LOOKED_AT, chain, one.at)
            found += await _read_again(connection, one, looked_at)
    return found


async def forget_trades(connection: Connection, alert_ids: Sequence[int]) -> int:
    """Let campaigns read again that have seen what alerts report which were reverted; how many these are."""
    found = 0
    rows = await connection.fetch(REVERTED, alert_ids)
    for one in (trade for row in rows if (trade := stored_trade(row)) is not None):
        seen_until = await connection.fetchval(CLOCK, one.activity.chain)
        if seen_until is not None and one.at < seen_until and one.activity.kind in TRADES:
            found += await _read_again(connection, one, None, is_gone=True)
    return found


async def _read_again(
    connection: Connection, one: StoredTrade, looked_at: datetime | None, *, is_gone: bool = False
) -> int:
    activity = one.activity
    tokens = [] if activity.price is None else [activity.price.token]
    rows = await connection.fetch(CONCERNED, activity.chain, [activity.wallet], tokens)
    stale = [row["campaign_id"] for row in rows if _has_passed(row, one, looked_at, is_gone=is_gone)]
    await read_again(connection, stale)
    return len(stale)


def _has_passed(row: Row, one: StoredTrade, looked_at: datetime | None, *, is_gone: bool) -> bool:
    """Whether a campaign went past the trade's time without it, or with one that is gone."""
    if row["kept_until"] is not None and one.at.timestamp() < int(row["kept_until"]):
        return False  # more than a day late: what was kept stays
    passed_at = looked_at
    if row["cursor"] is not None:
        if one.at >= row["cursor"]:
            return False  # it comes there yet
        passed_at = row["reading_since"]
    return is_gone or passed_at is None or one.stored_at + VISIBLE > passed_at


async def read_again(connection: Connection, campaign_ids: Sequence[int]) -> None:
    """Put campaigns back to where they are sure; their rows are locked."""
    if campaign_ids:
        campaigns_reread.inc(len(campaign_ids))
        await connection.execute(READ_AGAIN, campaign_ids)
        await connection.execute(DELETE_FILLS, campaign_ids)
        await connection.execute(DELETE_POINTS, campaign_ids)
