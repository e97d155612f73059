"""The figures of the whole system, from counts of each minute that a dispatcher rolls up repeatedly.

Whole minutes come from the roll-up, what is younger is counted where it stands; so the figures are those of
this moment, and reading them takes as long with ten million deliveries as with none. `read_statistics` reads
one row, as it was some seconds ago.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import msgspec

from domain.canary import CANARY_CHAT, CANARY_WALLET
from domain.latency import BOUNDS, BUCKETS, added, percentile
from domain.snapshot import Snapshot, Statistics
from storage.delivery.deliveries import DUE
from storage.postgres import Database, Row

MINUTES_AGAIN = 2
"""So many minutes before the newest one are rolled up again: what was committed late is in them."""
RATE_MINUTES = 5
"""Rates are means of so many whole minutes."""

# ruff: noqa: S608 - the parts put in are constants
_BOUNDS = f"ARRAY{list(BOUNDS)}::float8[]"

# What has ended since $1. A digest says nothing of how long an alert takes.
_ENDED = f"""
SELECT deliveries.finished_at, deliveries.state, ambiguous_sends,
       CASE WHEN deliveries.state = 'sent' AND digest_id IS NULL AND alerts.block_time IS NOT NULL THEN
           width_bucket(extract(epoch FROM deliveries.finished_at - alerts.block_time)::float8, {_BOUNDS})
       END AS bucket
FROM deliveries LEFT JOIN alerts USING (alert_id)
WHERE deliveries.finished_at >= $1 AND deliveries.chat_id <> {CANARY_CHAT} AND deliveries.channel = 'telegram'
"""
_COUNTS = """
count(*) FILTER (WHERE state = 'sent') AS sent, count(*) FILTER (WHERE state = 'dead') AS dead,
count(*) FILTER (WHERE ambiguous_sends > 0) AS ambiguous
"""


def _histogram(also: str = "") -> str:
    """A column for the counts of all buckets."""
    counts = (f"count(*) FILTER (WHERE bucket = {number}{also})" for number in range(BUCKETS))
    return f"ARRAY[{', '.join(counts)}]"


NEWEST = "SELECT coalesce(max(minute), now() - interval '1 day') FROM minute_counts"
SINCE = f"""
SELECT date_trunc('minute', greatest(coalesce(max(minute), '-infinity') - interval '{MINUTES_AGAIN} minutes',
                                     now() - interval '1 day'))
FROM minute_counts
"""

# A minute is counted again as a whole, so repeating this changes nothing.
ROLL_UP = f"""
INSERT INTO minute_counts (minute, alerts, sent, dead, ambiguous, latencies)
SELECT minute, coalesce(made.alerts, 0), coalesce(ended.sent, 0), coalesce(ended.dead, 0),
       coalesce(ended.ambiguous, 0), coalesce(ended.latencies, array_fill(0::bigint, ARRAY[{BUCKETS}]))
FROM (
    SELECT date_trunc('minute', finished_at) AS minute, {_COUNTS}, {_histogram()} AS latencies
    FROM ({_ENDED}) AS deliveries GROUP BY 1
) AS ended FULL JOIN (
    SELECT date_trunc('minute', created_at) AS minute, count(*) AS alerts
    FROM alerts WHERE created_at >= $1 AND subject <> '{CANARY_WALLET}' GROUP BY 1
) AS made USING (minute)
ON CONFLICT (minute) DO UPDATE SET
    alerts = excluded.alerts, sent = excluded.sent, dead = excluded.dead,
    ambiguous = excluded.ambiguous, latencies = excluded.latencies
"""

# One statement sees one moment, so that the numbers fit each other. $1: the newest minute; it and what is
# younger are counted where they stand; $2: the chain; $3: whether to count people and wallets again, too.
SNAPSHOT = f"""
WITH known AS (
    SELECT figures->'snapshot' AS of FROM statistics
    WHERE chain = $2 AND refreshed_at > now() - interval '1 minute' AND NOT $3
)
SELECT
    coalesce((SELECT (of->>'chats')::bigint FROM known),
             (SELECT count(*) FROM chats WHERE closed_at IS NULL AND chat_id <> {CANARY_CHAT})) AS chats,
    coalesce((SELECT (of->>'wallets')::bigint FROM known),
             (SELECT count(*) FROM (SELECT DISTINCT wallet_id FROM watches WHERE chat_id <> {CANARY_CHAT})
              AS followed)) AS wallets,
    coalesce((SELECT (of->>'watches')::bigint FROM known),
             (SELECT count(*) FROM watches WHERE chat_id <> {CANARY_CHAT})) AS watches,
    day.alerts + (SELECT count(*) FROM alerts WHERE created_at >= $1 AND subject <> '{CANARY_WALLET}')
        AS alerts_of_day,
    undecided.alerts_open, undecided.oldest_open_seconds, sending.sending, sending.oldest_sending_seconds,
    waiting.deliveries_due, waiting.oldest_due_seconds,
    day.sent + latest.sent AS sent_of_day, day.dead + latest.dead AS dead_of_day,
    day.ambiguous + latest.ambiguous AS ambiguous,
    latest.latencies AS latest_latencies, coalesce(hour.latencies, '{{}}') AS latencies,
    (SELECT count(*) FROM updates WHERE state IN ('new', 'working')) AS updates_open,
    (SELECT count(*) FROM updates WHERE state = 'failed' AND finished_at > now() - interval '1 day')
        AS updates_given_up,
    (SELECT count(*) FROM quarantine WHERE decoded_at IS NULL) AS quarantined,
    (SELECT slot FROM cursors WHERE chain = $2 AND feed = 'blocks') AS slot,
    (SELECT greatest(0, heads.slot - cursors.slot) FROM heads JOIN cursors USING (chain)
        WHERE chain = $2 AND feed = 'blocks') AS slots_behind,
    (SELECT extract(epoch FROM now() - updated_at) FROM cursors
        WHERE chain = $2 AND feed = 'blocks')::float8 AS feed_age_seconds
FROM (
    SELECT count(*) AS deliveries_due,
           coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS oldest_due_seconds
    {DUE}
) AS waiting, (
    SELECT count(*) AS alerts_open,
           coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest_open_seconds
    FROM alerts WHERE fanned_out_at IS NULL
) AS undecided, (
    SELECT count(*) AS sending,
           coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 AS oldest_sending_seconds
    FROM deliveries WHERE state = 'sending' AND broadcast_id IS NULL AND channel = 'telegram'
) AS sending, (
    SELECT coalesce(sum(alerts), 0)::bigint AS alerts, coalesce(sum(sent), 0)::bigint AS sent,
           coalesce(sum(dead), 0)::bigint AS dead, coalesce(sum(ambiguous), 0)::bigint AS ambiguous
    FROM minute_counts WHERE minute > now() - interval '1 day' AND minute < $1
) AS day, (
    SELECT {_COUNTS}, {_histogram(" AND finished_at > now() - interval '1 hour'")} AS latencies
    FROM ({_ENDED}) AS deliveries
) AS latest, (
    SELECT array_agg(total ORDER BY number) AS latencies FROM (
        SELECT number, sum(one)::bigint AS total
        FROM minute_counts, unnest(latencies) WITH ORDINALITY AS bucket (one, number)
        WHERE minute > now() - interval '1 hour' AND minute < $1 GROUP BY number
    ) AS buckets
) AS hour
"""

RATES = f"""
SELECT coalesce(sum(alerts), 0)::float8 / {RATE_MINUTES} AS alerts_per_minute,
       coalesce(sum(sent), 0)::float8 / {RATE_MINUTES} AS sent_per_minute
FROM minute_counts WHERE minute >= date_trunc('minute', now()) - interval '{RATE_MINUTES} minutes'
               AND minute < date_trunc('minute', now())
"""
PROGRAMS = """
SELECT program, health <> 'unhealthy' AS is_alive, coalesce(detail->'caches', '{}') AS caches
FROM instance_health WHERE heartbeat_at > now() - interval '1 day' ORDER BY program
"""
RECENT = """
SELECT coalesce(sum(alerts) FILTER (WHERE minute > now() - make_interval(mins => $1)), 0)::bigint AS recent,
       coalesce(sum(alerts) FILTER (WHERE minute <= now() - make_interval(mins => $1)), 0)::bigint AS before
FROM minute_counts WHERE minute > now() - make_interval(mins => $1) - interval '1 day'
"""
WRITE = """
INSERT INTO statistics (chain, figures) VALUES ($1, $2)
ON CONFLICT (chain) DO UPDATE SET figures = excluded.figures, refreshed_at = now()
"""
READ = """
SELECT figures, extract(epoch FROM now() - refreshed_at)::float8 AS age_seconds
FROM statistics WHERE chain = $1
"""


async def snapshot(database: Database, *, chain: str, recount: bool = False) -> Snapshot:
    """Count everything at one moment.

    Args:
        database: where it is stored.
        chain: whose feed is meant.
        recount: whether people and wallets are counted, too; else their number may be a minute old.
    """
    newest = await database.fetchval(NEWEST)
    row = await database.fetchrow(SNAPSHOT, newest, chain, recount)
    assert row is not None  # noqa: S101 - a SELECT without FROM a table always has a row
    return _snapshot(row)


async def refresh_statistics(database: Database, *, chain: str) -> None:
    """Roll up the latest minutes, and write down how everything stands."""
    since: datetime = await database.fetchval(SINCE)
    await database.execute(ROLL_UP, since)
    rates = await database.fetchrow(RATES)
    assert rates is not None  # noqa: S101 - a sum always has a row
    programs = await database.fetch(PROGRAMS)
    found = Statistics(
        snapshot=await snapshot(database, chain=chain, recount=True),
        programs=_alive_and_silent(programs),
        hit_rates=_hit_rates(msgspec.json.decode(row["caches"]) for row in programs),
        **dict(rates),
    )
    await database.execute(WRITE, chain, msgspec.json.encode(found).decode())


async def read_statistics(database: Database, *, chain: str) -> Statistics | None:
    """Return how everything stood when it was last written down; None: it never was, or in another way."""
    row = await database.fetchrow(READ, chain)
    if row is None:
        return None
    try:
        found = msgspec.json.decode(row["figures"], type=Statistics)
    except msgspec.ValidationError:
        return None
    return replace(found, age_seconds=row["age_seconds"])


async def recent_alert_counts(database: Database, *, minutes: int) -> tuple[int, int]:
    """Alerts that were made within so many minutes, and within the day before these."""
    row = await database.fetchrow(RECENT, minutes)
    assert row is not None  # noqa: S101 - a sum always has a row
    return row["recent"], row["before"]


def _snapshot(row: Row) -> Snapshot:
    figures = dict(row)
    latencies = added(figures.pop("latencies"), figures.pop("latest_latencies"))
    return Snapshot(**figures, p50=percentile(latencies, 0.5), p95=percentile(latencies, 0.95))


def _alive_and_silent(rows: Iterable[Row]) -> dict[str, tuple[int, int]]:
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        alive, silent = counts.get(row["program"], (0, 0))
        counts[row["program"]] = (alive + row["is_alive"], silent + (not row["is_alive"]))
    return counts


def _hit_rates(said: Iterable[Mapping[str, tuple[int, int]]]) -> dict[str, float]:
    """The share that was found of what all processes asked of each cache; none of one that nobody asked."""
    found: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for caches in said:
        for name, (hits, requests) in caches.items():
            found[name] += hits
            asked[name] += requests
    return {name: found[name] / number for name, number in sorted(asked.items()) if number}
