"""What operators did, and what was refused to others."""

import msgspec

from domain.audit import AuditEntry, AuditOutcome
from storage.postgres import Database, Row

LATEST = """
SELECT actor_id, chat_id, act, outcome, detail->>'about' AS about, at FROM audit_log
WHERE $1::bigint IS NULL OR actor_id = $1
ORDER BY audit_id DESC LIMIT $2
"""


async def note_act(
    database: Database, *, actor_id: int, chat_id: int, act: str, outcome: AuditOutcome, about: str = ""
) -> None:
    """Keep one act; `about` says whom or what it concerned."""
    await database.execute(
        "INSERT INTO audit_log (actor_id, chat_id, act, outcome, detail) VALUES ($1, $2, $3, $4, $5)",
        actor_id,
        chat_id,
        act,
        outcome.value,
        msgspec.json.encode({"about": about} if about else {}).decode(),
    )


async def latest_acts(database: Database, *, actor_id: int | None, limit: int) -> list[AuditEntry]:
    """The latest acts, of one person or of all."""
    return [_entry(row) for row in await database.fetch(LATEST, actor_id, limit)]


def _entry(row: Row) -> AuditEntry:
    return AuditEntry(**{**dict(row), "outcome": AuditOutcome(row["outcome"]), "about": row["about"] or ""})
