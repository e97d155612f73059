"""What a wallet has made in all: profit, round trips, time held, with how much of it is known. Pure.

A win is a round trip (from the first purchase until at most 2 % are left, by sales) that gained something
after network fees and tips. Trips of which a cost is not known, or of which some left unsold, are left out;
coverage says how much is known.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from statistics import median, median_high, median_low

import msgspec

from domain.positions.holdings import Holding
from domain.positions.trips import GAIN_UNITS

MIN_TRIPS = 5
"""Round trips from which on a win rate is shown."""
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
    """A wallet's record, over all its tokens.

    `{"realised_sol": 800000000, "realised_usd": null, "fees": 95000, "coverage": "0.9", "trades": 41,
    "trips": 12, "wins": 8, "median_gain": "0.2", "mean_gain": "0.3", "drawdown_sol": 90000000, "median_held":
    3600, "open_positions": 2, "since": 1764435787}`.
    """

    realised_sol: int
    """Lamports, of what was bought and sold for SOL, before fees."""
    realised_usd: int | None
    """10⁻⁹ dollars; None: some of it is not known."""
    fees: int
    """Lamports for the network and tips."""
    coverage: Decimal | None
    """The part of the proceeds whose cost is known, in SOL, else in dollars that tell all; None: no sales."""
    from_claims_sol: int = 0
    """Lamports for what airdrops and rewards had brought: no gain of any trade."""
    moved_out_sol: int = 0
    """Lamports that had been paid for what was sent to others unsold."""
    is_sol_whole: bool = True
    """Whether what was sold with a known cost was bought and sold for SOL, all of it."""
    trades: int
    trips: int
    """Ended round trips of known cost."""
    wins: int
    median_gain: Decimal | None
    """Of the trips that are kept; None: there are none."""
    mean_gain: Decimal | None
    drawdown_sol: int
    """Lamports: the deepest fall of the sum of net gains below its highest."""
    drawdown_usd: int = 0
    """10⁻⁹ dollars: the same of the sum of gains before fees."""
    median_held: int | None
    """Seconds."""
    open_positions: int
    since: int | None
    """Unix seconds: when the first was seen of what it did, in whatever position."""
    last_at: int | None = None
    """Unix seconds: when something came or was sold last, as far as that is known."""

    @property
    def net_sol(self) -> int:
        """Realised in SOL after fees."""
        return self.realised_sol - self.fees

    @property
    def is_in_dollars(self) -> bool:
        """Whether dollars tell all that its sales gained, and SOL does not."""
        return self.realised_usd is not None and not self.is_sol_whole

    @property
    def is_whole(self) -> bool:
        """Whether one currency tells what all its sales of known cost gained."""
        return self.is_sol_whole or self.realised_usd is not None

    @property
    def is_gain_known(self) -> bool:
        """Whether a cost is known of anything that it sold; else what it has made is not known, not zero."""
        return self.is_whole if self.coverage is None else self.coverage > 0

    def comparable(self, sol_usd: Decimal | None) -> Decimal:
        """What it made after fees, in lamports, to be compared; dollars by the price of SOL today.

        Args:
            sol_usd: dollars for one SOL; None: not known, so that what was made in SOL counts alone.
        """
        if self.realised_usd is None or self.is_sol_whole or not sol_usd:
            return Decimal(self.net_sol)
        return Decimal(self.realised_usd) / sol_usd - self.fees

    @property
    def win_rate(self) -> Decimal | None:
        """None: too few trips to say."""
        return Decimal(self.wins) / self.trips if self.trips >= MIN_TRIPS else None

    @property
    def trades_per_day(self) -> Decimal | None:
        """From its first to its last, a day at least; None: not known when these were."""
        if self.since is None or self.last_at is None:
            return None
        return self.trades / max(Decimal(1), Decimal(self.last_at - self.since) / _DAY)

    @property
    def style(self) -> Style | None:
        """By median hold and trades a day; None: nothing was held from a known beginning to a known end."""
        if self.median_held is None:
            return None
        if (self.trades_per_day or 0) > MAX_A_DAY:
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


def rank(record: Record, order: RankedBy, sol_usd: Decimal | None = None) -> tuple[int, Decimal]:
    """Where a record stands among others, the least first; what is not known stands behind all that is.

    Args:
        record: of the wallet.
        order: by what it is ranked.
        sol_usd: dollars for one SOL today; None: not known.
    """
    value = {
        RankedBy.PROFIT: record.comparable(sol_usd) if record.is_gain_known else None,
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
    trips = sorted((trip for one in found for trip in one.trips), key=attrgetter("closed_at"))
    gains = [gain for trip in trips if (gain := trip.gain) is not None]
    times = [seconds for trip in trips if (seconds := trip.held_seconds) is not None]
    is_usd_known = all(one.usd.is_realised_known for one in found)
    is_sol_whole = all(one.sol.is_realised_known for one in found)
    books = [one.usd if is_usd_known and not is_sol_whole else one.sol for one in found]
    with_cost = sum(one.with_cost for one in books)
    proceeds = with_cost + sum(one.without_cost for one in books)
    return Record(
        realised_sol=sum(one.sol.realised for one in found),
        realised_usd=sum(one.usd.realised for one in found) if is_usd_known else None,
        fees=sum(one.fees for one in found),
        coverage=Decimal(with_cost) / proceeds if proceeds else None,
        from_claims_sol=sum(one.sol.from_claims for one in found),
        moved_out_sol=sum(one.moved_out_sol for one in found),
        is_sol_whole=is_sol_whole,
        trades=sum(one.purchases + one.sales for one in found),
        trips=sum(one.trips_ended for one in found),
        wins=sum(one.trips_won for one in found),
        median_gain=_share(median_low(gains) + median_high(gains), 2) if gains else None,
        mean_gain=_share(sum(gains), len(gains)) if gains else None,
        drawdown_sol=_drawdown(trip.net_sol for trip in trips),
        drawdown_usd=_drawdown(trip.gain_usd for trip in trips),
        median_held=int(median(times)) if times else None,
        open_positions=sum(one.quantity > 0 and not one.is_closed for one in found),
        since=min((one.first_at for one in found if one.first_at is not None), default=None),
        last_at=max((one.last_at for one in found if one.last_at is not None), default=None),
    )


def _share(gains: int, number: int) -> Decimal:
    return Decimal(gains) / (number * GAIN_UNITS)


def _drawdown(gains: Iterable[int | None]) -> int:
    total = highest = deepest = 0
    for gain in gains:
        total += gain or 0
        if total > highest:
            highest = total
        elif highest - total > deepest:
            deepest = highest - total
    return deepest
