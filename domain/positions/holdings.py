"""One wallet's holding of one token: how much, what is known of its cost, what its sales brought. Pure.

The cost is an average. A sale takes its share of the cost, rounded, and what stays is the rest, so nothing is
created or lost. What came without a known cost is kept apart, and what is taken is taken from both pro rata.
"""

import msgspec

from domain.activity.exits import CLOSED_SHARE
from domain.positions.costs import NO_PART, Basis, Lot, Part, Sale, bound, held_seconds, joined
from domain.positions.entries import Worth, share
from domain.positions.trips import Trip

MAX_TRIPS = 50
"""Trips of one token that are kept after they ended; all are counted."""


class Holding(msgspec.Struct, omit_defaults=True):
    """What a wallet has of a token, and what it has made of it."""

    known: int = 0
    """The quantity whose cost is known in lamports or in dollars."""
    unknown: int = 0
    """The quantity of unknown cost."""
    sol: Basis = msgspec.field(default_factory=Basis)
    usd: Basis = msgspec.field(default_factory=Basis)
    lots: list[Lot] = []
    """When the known quantity came, oldest first."""
    away: Part = NO_PART
    """What lies in pools, orders, loans and the like."""
    peak: int = 0
    """The most it held since it was opened."""
    opened_at: int | None = None
    """Unix seconds; None: not seen, or not known."""
    fees: int = 0
    """Lamports for the network and for tips."""
    unpriced: int = 0
    """Trades whose worth in dollars is not known."""
    purchases: int = 0
    sales: int = 0
    trip: Trip = msgspec.field(default_factory=Trip)
    """The sales since it was opened."""
    trips: list[Trip] = []
    """Those that ended, the latest last."""
    trips_ended: int = 0
    """How many of known cost ended."""
    trips_won: int = 0
    """How many of these with a gain."""

    @property
    def quantity(self) -> int:
        """All that is held."""
        return self.known + self.unknown

    @property
    def is_closed(self) -> bool:
        """Whether next to nothing is left of what was held."""
        return self.peak > 0 and self.quantity * CLOSED_SHARE <= self.peak

    def pay(self, lamports: int) -> None:
        """So much went to the network and for tips."""
        self.fees += lamports
        self.trip.pay(lamports)

    def end_trip(self, at: int | None) -> None:
        """What happened at `at` is booked: if it sold next to all that was left, a trip has ended."""
        trip = self.trip
        if not self.is_closed or not trip.known + trip.unknown or trip.closed_at is not None:
            return
        trip.close(at)
        if (gain := trip.share) is None:
            return
        self.trips_ended += 1
        self.trips_won += gain > 0
        self.trips = [*self.trips, trip][-MAX_TRIPS:]

    def expect(self, quantity: int) -> None:
        """Agree with what the chain says is held: what is more has no known cost, what misses left."""
        if quantity < self.known:
            self._leave(self.known - quantity)
        self.unknown = quantity - self.known
        self.peak = max(self.peak, quantity)

    def buy(self, raw: int, worth: Worth, at: int | None) -> None:
        """So much came for that; where nothing is known of its worth, its cost is unknown."""
        known = raw if worth.sol is not None or worth.usd is not None else 0
        self.unpriced += worth.usd is None
        self.purchases += 1
        self.put(
            Part(
                known=known,
                unknown=raw - known,
                sol=(0, 0) if worth.sol is None else (raw, worth.sol),
                usd=(0, 0) if worth.usd is None else (raw, worth.usd),
                lots=((at, known),) if known else (),
            ),
            at,
        )

    def put(self, part: Part, at: int | None) -> None:
        """So much came, with what is known of its cost."""
        if not self.quantity or self.is_closed:
            self.opened_at, self.peak, self.trip = at, 0, Trip()
        self.known += part.known
        self.unknown += part.unknown
        self.sol.put(*part.sol)
        self.usd.put(*part.usd)
        self.lots.extend(part.lots)
        bound(self.lots)
        self.peak = max(self.peak, self.quantity)

    def put_unknown(self, raw: int, at: int | None) -> None:
        """So much came without a known cost, and is no purchase."""
        self.put(Part(0, raw, (0, 0), (0, 0), ()), at)

    def take(self, raw: int) -> Part:
        """So much leaves, with its share of the cost; it is no sale."""
        unknown_before = max(self.unknown, raw - self.known)
        whole = self.known + unknown_before
        self.peak = max(self.peak, whole)
        known = share(raw, self.known, whole) if whole else 0
        known = min(max(known, raw - unknown_before), self.known, raw)
        self.unknown = max(0, self.unknown - (raw - known))
        return self._leave(known, raw - known)

    def sell(self, raw: int, from_away: int, worth: Worth, at: int | None) -> Sale:
        """`raw` of what is held and `from_away` of what is away were sold for that."""
        part = joined(self.take(raw), self._recall(from_away)) if from_away else self.take(raw)
        self.unpriced += worth.usd is None
        self.sales += 1
        sale = Sale(
            known=part.known,
            unknown=part.unknown,
            cost_sol=part.sol[1],
            gain_sol=self.sol.sell(part.sol, part, worth.sol),
            cost_usd=part.usd[1],
            gain_usd=self.usd.sell(part.usd, part, worth.usd),
            held_seconds=held_seconds(part.lots, at),
        )
        self.trip.add(sale)
        return sale

    def send_away(self, raw: int) -> None:
        """So much goes into a pool, an order or a loan; its cost goes with it."""
        self.away = joined(self.away, self.take(raw))

    def bring_back(self, raw: int, at: int | None) -> None:
        """So much comes back; what is more than went away has no known cost."""
        self.put(self._recall(raw), at)

    def _recall(self, raw: int) -> Part:
        returned, self.away = divided(self.away, raw)
        missing = raw - returned.known - returned.unknown
        return msgspec.structs.replace(returned, unknown=returned.unknown + missing)

    def _leave(self, known: int, unknown: int = 0) -> Part:
        """So much of the known quantity leaves; `unknown` has left already."""
        if not known:
            return Part(0, unknown, (0, 0), (0, 0), ())
        sol, usd = self.sol.take(known, self.known), self.usd.take(known, self.known)
        self.known -= known
        return Part(known, unknown, sol, usd, self._first(known))

    def _first(self, known: int) -> tuple[Lot, ...]:
        found: list[Lot] = []
        while known > 0:
            at, quantity = self.lots.pop(0)
            used = min(quantity, known)
            if used < quantity:
                self.lots.insert(0, (at, quantity - used))
            found.append((at, used))
            known -= used
        return tuple(found)


def divided(part: Part, raw: int) -> tuple[Part, Part]:
    """At most `raw` of a part, and what is left of it."""
    holding = Holding(known=part.known, unknown=part.unknown, lots=[*part.lots])
    holding.sol.put(*part.sol)
    holding.usd.put(*part.usd)
    taken = holding.take(min(raw, holding.quantity))
    return taken, Part(
        known=holding.known,
        unknown=holding.unknown,
        sol=(holding.sol.quantity, holding.sol.cost),
        usd=(holding.usd.quantity, holding.usd.cost),
        lots=tuple(holding.lots),
    )
