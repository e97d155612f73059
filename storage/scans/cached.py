"""Scans behind a cache that all programs share: a worker reads the chain, the bot tells what is known."""

from datetime import datetime

import msgspec

from domain.security.checks import Family, Verdict
from domain.security.scan import Scan, family_verdict
from runtime import clock
from storage.cache import CacheSpec
from storage.keys import CacheName

LONG_SECONDS = 24 * 3600.0
"""A scan that has decided what matters holds so long, while nobody changes the mint."""
SHORT_SECONDS = 300.0
"""One with something unknown; and so long no look is taken at whether the mint was changed."""
LOOK_SECONDS = SHORT_SECONDS


class ScanReading(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan of a mint found, and when."""

    scan: Scan
    read_at: datetime
    news: tuple[str, ...] = ()
    """What changed since the last different scan."""
    earlier_at: datetime | None = None
    """When that was."""


def scan_seconds(scan: Scan) -> float:
    """How long a scan holds: a day, or minutes if something that matters for the grade is unknown."""
    families = (Family.CONTROL,) if scan.issuer is not None else tuple(Family)
    is_open = any(family_verdict(scan, family) is Verdict.UNKNOWN for family in families)
    return SHORT_SECONDS if is_open and scan.is_token else LONG_SECONDS


def _left(reading: ScanReading) -> float:
    """How long a scan still holds, SHORT_SECONDS at most."""
    age = (clock.now() - reading.read_at).total_seconds()
    return min(SHORT_SECONDS, max(0.0, scan_seconds(reading.scan) - age))


SCANS = CacheSpec(name=CacheName.SCANS, type_=ScanReading, seconds=_left)
"""By mint; PostgreSQL keeps them for longer."""
