"""Cached security scans, shared by all programs: a worker scans, the bot shows the result."""

from datetime import datetime

import msgspec

from domain.security.checks import Family, Grade
from domain.security.scan import Scan, grade, may_be_answered
from domain.sentences import Sentence
from runtime import clock
from storage.cache import CacheSpec
from storage.keys import CacheName

LONG_SECONDS = 24 * 3600.0
"""A scan that has decided what matters holds so long, while nobody changes the mint."""
SHORT_SECONDS = 300.0
"""One with something unknown holds so long; of any other the mint is checked for changes so often."""
GOOD_SECONDS = 600.0
"""One with a good grade: a check of the mint does not show that a pool was emptied since."""
_GOOD = frozenset({Grade.A, Grade.B})
POLL_SECONDS = SHORT_SECONDS


class ScanReading(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan of a mint found, and when."""

    scan: Scan
    read_at: datetime
    news: tuple[Sentence, ...] = ()
    """What changed since the last different scan."""
    earlier_at: datetime | None = None
    """When that was."""


def scan_seconds(scan: Scan) -> float:
    """How long a scan holds: a day, or minutes if its grade is good or another check may answer more."""
    families = (Family.CONTROL,) if scan.issuer is not None else tuple(Family)
    if scan.is_token and any(may_be_answered(scan, family) for family in families):
        return SHORT_SECONDS
    return GOOD_SECONDS if grade(scan) in _GOOD else LONG_SECONDS


def _left(reading: ScanReading) -> float:
    """Return how long a scan still holds, SHORT_SECONDS at most."""
    age = (clock.now() - reading.read_at).total_seconds()
    return min(SHORT_SECONDS, max(0.0, scan_seconds(reading.scan) - age))


SCANS = CacheSpec(name=CacheName.SCANS, type_=ScanReading, seconds=_left)
"""By mint; PostgreSQL keeps them for longer."""
