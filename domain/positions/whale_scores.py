"""Scores how worthwhile a found whale is to follow, from its recent profit. Pure.

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
    """What was found out about a whale by its latest transactions.

    As it is stored: `{"record": {"realised_sol": 8, "realised_usd": null, "fees": 1, "coverage": null,
    "trades": 0, "trips": 0, "wins": 0, "median_gain": null, "mean_gain": null, "drawdown_sol": 0,
    "median_held": null, "open_positions": 0, "since": null}, "transactions": 100, "sol_usd": "142.5"}`.
    """

    record: Record
    transactions: int
    """Read for it."""
    sol_usd: Decimal | None = None
    """Dollars for one SOL at that time, by which what was made in dollars is compared; None: not known."""

    @property
    def value(self) -> float | None:
        """The more the better; None: it is not worth following, or that is not known."""
        record, wins = self.record, self.record.win_rate
        made = record.comparable(self.sol_usd)
        if record.trips < MIN_TRIPS or made <= 0 or wins is None or wins < MIN_WIN_RATE:
            return None
        if record.coverage is None or record.coverage < MIN_COVERAGE or record.style in {None, Style.FLASH}:
            return None
        return log1p(float(made) / _SOL) * float(wins) * float(record.coverage)
