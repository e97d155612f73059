"""What operators should know although nothing is broken: one row for each thing, however often it is seen."""

from dataclasses import dataclass
from datetime import datetime

from storage.postgres import Database

NOTE = """
INSERT INTO discoveries (chain, about, sentence) VALUES ($1, $2, $3)
ON CONFLICT (chain, about) DO UPDATE SET seen_at = now(), times = discoveries.times + 1
RETURNING times = 1
"""

RECENT = """
SELECT about, sentence, first_at, seen_at, times FROM discoveries
WHERE chain = $1 AND first_at > now() - make_interval(days => $2)
ORDER BY first_at DESC LIMIT $3
"""


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
    return bool(await database.fetchval(NOTE, chain, about, sentence))


async def recent_discoveries(database: Database, *, chain: str, days: int, limit: int = 5) -> list[Discovery]:
    """Discoveries that were first seen within so many days, the newest first."""
    return [Discovery(**dict(row)) for row in await database.fetch(RECENT, chain, days, limit)]
