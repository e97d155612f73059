"""One wallet's holding of one token: how much, what is known of its cost, what its sales brought. Pure.

The cost is an average. A sale takes its share of the cost, rounded, and what stays is the rest, so nothing is
created or lost. What came without a known cost is kept apart, and what is taken is taken from both pro rata.
"""

import msgspec

from domain.positions.entries import Worth, share

MAX_LOTS = 100
"""Purchases whose time is kept apart, to tell how long was held; beyond that the oldest two become one."""
CLOSED_SHARE = 50
"""A position is closed when at most one part in so many of the most it held is left."""

Lot = tuple[int | None, int]
"""When so much of it came, in Unix seconds, and how much; None: not known when."""


class Part(msgspec.Struct, frozen=True, gc=False):
    """A quantity that left or came, and what it had cost."""

    known: int
    unknown: int
    sol: tuple[int, int]
    """Of how much the cost in lamports is known, and that cost."""
    usd: tuple[int, int]
    """The same in 10⁻⁹ dollars."""
    lots: tuple[Lot, ...]


NO_PART = Part(0, 0, (0, 0), (0, 0), ())


class Basis(msgspec.Struct, omit_defaults=True):
    """Costs and proceeds in one currency, in its smallest unit."""

    quantity: int = 0
    """Of how much of what is held the cost is known."""
    cost: int = 0
    realised: int = 0
    """Proceeds less cost, of what was sold with a known cost."""
    without_cost: int = 0
    """Proceeds of what was sold without a known cost."""
    is_realised_known: bool = True
    """Whether costs and proceeds of all that was sold with a known cost are known in this currency."""
    is_without_cost_known: bool = True

    def put(self, quantity: int, cost: int) -> None:
        """So much came, at that cost."""
        self.quantity += quantity
        self.cost += cost

    def take(self, known: int, whole: int) -> tuple[int, int]:
        """`known` of the `whole` leave; returns of how much the cost is known here, and that cost."""
        if not self.quantity:
            return 0, 0
        quantity = known
        if self.quantity != whole:
            quantity = share(self.quantity, known, whole)
            quantity = min(max(quantity, known - (whole - self.quantity)), self.quantity, known)
        cost = share(self.cost, quantity, self.quantity)
        self.quantity -= quantity
        self.cost -= cost
        return quantity, cost

    def sell(self, sold: tuple[int, int], part: Part, proceeds: int | None) -> int | None:
        """Book what `part` brought, of which `sold` says the cost in this currency.

        Returns:
            Proceeds less cost of the part with a known cost; None: not known in this currency.
        """
        quantity, cost = sold
        if proceeds is None:
            self.is_realised_known &= not part.known
            self.is_without_cost_known &= not part.unknown
            return None
        self.is_realised_known &= quantity == part.known
        with_cost = share(proceeds, quantity, part.known + part.unknown)
        self.realised += with_cost - cost
        self.without_cost += proceeds - with_cost
        return with_cost - cost if quantity and quantity == part.known else None


class Sale(msgspec.Struct, frozen=True, gc=False):
    """What one sale brought."""

    known: int
    """The quantity sold with a known cost."""
    unknown: int
    cost_sol: int
    gain_sol: int | None
    """Lamports, of the known quantity; None: not known in SOL."""
    cost_usd: int
    gain_usd: int | None
    """The same in 10⁻⁹ dollars."""
    held_seconds: int | None
    """For how long the known quantity was held; first come, first sold. None: not known."""


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
            self.opened_at, self.peak = at, 0
        self.known += part.known
        self.unknown += part.unknown
        self.sol.put(*part.sol)
        self.usd.put(*part.usd)
        self.lots.extend(part.lots)
        _bound(self.lots)
        self.peak = max(self.peak, self.quantity)

    def put_unknown(self, raw: int, at: int | None) -> None:
        """So much came without a known cost, and is no purchase."""
        self.put(Part(0, raw, (0, 0), (0, 0), ()), at)

    def take(self, raw: int) -> Part:
        """So much leaves, with its share of the cost; it is no sale."""
        unknown_before = max(self.unknown, raw - self.known)
        whole = self.known + unknown_before
        known = share(raw, self.known, whole) if whole else 0
        known = min(max(known, raw - unknown_before), self.known, raw)
        self.unknown = max(0, self.unknown - (raw - known))
        return self._leave(known, raw - known)

    def sell(self, raw: int, from_away: int, worth: Worth, at: int | None) -> Sale:
        """`raw` of what is held and `from_away` of what is away were sold for that."""
        part = joined(self.take(raw), self._recall(from_away)) if from_away else self.take(raw)
        self.unpriced += worth.usd is None
        return Sale(
            known=part.known,
            unknown=part.unknown,
            cost_sol=part.sol[1],
            gain_sol=self.sol.sell(part.sol, part, worth.sol),
            cost_usd=part.usd[1],
            gain_usd=self.usd.sell(part.usd, part, worth.usd),
            held_seconds=_held_seconds(part.lots, at),
        )

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


def _bound(lots: list[Lot]) -> None:
    while len(lots) > MAX_LOTS:
        (first_at, first), (second_at, second) = lots.pop(0), lots.pop(0)
        at = None
        if first_at is not None and second_at is not None:
            at = first_at + (second_at - first_at) * second // (first + second)
        lots.insert(0, (at, first + second))


def joined(one: Part, other: Part) -> Part:
    """Both together."""
    lots = [*one.lots, *other.lots]
    _bound(lots)
    return Part(
        known=one.known + other.known,
        unknown=one.unknown + other.unknown,
        sol=(one.sol[0] + other.sol[0], one.sol[1] + other.sol[1]),
        usd=(one.usd[0] + other.usd[0], one.usd[1] + other.usd[1]),
        lots=tuple(lots),
    )


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


def _held_seconds(lots: tuple[Lot, ...], at: int | None) -> int | None:
    """For how long the parts of a sale were held, by quantity; first come, first sold."""
    if at is None:
        return None
    timed = [(at - came, quantity) for came, quantity in lots if came is not None]
    whole = sum(quantity for _, quantity in timed)
    return share(1, sum(max(0, age) * quantity for age, quantity in timed), whole) if whole else None
