"""How much a whale that a search found is worth following, and why, from what it made lately. Pure.

Who only moves much is no whale to follow. It must have ended some round trips of known cost with a gain after
fees, and hold long enough for somebody to come after it.
"""

from decimal import Decimal
from math import log1p

import msgspec

from domain.positions.records import MIN_TRIPS, Record, Style

MIN_COVERAGE = Decimal("0.5")
"""Of what was sold, at least this part must have a known cost."""
MIN_WIN_RATE = Decimal("0.4")
_SOL = 1_000_000_000


class WhaleScore(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about a whale by its latest transactions."""

    record: Record
    transactions: int
    """Read for it."""

    @property
    def value(self) -> float | None:
        """The more the better; None: it is not worth following, or that is not known."""
        record, wins = self.record, self.record.win_rate
        if record.trips < MIN_TRIPS or record.net_sol <= 0 or wins is None or wins < MIN_WIN_RATE:
            return None
        if record.coverage is None or record.coverage < MIN_COVERAGE or record.style in {None, Style.FLASH}:
            return None
        return log1p(record.net_sol / _SOL) * float(wins) * float(record.coverage)
