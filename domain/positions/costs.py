"""What a quantity of a token had cost, and what its sale brought: averages in two currencies. Pure."""

from fractions import Fraction

import msgspec

from domain.positions.entries import share

MAX_LOTS = 2_000
"""Purchases whose time is kept apart, to tell how long was held; beyond that the oldest two become one."""
MAX_STORED_LOTS = 100
"""The same where a position is stored."""

Lot = tuple[int | float | None, int]
"""When so much of it came, in Unix seconds, and how much; None: not known when. Of several: on average."""


class Part(msgspec.Struct, frozen=True, gc=False):
    """A quantity that left or came, and what it had cost.

    `{"known":5,"unknown":0,"sol":[5,1000],"usd":[0,0],"lots":[[1764435787,5]],"claimed":0}`.
    """

    known: int
    unknown: int
    sol: tuple[int, int]
    """Of how much the cost in lamports is known, and that cost."""
    usd: tuple[int, int]
    """The same in 10⁻⁹ dollars."""
    lots: tuple[Lot, ...]
    claimed: int = 0
    """Of the quantity of unknown cost, what airdrops and rewards brought."""


NO_PART = Part(0, 0, (0, 0), (0, 0), ())


class Basis(msgspec.Struct, omit_defaults=True):
    """Costs and proceeds in one currency, in its smallest unit.

    `{"quantity":5,"cost":1000,"realised":250,"with_cost":1250}`.
    """

    quantity: int = 0
    """Of how much of what is held the cost is known."""
    cost: int = 0
    realised: int = 0
    """Proceeds less cost, of what was sold with a known cost."""
    with_cost: int = 0
    """Proceeds of what was sold with a known cost."""
    without_cost: int = 0
    """Proceeds of what was sold without one."""
    from_claims: int = 0
    """Of these, what airdrops and rewards had brought."""
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
        """Book what a part brought.

        Args:
            sold: of how much of the known quantity the cost in this currency is known, and that cost, as
                `take` gave it.
            part: all that was sold, of known and of unknown cost.
            proceeds: for all of the part, in this currency's smallest unit; None: not known.

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
        self.with_cost += with_cost
        self.without_cost += proceeds - with_cost
        if part.claimed:
            self.from_claims += share(
                proceeds - with_cost, part.claimed, part.known + part.unknown - quantity
            )
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


def bound(lots: list[Lot], number: int = MAX_LOTS) -> None:
    """Join the oldest lots until there are no more than so many."""
    while len(lots) > number:
        (first_at, first), (second_at, second) = lots.pop(0), lots.pop(0)
        at = None
        if first_at is not None and second_at is not None:
            at = first_at + (second_at - first_at) * (second / (first + second))
        lots.insert(0, (at, first + second))


def joined(one: Part, other: Part) -> Part:
    """Both together."""
    lots = [*one.lots, *other.lots]
    bound(lots)
    return Part(
        known=one.known + other.known,
        unknown=one.unknown + other.unknown,
        sol=(one.sol[0] + other.sol[0], one.sol[1] + other.sol[1]),
        usd=(one.usd[0] + other.usd[0], one.usd[1] + other.usd[1]),
        lots=tuple(lots),
        claimed=one.claimed + other.claimed,
    )


def after_fee(part: Part, raw: int) -> Part:
    """Return what arrived of a part of which a fee was withheld: all of its cost is the cost of the rest."""
    whole = part.known + part.unknown
    if raw >= whole:
        return part
    known = share(raw, part.known, whole)
    lots: list[Lot] = []
    for at, quantity in part.lots:
        lots.append((at, min(quantity, known - sum(taken for _, taken in lots))))
    return Part(
        known=known,
        unknown=raw - known,
        sol=_of_rest(part.sol, known, part.known),
        usd=_of_rest(part.usd, known, part.known),
        lots=tuple(lot for lot in lots if lot[1]),
        claimed=share(part.claimed, raw - known, part.unknown) if part.unknown else 0,
    )


def _of_rest(side: tuple[int, int], known: int, whole: int) -> tuple[int, int]:
    """A cost stays whole, but with nothing that bears it it would be the cost of what comes next."""
    quantity = share(side[0], known, whole) if whole else 0
    return quantity, side[1] if quantity else 0


def held_seconds(lots: tuple[Lot, ...], at: int | None) -> int | None:
    """For how long the parts of a sale were held, by quantity, first come, first sold; None: not known."""
    if at is None:
        return None
    seconds: int | Fraction = 0
    whole = 0
    for came, quantity in lots:
        if came is not None:
            age = max(0, at - came)
            seconds += age * quantity if isinstance(age, int) else Fraction(age) * quantity
            whole += quantity
    if not whole:
        return None
    return share(1, seconds, whole) if isinstance(seconds, int) else round(seconds / whole)
