"""Results of security scans and of balance readings, with their time."""

from datetime import datetime
from typing import Any

from storage.postgres import Database

SAVE_SCAN = """
INSERT INTO security_scans (chain, subject, result, expires_at)
VALUES ($1, $2, $3, now() + make_interval(secs => $4))
ON CONFLICT (chain, subject) DO UPDATE
SET result = excluded.result, scanned_at = now(), expires_at = excluded.expires_at
RETURNING scanned_at
"""

SAVE_BALANCE = """
INSERT INTO balances (chain, address, result) VALUES ($1, $2, $3)
ON CONFLICT (chain, address) DO UPDATE SET result = excluded.result, read_at = now()
RETURNING read_at
"""


async def save_scan(database: Database, *, chain: str, subject: str, result: str, seconds: float) -> datetime:
    """Store the JSON of a scan for `seconds`; the time of the scan."""
    when: datetime = await database.fetchval(SAVE_SCAN, chain, subject, result, seconds)
    return when


async def fresh_scan(database: Database, *, chain: str, subject: str) -> tuple[str, datetime] | None:
    """A scan that has not expired, with its time."""
    row = await database.fetchrow(
        "SELECT result, scanned_at FROM security_scans"
        " WHERE chain = $1 AND subject = $2 AND expires_at > now()",
        chain,
        subject,
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
