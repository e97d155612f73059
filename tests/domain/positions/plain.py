"""Positions computed plainly, in fractions, to compare the ledger with: it shares nothing with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from domain.activity.activity import SOL
from domain.positions.holdings import Holding

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
NANO = 1_000
"""Of the smallest unit of USDC in 10⁻⁹ dollars, in which worth is counted."""
BASIS = {"cost": "cost", "realised": "gained", "without_cost": "without_cost", "from_claims": "claimed"}


@dataclass(slots=True)
class Money:
    """One currency of a position."""

    quantity: int = 0
    """Of how much the cost is known."""
    cost: Fraction = Fraction(0)
    gained: Fraction = Fraction(0)
    without_cost: Fraction = Fraction(0)
    claimed: Fraction = Fraction(0)
    announced: Fraction = Fraction(0)
    """Of what is gained: by sales of which all is known, so that their alerts say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A quantity that left, and what it had cost in each currency."""

    raw: int
    known: int
    claims: int
    money: Mapping[str, tuple[int, Fraction]]


@dataclass(slots=True)
class Plain:
    """A position."""

    known: int = 0
    unknown: int = 0
    claims: int = 0
    sales: int = 0
    leaves: int = 0
    """How often something left: so many roundings there are."""
    money: dict[str, Money] = field(default_factory=lambda: {SOL: Money(), USDC: Money()})

    def found(self, balance: int) -> None:
        """The chain shows what is there: more than was seen came without a cost."""
        self.unknown = balance - self.known
        self.claims = min(self.claims, self.unknown)

    def buy(self, raw: int, quote: str, worth: int) -> None:
        self.known += raw
        self.money[quote].quantity += raw
        self.money[quote].cost += worth

    def get(self, raw: int, *, is_claim: bool) -> None:
        self.unknown += raw
        self.claims += raw if is_claim else 0

    def put(self, part: Left) -> None:
        """Another wallet of the same owner sent it."""
        self.known += part.known
        self.unknown += part.raw - part.known
        self.claims += part.claims
        for currency, (quantity, cost) in part.money.items():
            self.money[currency].quantity += quantity
            self.money[currency].cost += cost

    def take(self, raw: int) -> Left:
        unknown = max(self.unknown, raw - self.known)
        known = round(Fraction(raw * self.known, self.known + unknown))
        rest = raw - known
        claims = round(Fraction(self.claims * rest, unknown)) if unknown else 0
        parts = {currency: self._taken(money, known) for currency, money in self.money.items()}
        self.leaves += 1
        self.known -= known
        self.unknown = unknown - rest
        self.claims -= claims
        return Left(raw=raw, known=known, claims=claims, money=parts)

    def _taken(self, money: Money, known: int) -> tuple[int, Fraction]:
        if not known or not money.quantity:
            return 0, Fraction(0)
        others = self.known - money.quantity
        fair = round(Fraction(money.quantity * known, self.known))
        taken = min(max(fair, known - others), money.quantity, known)
        cost = money.cost * taken / money.quantity
        money.quantity -= taken
        money.cost -= cost
        return taken, cost

    def sell(self, raw: int, quote: str, worth: int) -> None:
        part, money = self.take(raw), self.money[quote]
        taken, cost = part.money[quote]
        gained = Fraction(worth * taken, raw) - cost
        self.sales += 1
        money.gained += gained
        money.announced += gained if taken and taken == part.known else 0
        money.without_cost += Fraction(worth * (raw - taken), raw)
        money.claimed += Fraction(worth * part.claims, raw)


def differences(found: Holding, plain: Plain, roundings: int) -> list[str]:
    """Name what differs: a quantity at all, a sum by more than one unit for each rounding."""
    exact = {
        "known": (found.known, plain.known),
        "unknown": (found.unknown, plain.unknown),
        "claimed": (found.claimed, plain.claims),
        "sales": (found.sales, plain.sales),
        "quantity in SOL": (found.sol.quantity, plain.money[SOL].quantity),
        "quantity in dollars": (found.usd.quantity, plain.money[USDC].quantity),
    }
    sums = {
        f"{what} in {currency}": (getattr(basis, name), getattr(plain.money[currency], what))
        for currency, basis in ((SOL, found.sol), (USDC, found.usd))
        for name, what in BASIS.items()
    }
    return [
        *(f"{what}: {one} is not {two}" for what, (one, two) in exact.items() if one != two),
        *(
            f"{what}: {one} is not {float(two)}"
            for what, (one, two) in sums.items()
            if abs(one - two) > roundings
        ),
    ]
