"""What a paper campaign follows, and with how much. Pure."""

from decimal import Decimal

import msgspec

from domain.activity.activity import SOL_DECIMALS

MAX_SOL = 1_000_000
"""SOL in one purchase; more is a mistake."""
MAX_DELAY = 3_600
MAX_BPS = 10_000
MAX_PERCENT = 1_000_000
MAX_POSITIONS = 10_000
MAX_WALLETS = 10_000
MAX_TIME = 10**11
"""Unix seconds; what is later is no time."""
MAX_DECIMALS = 9
"""Digits behind the point of a number in a plan; SOL has no longer."""
FILL_SECONDS = 60
"""After its time a purchase waits so long for a price; then it is not filled. A sale is filled late."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A campaign: `{"size_sol":"0.5","delay_s":2,"fee_bps":100,"take_profit_pct":50,"stop_pct":20}`."""

    size_sol: Decimal
    """SOL that each purchase takes, fees of the venue and priority costs included."""
    delay_s: int = 0
    """Seconds from the whale's trade to one's own."""
    fee_bps: int = 0
    """Hundredths of a percent that venue and bot take of each side."""
    take_profit_pct: Decimal | None = None
    """All is sold once the price is so many percent above one's own; None: the whale decides."""
    stop_pct: Decimal | None = None
    """The same below."""
    max_open: int = 10
    """Positions at a time; a purchase beyond them is not followed."""
    wallets: frozenset[str] = frozenset()
    """Whom it follows; empty: every wallet that trades."""
    since: int | None = msgspec.field(name="from", default=None)
    """Unix seconds of the first trade that is followed; None: the first of all."""
    until: int | None = None
    """Unix seconds after which nothing is seen; what is open is worth the last price then. None: no end."""
    priority_sol: Decimal | None = None
    """SOL that each own transaction costs; None: the whale's, tips included, `size_sol` at most."""

    def __post_init__(self) -> None:
        """Refuse what no campaign can be.

        Raises:
            ValueError: a number is out of its bounds.
        """
        for name in ("size_sol", "take_profit_pct", "stop_pct", "priority_sol"):
            _short(name, getattr(self, name))
        _within("size_sol", self.size_sol, Decimal("0.000001"), MAX_SOL)
        _within("delay_s", self.delay_s, 0, MAX_DELAY)
        _within("fee_bps", self.fee_bps, 0, MAX_BPS)
        _within("max_open", self.max_open, 1, MAX_POSITIONS)
        _within("take_profit_pct", self.take_profit_pct, 0, MAX_PERCENT)
        _within("stop_pct", self.stop_pct, 0, 100)
        _within("priority_sol", self.priority_sol, 0, MAX_SOL)
        _within("from", self.since, 0, MAX_TIME)
        _within("until", self.until, 0, MAX_TIME)
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError("until must not lie before from")
        if len(self.wallets) > MAX_WALLETS:
            raise ValueError(f"wallets must be {MAX_WALLETS:,} at most")

    @property
    def size(self) -> int:
        """What each purchase takes, in lamports."""
        return lamports_of(self.size_sol)

    @property
    def capital(self) -> int:
        """What the campaign begins with, in lamports: enough for all positions that it may have."""
        return self.size * self.max_open

    @property
    def of_whale(self) -> "Plan":
        """The same sizes at the whale's own prices, with nothing lost on the way: to compare with."""
        return msgspec.structs.replace(
            self, delay_s=0, fee_bps=0, priority_sol=Decimal(0), take_profit_pct=None, stop_pct=None
        )

    def priority(self, paid: int) -> int:
        """Return what an own transaction takes, in lamports, where the whale's took so much: up to `size`."""
        return min(paid, self.size) if self.priority_sol is None else lamports_of(self.priority_sol)

    def follows(self, wallet: str, at: int) -> bool:
        """Return whether a wallet's trade at this time is followed."""
        is_in_time = self.sees(at) and (self.since is None or at >= self.since)
        return is_in_time and (not self.wallets or wallet in self.wallets)

    def sees(self, at: int) -> bool:
        """Return whether what happens at this time counts at all."""
        return self.until is None or at <= self.until


def lamports_of(sol: Decimal) -> int:
    """Whole lamports, cut."""
    return int(sol.scaleb(SOL_DECIMALS))


def _short(name: str, value: Decimal | None) -> None:
    """Refuse numbers of absurd length, with which nobody could calculate in time."""
    exponent = 0 if value is None else value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MAX_DECIMALS:
        raise ValueError(f"{name} must be a number with {MAX_DECIMALS} decimals at most")


def _within(name: str, value: Decimal | int | None, minimum: Decimal | int, maximum: int) -> None:
    if value is not None and not (Decimal(value).is_finite() and minimum <= value <= maximum):
        raise ValueError(f"{name} must lie between {minimum} and {maximum:,}")
