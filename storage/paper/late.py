"""Trades that come too late for campaigns, and those whose block died: who has gone past them reads again.

A campaign is read again from its checkpoint, which is a day old at least, or from its beginning. So it always
comes to what the stored trades come to in the order of the chain. Until that is done, it shows what it had.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.activity.activity import TRADES, Activity
from domain.alerts.kinds import read_event, rules_of
from domain.paper.progress import POINT_SECONDS
from runtime.observability.metrics import campaigns_reread
from storage.paper.clock import Snapshot
from storage.paper.moves import COLUMNS, progress_of
from storage.postgres import Connection, Row, columns

# The clock stands still while this is decided.
CLOCK = """
SELECT seen_until FROM campaign_clocks
WHERE chain = $1 AND EXISTS (SELECT FROM campaigns WHERE chain = $1 AND NOT finished) FOR SHARE
"""
LOOKED = """
SELECT snapshot.looked_at, snapshot.seen FROM unnest($2::timestamptz[]) WITH ORDINALITY AS trade (at, number)
LEFT JOIN LATERAL (
    SELECT looked_at, seen FROM campaign_looks WHERE chain = $1 AND until > trade.at
    ORDER BY until LIMIT 1) AS snapshot ON true
ORDER BY trade.number
"""

# Who was concerned by nothing for a day stood a day ago as now. Who has no checkpoint was concerned by
# nothing more than a day before its next one was made. So nothing is read that retention may have deleted.
_BASE = """
CASE WHEN cursor IS NULL AND state IS NOT NULL AND advanced_at < now() - interval '1 day'
    THEN jsonb_build_object('state', state, 'whale', whale, 'fills', fills,
        'until', floor(extract(epoch FROM now() - interval '1 day'))::bigint)
WHEN next_checkpoint_at < now() - interval '1 day' THEN next_checkpoint
ELSE coalesce(checkpoint, jsonb_build_object('fills', 0, 'until', greatest((plan->>'from')::bigint,
        floor(extract(epoch FROM coalesce(next_checkpoint_at, now()) - interval '2 days'))::bigint))) END
"""
# ruff: noqa: S608 - the parts put in are constants
CONCERNED = f"""
SELECT campaign_id, wallets, ordered, cursor, has_read AND kept_fills IS NULL AS is_live,
    reading_since, reading_seen, ({_BASE}->>'until')::bigint AS kept_until
FROM campaigns
WHERE chain = $1 AND NOT finished AND (wallets && $2::text[] OR ordered && $3::text[])
ORDER BY campaign_id FOR UPDATE
"""
REVERTED = """
SELECT kind, payload, block_time, created_at, written_by::text FROM alerts
WHERE alert_id = ANY($1::bigint[]) AND reverted_at IS NOT NULL AND sort IN ('buy', 'sell', 'swap')
"""
# One that reads again already keeps what it kept, or less.
READ_AGAIN = f"""
UPDATE campaigns SET state = base.at->'state', whale = base.at->'whale', fills = (base.at->>'fills')::int,
    checkpoint = CASE WHEN base.at ? 'state' THEN base.at END,
    next_checkpoint = NULL, next_checkpoint_at = NULL,
    kept_fills = CASE WHEN has_read THEN least(kept_fills, (base.at->>'fills')::int) END,
    kept_until = CASE WHEN has_read THEN least(kept_until, to_timestamp((base.at->>'until')::bigint)) END,
    cursor = to_timestamp((base.at->>'until')::bigint),
    reading_since = clock_timestamp(), reading_seen = pg_current_snapshot()::text, stepped_at = now()
FROM (SELECT campaign_id, {_BASE} AS at FROM campaigns WHERE campaign_id = ANY($1::bigint[])) AS base
WHERE campaigns.campaign_id = base.campaign_id RETURNING campaigns.campaign_id, {COLUMNS}
"""
DELETE_FILLS = """
DELETE FROM campaign_fills USING campaigns
WHERE campaigns.campaign_id = ANY($1::bigint[]) AND campaign_fills.campaign_id = campaigns.campaign_id
  AND (is_anew OR kept_fills IS NULL) AND number > campaigns.fills
"""
# The point in whose time it is put back is carried over, as it was then.
DELETE_POINTS = """
DELETE FROM campaign_points USING campaigns
WHERE campaigns.campaign_id = ANY($1::bigint[]) AND campaign_points.campaign_id = campaigns.campaign_id
  AND (is_anew OR kept_fills IS NULL)
  AND at > campaigns.cursor - CASE WHEN state IS NULL THEN interval '5 minutes' ELSE interval '1 second' END
"""
CARRY_POINTS = """
INSERT INTO campaign_points (campaign_id, at, own, whale, is_anew)
SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::numeric[], $4::numeric[], $5::boolean[]) AS carried
    (campaign_id, at, own, whale, is_anew)
WHERE EXISTS (SELECT FROM campaign_points AS known
    WHERE known.campaign_id = carried.campaign_id AND known.at = carried.at)
ON CONFLICT (campaign_id, at, is_anew) DO UPDATE SET own = excluded.own, whale = excluded.whale
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTrade:
    """A trade and when it was stored."""

    activity: Activity
    at: datetime
    """Block time."""
    stored_at: datetime
    written_by: int = 0
    """The transaction that stored it."""


def stored_trade(row: Row) -> StoredTrade | None:
    """Return what an alert's row reports, with its times and transaction; None: nothing that a wallet did."""
    event = read_event(row["kind"], row["payload"])
    activity = rules_of(event).activity(event)
    if activity is None:
        return None
    return StoredTrade(
        activity=activity,
        at=row["block_time"],
        stored_at=row["created_at"],
        written_by=int(row["written_by"]),
    )


async def find_late(connection: Connection, stored: Iterable[StoredTrade]) -> int:
    """Let campaigns read again that have gone past one of these trades without it; return how many these are.

    Args:
        connection: in a transaction that has locked nothing else: it waits for campaigns.
        stored: of any chains, after they were committed. One that is given twice does no harm.
    """
    return await _find_passed(connection, stored, is_gone=False)


async def forget_trades(connection: Connection, alert_ids: Sequence[int]) -> int:
    """Let campaigns read again that have seen what alerts report which were reverted; how many these are."""
    rows = await connection.fetch(REVERTED, alert_ids)
    trades = [trade for row in rows if (trade := stored_trade(row)) is not None]
    return await _find_passed(connection, trades, is_gone=True)


async def _find_passed(connection: Connection, stored: Iterable[StoredTrade], *, is_gone: bool) -> int:
    by_chain: dict[str, list[StoredTrade]] = defaultdict(list)
    for one in stored:
        if one.activity.kind in TRADES:
            by_chain[one.activity.chain].append(one)
    found = 0
    for chain, trades in sorted(by_chain.items()):
        seen_until = await connection.fetchval(CLOCK, chain)
        past = [one for one in trades if seen_until is not None and one.at < seen_until]
        if past:
            found += await _find_passed_on(connection, chain, past, is_gone=is_gone)
    return found


async def _find_passed_on(
    connection: Connection, chain: str, trades: Sequence[StoredTrade], *, is_gone: bool
) -> int:
    """Those of one chain. All campaigns are locked at once, in one order: two that do this never cross."""
    snapshots = await connection.fetch(LOOKED, chain, [one.at for one in trades])
    seen = [
        (one, None if row["seen"] is None else Snapshot(at=row["looked_at"], seen=row["seen"]))
        for one, row in zip(trades, snapshots, strict=True)
    ]
    wallets = sorted({one.activity.wallet for one in trades})
    tokens = sorted({_token(one) for one in trades} - {""})
    rows = await connection.fetch(CONCERNED, chain, wallets, tokens)
    stale = [
        row["campaign_id"]
        for row in rows
        if any(
            _concerns(row, one) and _has_passed(row, one, snapshot, is_gone=is_gone) for one, snapshot in seen
        )
    ]
    await read_again(connection, stale)
    return len(stale)


def _token(one: StoredTrade) -> str:
    return "" if one.activity.price is None else one.activity.price.token


def _concerns(row: Row, one: StoredTrade) -> bool:
    return one.activity.wallet in row["wallets"] or _token(one) in row["ordered"]


def _has_passed(row: Row, one: StoredTrade, snapshot: Snapshot | None, *, is_gone: bool) -> bool:
    """Return whether a campaign went past the trade's time without it, or with one that is gone."""
    if one.at.timestamp() < row["kept_until"]:
        return False  # more than a day late: what was kept stays
    if row["cursor"] is not None:
        if one.at >= row["cursor"]:
            return False  # it comes there yet
        if not row["is_live"]:
            snapshot = Snapshot(at=row["reading_since"], seen=row["reading_seen"])
    return is_gone or snapshot is None or one.stored_at > snapshot.at or not snapshot.sees(one.written_by)


async def read_again(connection: Connection, campaign_ids: Sequence[int]) -> None:
    """Put campaigns back to where they are sure; their rows are locked."""
    if campaign_ids:
        campaigns_reread.inc(len(campaign_ids))
        rows = await connection.fetch(READ_AGAIN, campaign_ids)
        points = [point for row in rows if (point := _last_point(row)) is not None]
        await connection.execute(DELETE_FILLS, campaign_ids)
        if points:
            await connection.execute(CARRY_POINTS, *columns(points, 5))
        await connection.execute(DELETE_POINTS, campaign_ids)


def _last_point(row: Row) -> tuple[object, ...] | None:
    """The point in whose time a campaign is put back, as it was then; None: it had seen no trade."""
    if row["state"] is None:
        return None
    try:
        figures = progress_of(row).figures
    except ValueError:
        return None  # it is broken off when it is to continue
    at = int(row["cursor"].timestamp()) - 1
    begin = datetime.fromtimestamp(at - at % POINT_SECONDS, UTC)
    return (row["campaign_id"], begin, figures.own.end, figures.whale.end, row["reads_again"])
