"""One wallet's holding of one token: how much, what is known of its cost, what its sales brought. Pure.

The cost is an average. A sale takes its share of the cost, rounded, and what stays is the rest, so nothing is
created or lost. What came without a known cost is kept apart, and what is taken is taken from both pro rata.
"""

import msgspec

from domain.activity.exits import CLOSED_SHARE
from domain.positions.costs import (
    MAX_STORED_LOTS,
    NO_PART,
    Basis,
    Lot,
    Part,
    Sale,
    bound,
    held_seconds,
    joined,
)
from domain.positions.entries import Worth, share
from domain.positions.trips import RoundTrip

MAX_TRIPS = 50
"""Trips of one token that are kept after they ended; all are counted."""


class Holding(msgspec.Struct, omit_defaults=True):
    """What a wallet has of a token, and what it has made of it.

    As it is stored: `{"known": 5, "sol": {"quantity": 5, "cost": 1000}, "usd": {}, "lots": [[1764435787,5]],
    "peak": 5, "trip": {}}`.
    """

    known: int = 0
    """The quantity whose cost is known in lamports or in dollars."""
    unknown: int = 0
    """The quantity of unknown cost."""
    claimed: int = 0
    """Of it, what airdrops and rewards brought: it cost nothing, and was no purchase."""
    sol: Basis = msgspec.field(default_factory=Basis)
    usd: Basis = msgspec.field(default_factory=Basis)
    lots: list[Lot] = []
    """When the known quantity came, oldest first."""
    away: Part = NO_PART
    """What lies in pools, orders, loans and the like."""
    away_before: int = 0
    """How much of it lay there when the position was opened, in the smallest unit: it is of an older one."""
    peak: int = 0
    """The most it held since it was opened."""
    opened_at: int | None = None
    """Unix seconds; None: not seen, or not known."""
    first_at: int | None = None
    """Unix seconds of the first that was seen of it, in whatever position; None: not known."""
    last_at: int | None = None
    """Of the last that came or was sold."""
    moved_out_sol: int = 0
    """Lamports that had been paid for what was sent to others unsold."""
    fees: int = 0
    """Lamports for the network and for tips."""
    unpriced: int = 0
    """Trades whose worth in dollars is not known."""
    purchases: int = 0
    bought_unknown: int = 0
    """The quantity of purchases whose worth is known in no currency."""
    sales: int = 0
    sold_unknown: int = 0
    """The quantity of unknown cost that was sold."""
    trip: RoundTrip = msgspec.field(default_factory=RoundTrip)
    """The sales since it was opened."""
    trips: list[RoundTrip] = []
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

    @property
    def quantity_away(self) -> int:
        """What lies in pools, orders, loans and the like, of known and of unknown cost."""
        return self.away.known + self.away.unknown

    @property
    def is_away(self) -> bool:
        """Whether more than next to nothing of the position lies there: it goes on until that comes back."""
        return (self.quantity_away - self.away_before) * CLOSED_SHARE > self.peak

    def pay(self, lamports: int) -> None:
        """So much went to the network and for tips."""
        self.fees += lamports
        self.trip.pay(lamports)

    def end_round_trip(self, at: int | None) -> None:
        """What happened at `at` is booked: if it sold next to all that was left, a trip has ended."""
        trip = self.trip
        if not self.is_closed or self.is_away or not trip.known + trip.unknown or trip.closed_at is not None:
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
            self.trip.lose(self._leave(self.known - quantity).known)
        self.unknown = quantity - self.known
        self.claimed = min(self.claimed, self.unknown)
        self.peak = max(self.peak, quantity)

    def buy(self, raw: int, worth: Worth, at: int | None) -> None:
        """Book a purchase; where its worth is not known, its cost is unknown.

        Args:
            raw: in the mint's smallest unit.
            worth: what was given for it, tips aside.
            at: Unix seconds; None: not known, so that the time it is held for will not be known either.
        """
        known = raw if worth.sol is not None or worth.usd is not None else 0
        self.unpriced += worth.usd is None
        self.purchases += 1
        self.bought_unknown += raw - known
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
        self._open(at)
        self._add(part)

    def _open(self, at: int | None, *, goes_on: bool = False) -> None:
        """Something comes: a position begins where nothing is held, unless one goes on."""
        self._note(at)
        if (not self.quantity or self.is_closed) and not goes_on:
            self.opened_at, self.peak, self.trip = at, 0, RoundTrip()
            self.away_before = self.quantity_away

    def _note(self, at: int | None) -> None:
        if at is not None:
            self.first_at = at if self.first_at is None else min(self.first_at, at)
            self.last_at = at if self.last_at is None else max(self.last_at, at)

    def _add(self, part: Part) -> None:
        self.known += part.known
        self.unknown += part.unknown
        self.claimed += part.claimed
        self.sol.put(*part.sol)
        self.usd.put(*part.usd)
        self.lots.extend(part.lots)
        bound(self.lots)
        self.peak = max(self.peak, self.quantity)

    def put_unknown(self, raw: int, at: int | None) -> None:
        """Add a quantity without a known cost that is no purchase."""
        self.put(Part(0, raw, (0, 0), (0, 0), ()), at)

    def put_claimed(self, raw: int, at: int | None) -> None:
        """So much came as an airdrop or a reward."""
        self.put(Part(0, raw, (0, 0), (0, 0), (), raw), at)

    def take(self, raw: int) -> Part:
        """So much leaves, with its share of the cost; it is no sale."""
        unknown_before = max(self.unknown, raw - self.known)
        whole = self.known + unknown_before
        self.peak = max(self.peak, whole)
        known = share(raw, self.known, whole) if whole else 0
        known = min(max(known, raw - unknown_before), self.known, raw)
        claimed = share(self.claimed, raw - known, unknown_before) if self.claimed else 0
        self.claimed -= claimed
        self.unknown = max(0, self.unknown - (raw - known))
        return self._leave(known, raw - known, claimed)

    def send(self, raw: int) -> Part:
        """So much leaves unsold, to somebody else or to be burned."""
        self.trip.lose(raw)
        return self.take(raw)

    def sell(self, raw: int, from_away: int, worth: Worth, at: int | None) -> Sale:
        """Book a sale, out of what the wallet holds and out of what lies in pools or orders.

        Args:
            raw: what left the wallet, in the mint's smallest unit.
            from_away: what an order or a pool gave besides.
            worth: what was got for both together, tips aside.
            at: Unix seconds; None: not known.
        """
        part = joined(self.take(raw), self._recall(from_away)) if from_away else self.take(raw)
        self._note(at)
        self.unpriced += worth.usd is None
        self.sales += 1
        self.sold_unknown += part.unknown
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

    def note_moved_out(self, part: Part) -> None:
        """What was taken went to others, unsold."""
        self.moved_out_sol += part.sol[1]

    def send_away(self, raw: int) -> None:
        """So much goes into a pool, an order or a loan; its cost goes with it."""
        self.away = joined(self.away, self.take(raw))

    def bring_back(self, raw: int, at: int | None) -> None:
        """Take back a quantity; what exceeds the quantity away has no known cost."""
        goes_on = self.is_away
        part = self._recall(raw)
        self._open(at, goes_on=goes_on)
        self._add(part)

    def _recall(self, raw: int) -> Part:
        returned, self.away = divided(self.away, raw)
        missing = raw - returned.known - returned.unknown
        return msgspec.structs.replace(returned, unknown=returned.unknown + missing)

    def _leave(self, known: int, unknown: int = 0, claimed: int = 0) -> Part:
        """So much of the known quantity leaves; `unknown` has left already."""
        if not known:
            return Part(0, unknown, (0, 0), (0, 0), (), claimed)
        sol, usd = self.sol.take(known, self.known), self.usd.take(known, self.known)
        self.known -= known
        return Part(known, unknown, sol, usd, self._first(known), claimed)

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


def encoded(holding: Holding) -> str:
    """As it is stored, in JSON; of very many purchases the oldest become one there."""
    if len(holding.lots) > MAX_STORED_LOTS or len(holding.away.lots) > MAX_STORED_LOTS:
        lots, lots_away = [*holding.lots], [*holding.away.lots]
        bound(lots, MAX_STORED_LOTS)
        bound(lots_away, MAX_STORED_LOTS)
        away = msgspec.structs.replace(holding.away, lots=tuple(lots_away))
        holding = msgspec.structs.replace(holding, lots=lots, away=away)
    return msgspec.json.encode(holding).decode()


def divided(part: Part, raw: int) -> tuple[Part, Part]:
    """At most `raw` of a part, and what is left of it."""
    holding = Holding(known=part.known, unknown=part.unknown, claimed=part.claimed, lots=[*part.lots])
    holding.sol.put(*part.sol)
    holding.usd.put(*part.usd)
    taken = holding.take(min(raw, holding.quantity))
    return taken, Part(
        known=holding.known,
        unknown=holding.unknown,
        sol=(holding.sol.quantity, holding.sol.cost),
        usd=(holding.usd.quantity, holding.usd.cost),
        lots=tuple(holding.lots),
        claimed=holding.claimed,
    )
