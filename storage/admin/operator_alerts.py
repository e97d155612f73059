"""Operator alerts in PostgreSQL: shared by all bots, so that a restart repeats none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.operator_alerts import AlertLevel, OperatorAlert
from storage.postgres import Connection, Database, Row, affected, columns

_COLUMNS = "name, level, sentence, since, announced_at, acknowledged_by, silenced_until, ended_at"

# ruff: noqa: S608 - the part put in is the constant above
OPEN = f"SELECT {_COLUMNS} FROM operator_alerts WHERE ended_at IS NULL ORDER BY level DESC, since"
RECENT = f"""
SELECT {_COLUMNS} FROM operator_alerts WHERE ended_at > now() - interval '1 day' AND announced_at IS NOT NULL
ORDER BY ended_at DESC LIMIT $1
"""

# What somebody decided by a button meanwhile is kept, unless the alert got worse: then it is announced again.
SAVE = """
INSERT INTO operator_alerts (name, level, sentence, since, announced_at)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::timestamptz[], $5::timestamptz[])
ON CONFLICT (name) WHERE ended_at IS NULL DO UPDATE SET
    level = excluded.level, sentence = excluded.sentence, announced_at = excluded.announced_at,
    acknowledged_by = CASE WHEN excluded.level <= operator_alerts.level
                           THEN operator_alerts.acknowledged_by END
"""
# What a process told while PostgreSQL was unavailable. Another one may have stored the same, or told its end,
# since.
RECORD = """
INSERT INTO operator_alerts (name, level, sentence, since, announced_at, ended_at)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                     $6::timestamptz[]) AS noted (name, level, sentence, since, announced_at, ended_at)
WHERE NOT EXISTS (SELECT FROM operator_alerts AS known WHERE known.name = noted.name
                  AND (known.ended_at IS NULL OR known.ended_at > noted.since))
ON CONFLICT DO NOTHING
"""
END = """
UPDATE operator_alerts SET ended_at = now() WHERE ended_at IS NULL AND name <> ALL ($1::text[])
"""
ACKNOWLEDGE = """
UPDATE operator_alerts SET acknowledged_by = $2 WHERE ended_at IS NULL AND announced_at = $1
"""
SILENCE = """
UPDATE operator_alerts SET silenced_until = now() + make_interval(secs => $2)
WHERE ended_at IS NULL AND announced_at = $1
"""


async def open_alerts(database: Database) -> list[OperatorAlert]:
    """All that lasts, the worst first."""
    return [_alert(row) for row in await database.fetch(OPEN)]


async def ended_alerts(database: Database, limit: int) -> list[OperatorAlert]:
    """Return what operators were told of and what ended within a day, the latest first."""
    return [_alert(row) for row in await database.fetch(RECENT, limit)]


async def save_alerts(database: Database, alerts: Sequence[OperatorAlert]) -> None:
    """Let these be all that lasts; whatever else is open has ended."""
    rows = [(one.name, one.level.value, one.sentence, one.since, one.announced_at) for one in alerts]

    async def work(connection: Connection) -> None:
        await connection.execute(END, [one.name for one in alerts])
        await connection.execute(SAVE, *columns(rows, 5))

    await database.transaction(work)


async def record_alerts(database: Database, alerts: Sequence[OperatorAlert]) -> None:
    """Keep what was announced from memory, open or ended, unless somebody has kept the same."""
    rows = [
        (one.name, one.level.value, one.sentence, one.since, one.announced_at, one.ended_at) for one in alerts
    ]
    await database.execute(RECORD, *columns(rows, 6))


async def acknowledge_alerts(database: Database, *, announced_at: datetime, operator: int) -> int:
    """Somebody takes care of what was announced at that moment; return how many of it last.

    Args:
        database: one statement, committed by itself.
        announced_at: when the message with the button was sent, exactly as stored: it names what the message
            showed.
        operator: user id of who presses the button.
    """
    return affected(await database.execute(ACKNOWLEDGE, announced_at, operator))


async def silence_alerts(database: Database, *, announced_at: datetime, seconds: float) -> int:
    """Tell no more for a while of what was announced at that moment; return how many of it last.

    Args:
        database: one statement, committed by itself.
        announced_at: when the message with the button was sent, exactly as stored: it names what the message
            showed.
        seconds: from now on, on the clock of PostgreSQL.
    """
    return affected(await database.execute(SILENCE, announced_at, seconds))


def _alert(row: Row) -> OperatorAlert:
    return OperatorAlert(**{**dict(row), "level": AlertLevel(row["level"])})
