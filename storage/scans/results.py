"""Results of security scans and of balance readings, with their time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.postgres import Database

# A scan that found something else stays in the history when the next one takes its place.
SAVE_SCAN = """
WITH replaced AS (
    INSERT INTO security_scan_history (chain, subject, scanned_at, result)
    SELECT chain, subject, scanned_at, result FROM security_scans
    WHERE chain = $1 AND subject = $2 AND result -> 'figures' IS DISTINCT FROM $3::jsonb -> 'figures'
    ON CONFLICT DO NOTHING)
INSERT INTO security_scans (chain, subject, result, expires_at, earlier)
VALUES ($1, $2, $3, now() + make_interval(secs => $4), $5)
ON CONFLICT (chain, subject) DO UPDATE
SET result = excluded.result, scanned_at = now(), expires_at = excluded.expires_at,
    earlier = excluded.earlier
RETURNING scanned_at
"""

SAVE_BALANCE = """
INSERT INTO balances (chain, address, result) VALUES ($1, $2, $3)
ON CONFLICT (chain, address) DO UPDATE SET result = excluded.result, read_at = now()
RETURNING read_at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredScan:
    """The last scan of a subject; results are JSON."""

    result: str
    scanned_at: datetime
    is_fresh: bool
    """It has not expired."""
    earlier: str | None
    """What is remembered of all scans before."""


async def save_scan(
    database: Database, *, chain: str, subject: str, result: str, seconds: float, earlier: str | None = None
) -> datetime:
    """Store the JSON of a scan for `seconds`, and what later scans compare with; the time of the scan."""
    when: datetime = await database.fetchval(SAVE_SCAN, chain, subject, result, seconds, earlier)
    return when


async def last_scan(database: Database, *, chain: str, subject: str) -> StoredScan | None:
    """The last scan of a subject, however old."""
    row = await database.fetchrow(
        "SELECT result, scanned_at, expires_at > now() AS is_fresh, earlier FROM security_scans"
        " WHERE chain = $1 AND subject = $2",
        chain,
        subject,
    )
    return None if row is None else StoredScan(**dict(row))


async def scan_before(
    database: Database, *, chain: str, subject: str, hours: float
) -> tuple[str, datetime] | None:
    """The newest scan that found something else and is older than so many hours, with its time."""
    row = await database.fetchrow(
        "SELECT result, scanned_at FROM security_scan_history WHERE chain = $1 AND subject = $2"
        " AND scanned_at < now() - make_interval(secs => $3) ORDER BY scanned_at DESC LIMIT 1",
        chain,
        subject,
        hours * 3600,
    )
    return None if row is None else (row["result"], row["scanned_at"])


async def save_balance(database: Database, *, chain: str, address: str, result: str) -> datetime:
    """Store the JSON of a balance reading; its time."""
    when: datetime = await database.fetchval(SAVE_BALANCE, chain, address, result)
    return when


async def last_balance(database: Database, *, chain: str, address: str) -> tuple[Any, datetime] | None:
    """The last reading, however old it is, with its time."""
    row = await database.fetchrow(
        "SELECT result, read_at FROM balances WHERE chain = $1 AND address = $2", chain, address
    )
    return None if row is None else (row["result"], row["read_at"])
