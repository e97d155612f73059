"""What a wallet has made in all: profit, round trips, time held, with how much of it is known. Pure.

A win is a round trip (from the first purchase until at most 2 % are left, by sales) that gained something
after network fees and tips. Trips of which a cost is not known are left out; coverage says how much is.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from statistics import median

import msgspec

from domain.positions.holdings import Holding
from domain.positions.trips import Trip

MIN_TRIPS = 5
"""Round trips from which on a win rate is told."""
MAX_A_DAY = 200
"""Trades; more are a program's, however long it holds."""
_MINUTE, _HOUR, _DAY, _WEEK = 60, 3_600, 86_400, 604_800


class Style(StrEnum):
    """How a wallet trades, by the median time it holds."""

    FLASH = "flash trader"
    """Under a minute, or hundreds of trades a day: a program; nobody can follow it."""
    SCALPER = "scalper"
    """Under an hour."""
    DAY = "day trader"
    SWING = "swing trader"
    """Under a week."""
    HOLDER = "holder"


_STYLES = (
    (_MINUTE, Style.FLASH),
    (_HOUR, Style.SCALPER),
    (_DAY, Style.DAY),
    (_WEEK, Style.SWING),
)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet's record, over all its tokens."""

    realised_sol: int
    """Lamports, of what was bought and sold for SOL, before fees."""
    realised_usd: int | None
    """10⁻⁹ dollars; None: some of it is not known."""
    fees: int
    """Lamports for the network and tips."""
    coverage: Decimal | None
    """The part of the proceeds in SOL of which the cost is known; None: nothing was sold for SOL."""
    trades: int
    trips: int
    """Ended round trips of known cost."""
    wins: int
    median_gain: Decimal | None
    """Of the trips that are kept; None: there are none."""
    mean_gain: Decimal | None
    drawdown_sol: int
    """Lamports: the deepest fall of the sum of net gains below its highest."""
    median_held: int | None
    """Seconds."""
    open_positions: int
    since: int | None
    """Unix seconds: when the oldest position that is known was opened."""
    last_at: int | None = None
    """Unix seconds: when it bought or ended a round trip last, as far as that is known."""

    @property
    def net_sol(self) -> int:
        """Realised in SOL after fees."""
        return self.realised_sol - self.fees

    @property
    def win_rate(self) -> Decimal | None:
        """None: too few trips to say."""
        return Decimal(self.wins) / self.trips if self.trips >= MIN_TRIPS else None

    @property
    def trades_a_day(self) -> Decimal | None:
        """From its first to its last, a day at least; None: not known when these were."""
        if self.since is None or self.last_at is None:
            return None
        return self.trades / max(Decimal(1), Decimal(self.last_at - self.since) / _DAY)

    @property
    def style(self) -> Style | None:
        """By median hold and trades a day; None: nothing was held from a known beginning to a known end."""
        if self.median_held is None:
            return None
        if (self.trades_a_day or 0) > MAX_A_DAY:
            return Style.FLASH
        return next((style for below, style in _STYLES if self.median_held < below), Style.HOLDER)


class RankedBy(StrEnum):
    """By what wallets are ranked."""

    PROFIT = "profit"
    """SOL made after fees."""
    WINS = "wins"
    """The part of round trips that gained."""
    MEDIAN = "median"
    """The median gain of a round trip."""


def rank(record: Record, order: RankedBy) -> tuple[int, Decimal]:
    """Where a record stands among others, the least first; what is not known stands behind all that is."""
    value = {
        RankedBy.PROFIT: Decimal(record.net_sol),
        RankedBy.WINS: record.win_rate,
        RankedBy.MEDIAN: record.median_gain,
    }[order]
    if not record.trades:
        return 2, Decimal(0)
    return (1, Decimal(0)) if value is None else (0, -value)


def record_of(holdings: Mapping[str, Holding]) -> Record:
    """The record of a wallet.

    Args:
        holdings: its positions, by mint.
    """
    found = list(holdings.values())
    trips = sorted((trip for one in found for trip in one.trips), key=lambda trip: trip.closed_at or 0)
    gains = [gain for trip in trips if (gain := trip.share) is not None]
    times = [seconds for trip in trips if (seconds := trip.held_seconds) is not None]
    with_cost = sum(one.sol.with_cost for one in found)
    proceeds = with_cost + sum(one.sol.without_cost for one in found)
    is_usd_known = all(one.usd.is_realised_known for one in found)
    return Record(
        realised_sol=sum(one.sol.realised for one in found),
        realised_usd=sum(one.usd.realised for one in found) if is_usd_known else None,
        fees=sum(one.fees for one in found),
        coverage=Decimal(with_cost) / proceeds if proceeds else None,
        trades=sum(one.purchases + one.sales for one in found),
        trips=sum(one.trips_ended for one in found),
        wins=sum(one.trips_won for one in found),
        median_gain=_decimal(median(gains)) if gains else None,
        mean_gain=_decimal(Fraction(sum(gains), len(gains))) if gains else None,
        drawdown_sol=_drawdown(trips),
        median_held=int(median(times)) if times else None,
        open_positions=sum(one.quantity > 0 and not one.is_closed for one in found),
        since=min((one.opened_at for one in found if one.opened_at is not None), default=None),
        last_at=max((at for one in found for at in _times(one)), default=None),
    )


def _times(holding: Holding) -> list[int]:
    """When it was bought, as far as lots say, and when trips ended."""
    bought = [at for at, _ in holding.lots if at is not None]
    return [*bought, *(trip.closed_at for trip in holding.trips if trip.closed_at)]


def _decimal(share: Fraction) -> Decimal:
    return Decimal(share.numerator) / Decimal(share.denominator)


def _drawdown(trips: Iterable[Trip]) -> int:
    total = highest = deepest = 0
    for trip in trips:
        total += trip.net_sol or 0
        highest = max(highest, total)
        deepest = max(deepest, highest - total)
    return deepest
