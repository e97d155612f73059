"""What operators read: counts and ages, what they should know, and the log of their acts."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.canary import CANARY_CHAT, CANARY_WALLET
from domain.people import Act, AuditEntry, AuditOutcome
from domain.snapshot import Snapshot
from storage.delivery.deliveries import DUE
from storage.postgres import Database, Row

# One statement sees one moment, so that the numbers fit each other.
SNAPSHOT = f"""
SELECT
    (SELECT count(*) FROM chats WHERE closed_at IS NULL AND chat_id <> {CANARY_CHAT}) AS chats,
    (SELECT count(DISTINCT wallet_id) FROM watches WHERE chat_id <> {CANARY_CHAT}) AS wallets,
    (SELECT count(*) FROM watches WHERE chat_id <> {CANARY_CHAT}) AS watches,
    (SELECT count(*) FROM alerts WHERE created_at > now() - interval '1 day' AND subject <> '{CANARY_WALLET}')
        AS alerts_of_day,
    undecided.alerts_open, undecided.oldest_open_seconds, sending.sending, sending.oldest_sending_seconds,
    waiting.deliveries_due, waiting.oldest_due_seconds,
    finished.sent_of_day, finished.dead_of_day, finished.ambiguous,
    (SELECT count(*) FROM updates WHERE state IN ('new', 'working')) AS updates_open,
    (SELECT count(*) FROM updates WHERE state = 'failed' AND finished_at > now() - interval '1 day')
        AS updates_given_up,
    (SELECT count(*) FROM quarantine WHERE decoded_at IS NULL) AS quarantined,
    (SELECT slot FROM cursors WHERE chain = $1 AND feed = 'blocks') AS slot,
    (SELECT greatest(0, heads.slot - cursors.slot) FROM heads JOIN cursors USING (chain)
        WHERE chain = $1 AND feed = 'blocks') AS slots_behind,
    (SELECT extract(epoch FROM now() - updated_at) FROM cursors
        WHERE chain = $1 AND feed = 'blocks')::float8 AS feed_age_seconds,
    latency.p50, latency.p95
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
    FROM deliveries WHERE state = 'sending' AND broadcast_id IS NULL
) AS sending, (
    SELECT count(*) FILTER (WHERE state = 'sent') AS sent_of_day,
           count(*) FILTER (WHERE state = 'dead') AS dead_of_day,
           count(*) FILTER (WHERE ambiguous_sends > 0) AS ambiguous
    FROM deliveries WHERE finished_at > now() - interval '1 day' AND chat_id <> {CANARY_CHAT}
) AS finished, (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS p50,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS p95
    FROM (
        SELECT greatest(0, extract(epoch FROM deliveries.finished_at - alerts.block_time))::float8 AS seconds
        FROM deliveries JOIN alerts USING (alert_id)
        WHERE state = 'sent' AND finished_at > now() - interval '1 hour' AND digest_id IS NULL
        ORDER BY delivery_id DESC LIMIT 1000
    ) AS recent
) AS latency
"""  # noqa: S608 - constants only

# Of the updates and questions of people and of transactions: what was put out of the way of others.
SET_ASIDE = """
SELECT 'requests' AS what, count(*) AS number FROM updates WHERE state = 'failed'
UNION ALL SELECT 'questions', count(*) FROM questions WHERE state = 'failed'
UNION ALL SELECT 'alerts that cannot be decided', count(*) FROM alerts
    WHERE fanned_out_at IS NULL AND failures > 0
UNION ALL SELECT 'transactions in quarantine', count(*) FROM quarantine WHERE decoded_at IS NULL
"""

LATEST = """
SELECT actor_id, audit_log.chat_id, act, outcome, detail->>'about' AS about, at,
       coalesce(actors.title, '') AS actor_name
FROM audit_log LEFT JOIN chats AS actors ON actors.chat_id = actor_id
WHERE $1::bigint IS NULL OR actor_id = $1
ORDER BY audit_id DESC LIMIT $2
"""

# What a handler knows of an act takes the place of what was noted when it was allowed.
NOTE_ACT = """
INSERT INTO audit_log (update_id, actor_id, chat_id, act, outcome, detail) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (update_id) DO UPDATE SET act = excluded.act, detail = excluded.detail
WHERE excluded.detail <> '{}'
"""

NOTE_DISCOVERY = """
INSERT INTO discoveries (chain, about, sentence) VALUES ($1, $2, $3)
ON CONFLICT (chain, about) DO UPDATE SET seen_at = now(), times = discoveries.times + 1
RETURNING times = 1
"""

RECENT = """
SELECT about, sentence, first_at, seen_at, times FROM discoveries
WHERE chain = $1 AND first_at > now() - make_interval(days => $2)
ORDER BY first_at DESC LIMIT $3
"""


async def set_aside(database: Database) -> dict[str, int]:
    """How much was given up so that others go on, by what it was; retention takes old rows away."""
    return {row["what"]: row["number"] for row in await database.fetch(SET_ASIDE)}


async def snapshot(database: Database, *, chain: str) -> Snapshot:
    """Count everything at one moment."""
    row = await database.fetchrow(SNAPSHOT, chain)
    assert row is not None  # noqa: S101 - a SELECT without FROM a table always has a row
    return Snapshot(**dict(row))


async def note_act(database: Database, act: Act) -> None:
    """Keep one act; an update is one, however often it is noted."""
    detail = msgspec.json.encode({"about": act.about} if act.about else {}).decode()
    row = (act.update_id, act.actor_id, act.chat_id, act.act, act.outcome.value, detail)
    await database.execute(NOTE_ACT, *row)


async def latest_acts(database: Database, *, actor_id: int | None, limit: int) -> list[AuditEntry]:
    """The latest acts, of one person or of all."""
    return [_entry(row) for row in await database.fetch(LATEST, actor_id, limit)]


def _entry(row: Row) -> AuditEntry:
    return AuditEntry(**{**dict(row), "outcome": AuditOutcome(row["outcome"]), "about": row["about"] or ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """One thing that operators should know."""

    about: str
    """What it is, as in `transaction version 2`."""
    sentence: str
    first_at: datetime
    seen_at: datetime
    times: int
    """How often a process has seen it."""


async def discover(database: Database, *, chain: str, about: str, sentence: str) -> bool:
    """Store a discovery; whether it is new."""
    return bool(await database.fetchval(NOTE_DISCOVERY, chain, about, sentence))


async def recent_discoveries(database: Database, *, chain: str, days: int, limit: int = 5) -> list[Discovery]:
    """Discoveries that were first seen within so many days, the newest first."""
    return [Discovery(**dict(row)) for row in await database.fetch(RECENT, chain, days, limit)]
