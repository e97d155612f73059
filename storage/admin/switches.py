"""Commands that operators have switched off for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from storage.postgres import Database, affected

OFF = "SELECT command, off_until FROM command_switches WHERE off_until > now() ORDER BY command"
SWITCH_OFF = """
INSERT INTO command_switches (command, off_until, set_by) VALUES ($1, now() + make_interval(secs => $2), $3)
ON CONFLICT (command) DO UPDATE SET off_until = excluded.off_until, set_by = excluded.set_by, set_at = now()
RETURNING off_until
"""
SWITCH_ON = "DELETE FROM command_switches WHERE command = $1 AND off_until > now()"


async def commands_off(database: Database) -> Mapping[str, datetime]:
    """Each command that is off now, and until when."""
    return {row["command"]: row["off_until"] for row in await database.fetch(OFF)}


async def switch_off(database: Database, command: str, *, seconds: float, operator: int) -> datetime:
    """Switch a command off for a while; until when.

    Args:
        database: one statement, committed by itself.
        command: without the slash, as routes name it; one that is off already gets the new end.
        seconds: from now on, on the clock of PostgreSQL.
        operator: user id of who does it.
    """
    until: datetime = await database.fetchval(SWITCH_OFF, command, seconds, operator)
    return until


async def switch_on(database: Database, command: str) -> bool:
    """Switch a command on again; return whether it was off."""
    return affected(await database.execute(SWITCH_ON, command)) > 0
