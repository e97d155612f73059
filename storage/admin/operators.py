"""Data for operators: what was given up so that others continue, discoveries, and the audit log."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.people import Act, AuditEntry, AuditOutcome
from storage.postgres import Database, Row

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
    """Return how much was given up so that others continue, by what it was; retention takes old rows away."""
    return {row["what"]: row["number"] for row in await database.fetch(SET_ASIDE)}


async def note_act(database: Database, act: Act) -> None:
    """Keep one act; an update is one, however often it is noted."""
    detail = msgspec.json.encode({"about": act.about} if act.about else {}).decode()
    row = (act.update_id, act.actor_id, act.chat_id, act.act, act.outcome.value, detail)
    await database.execute(NOTE_ACT, *row)


async def latest_acts(database: Database, *, actor_id: int | None, limit: int) -> list[AuditEntry]:
    """The latest acts, of one person or of all.

    Args:
        database: it is only read.
        actor_id: a person's user id; None: all people.
        limit: how many entries at most, the latest first.
    """
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
    """Store a discovery; return whether it is new.

    Args:
        database: one statement, committed by itself.
        chain: where it was seen, such as `solana`.
        about: what makes it the same discovery again; a repeated one counts and keeps its first sentence.
        sentence: for operators, in English, without secrets.
    """
    return bool(await database.fetchval(NOTE_DISCOVERY, chain, about, sentence))


async def recent_discoveries(database: Database, *, chain: str, days: int, limit: int = 5) -> list[Discovery]:
    """Discoveries that were first seen within so many days, the newest first.

    Args:
        database: it is only read.
        chain: whose discoveries.
        days: since the first sighting; one that is only seen again is not new.
        limit: how many at most.
    """
    return [Discovery(**dict(row)) for row in await database.fetch(RECENT, chain, days, limit)]
