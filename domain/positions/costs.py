"""What a quantity of a token had cost, and what its sale brought: averages in two currencies. Pure."""

import msgspec

from domain.positions.entries import share

MAX_LOTS = 100
"""Purchases whose time is kept apart, to tell how long was held; beyond that the oldest two become one."""

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
    with_cost: int = 0
    """Proceeds of what was sold with a known cost."""
    without_cost: int = 0
    """Proceeds of what was sold without one."""
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
        self.with_cost += with_cost
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


def bound(lots: list[Lot]) -> None:
    """Join the oldest lots until there are no more than are kept."""
    while len(lots) > MAX_LOTS:
        (first_at, first), (second_at, second) = lots.pop(0), lots.pop(0)
        at = None
        if first_at is not None and second_at is not None:
            at = first_at + (second_at - first_at) * second // (first + second)
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
    )


def held_seconds(lots: tuple[Lot, ...], at: int | None) -> int | None:
    """For how long the parts of a sale were held, by quantity; first come, first sold."""
    if at is None:
        return None
    timed = [(at - came, quantity) for came, quantity in lots if came is not None]
    whole = sum(quantity for _, quantity in timed)
    return share(1, sum(max(0, age) * quantity for age, quantity in timed), whole) if whole else None
