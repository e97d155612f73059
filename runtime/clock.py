"""The time, for what runs outside the database: rows take theirs from PostgreSQL's `now()`."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def unix() -> float:
    """Seconds since 1970, as Solana's block times count them."""
    return time.time()


monotonic = time.monotonic
"""Seconds on a clock that never goes back; only differences mean anything."""
