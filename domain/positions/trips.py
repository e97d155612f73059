"""Round trips: from the first purchase of a token until next to nothing of it is left. Pure."""

from fractions import Fraction

import msgspec

from domain.activity.exits import CLOSED_SHARE
from domain.positions.costs import Sale

GAIN_UNITS = 10**15


class RoundTrip(msgspec.Struct, omit_defaults=True):
    """From the first purchase until next to nothing was left, by sales alone.

    `{"known": 5, "cost_sol": 1000, "net_sol": 250, "gain_usd": null, "seconds": 18000, "timed": 5,
    "closed_at": 1764453787}`.
    """

    known: int = 0
    """The quantity sold with a known cost."""
    unknown: int = 0
    cost_sol: int = 0
    net_sol: int | None = 0
    """Lamports gained, network fees and tips subtracted; None: not known in SOL."""
    cost_usd: int = 0
    gain_usd: int | None = 0
    """In 10⁻⁹ dollars, fees not subtracted; None: not known in dollars."""
    seconds: int = 0
    """How long each unit was held, summed up."""
    timed: int = 0
    """Of how many units that is known."""
    closed_at: int | None = None
    unsold: int = 0
    """How much of it left unsold."""

    @property
    def held_seconds(self) -> int | None:
        """For how long it was held, by quantity; None: not known."""
        return self.seconds // self.timed if self.timed else None

    @property
    def share(self) -> Fraction | None:
        """Net gain for each unit of cost; None: the cost of something that was sold is not known.

        Or more than next to nothing of it was not sold, but left in another way.
        """
        if not self._is_known:
            return None
        if self.net_sol is not None and self.cost_sol:
            return Fraction(self.net_sol, self.cost_sol)
        if self.gain_usd is not None and self.cost_usd:
            return Fraction(self.gain_usd, self.cost_usd)
        return None

    @property
    def gain(self) -> int | None:
        """The same in 10⁻¹⁵, rounded down: very many of these are summed up in a moment, unlike fractions."""
        if not self._is_known:
            return None
        if self.net_sol is not None and self.cost_sol:
            return self.net_sol * GAIN_UNITS // self.cost_sol
        if self.gain_usd is not None and self.cost_usd:
            return self.gain_usd * GAIN_UNITS // self.cost_usd
        return None

    @property
    def _is_known(self) -> bool:
        return self.known > 0 and not self.unknown and self.unsold * CLOSED_SHARE <= self.known + self.unsold

    def lose(self, raw: int) -> None:
        """So much left unsold; after its end that is no part of it."""
        if self.closed_at is None:
            self.unsold += raw

    def pay(self, lamports: int) -> None:
        """So much went to the network and for tips; after its end it costs nothing more."""
        if self.net_sol is not None and self.closed_at is None:
            self.net_sol -= lamports

    def close(self, at: int | None) -> None:
        """It has ended, in this second; None: not known when."""
        self.closed_at = at or 0

    def add(self, sale: Sale) -> None:
        """One more sale of it; what is left after its end belongs to no trip."""
        if self.closed_at is not None:
            return
        self.known += sale.known
        self.unknown += sale.unknown
        if sale.known:
            self.cost_sol += sale.cost_sol
            self.cost_usd += sale.cost_usd
            self.net_sol = _sum(self.net_sol, sale.gain_sol)
            self.gain_usd = _sum(self.gain_usd, sale.gain_usd)
        if sale.held_seconds is not None:
            self.seconds += sale.held_seconds * sale.known
            self.timed += sale.known


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
