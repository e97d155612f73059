"""What operators did, and what was refused to those who are none."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from storage.postgres import Database

LATEST = """
SELECT actor_id, chat_id, act, outcome, detail->>'about' AS about, at FROM audit_log
WHERE $1::bigint IS NULL OR actor_id = $1
ORDER BY audit_id DESC LIMIT $2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act."""

    actor_id: int
    chat_id: int
    act: str
    outcome: str
    """done or refused."""
    about: str | None
    """Whom or what it concerned."""
    at: datetime


async def note_act(
    database: Database, *, actor_id: int, chat_id: int, act: str, outcome: str, about: str = ""
) -> None:
    """Keep one act: `outcome` is done or refused, `about` says whom or what it concerned."""
    await database.execute(
        "INSERT INTO audit_log (actor_id, chat_id, act, outcome, detail) VALUES ($1, $2, $3, $4, $5)",
        actor_id,
        chat_id,
        act,
        outcome,
        msgspec.json.encode({"about": about} if about else {}).decode(),
    )


async def latest_acts(database: Database, *, actor_id: int | None, limit: int) -> list[Act]:
    """The latest acts, of one person or of all."""
    return [Act(**dict(row)) for row in await database.fetch(LATEST, actor_id, limit)]
