"""What operators did, and what was refused to others."""

import msgspec

from domain.audit import Act, AuditEntry, AuditOutcome
from storage.postgres import Database, Row

LATEST = """
SELECT actor_id, audit_log.chat_id, act, outcome, detail->>'about' AS about, at,
       coalesce(actors.title, '') AS actor_name
FROM audit_log LEFT JOIN chats AS actors ON actors.chat_id = actor_id
WHERE $1::bigint IS NULL OR actor_id = $1
ORDER BY audit_id DESC LIMIT $2
"""


# What a handler knows of an act takes the place of what was noted when it was allowed.
NOTE = """
INSERT INTO audit_log (update_id, actor_id, chat_id, act, outcome, detail) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (update_id) DO UPDATE SET act = excluded.act, detail = excluded.detail
WHERE excluded.detail <> '{}'
"""


async def note_act(database: Database, act: Act) -> None:
    """Keep one act; an update is one, however often it is noted."""
    detail = msgspec.json.encode({"about": act.about} if act.about else {}).decode()
    row = (act.update_id, act.actor_id, act.chat_id, act.act, act.outcome.value, detail)
    await database.execute(NOTE, *row)


async def latest_acts(database: Database, *, actor_id: int | None, limit: int) -> list[AuditEntry]:
    """The latest acts, of one person or of all."""
    return [_entry(row) for row in await database.fetch(LATEST, actor_id, limit)]


def _entry(row: Row) -> AuditEntry:
    return AuditEntry(**{**dict(row), "outcome": AuditOutcome(row["outcome"]), "about": row["about"] or ""})
