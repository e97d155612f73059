"""What several wallets have made together, sold or not, with how much of it has a known cost. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from domain.activity.amounts import as_decimal
from domain.positions.entries import USD_DECIMALS
from domain.positions.holdings import Holding


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedHolding:
    """One token of one wallet, and what it is worth now."""

    holding: Holding
    decimals: int | None
    price: Decimal | None
    """Dollars for one whole token; None: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profit:
    """What was made in all."""

    realised_sol: int
    """Lamports, before fees, of what was bought and sold for SOL."""
    coverage: Decimal | None
    """The part of the proceeds in SOL whose cost is known; None: nothing was sold for SOL."""
    unrealised_usd: Decimal
    """Dollars more than what is held had cost, of what has both a cost and a price."""
    cost_usd: Decimal
    """What that had cost."""
    costed: Decimal | None
    """The part of the worth of what is held whose cost is known; None: nothing held has a price."""


def profit_of(holdings: Iterable[PricedHolding]) -> Profit:
    """Add up what wallets made of their tokens."""
    found = list(holdings)
    with_cost = sum(one.holding.sol.with_cost for one in found)
    proceeds = with_cost + sum(one.holding.sol.without_cost for one in found)
    costs = [as_decimal(one.holding.usd.cost, USD_DECIMALS) for one in found if _is_priced(one)]
    costed = sum((_worth(one, one.holding.usd.quantity) for one in found), Decimal(0))
    worth = sum((_worth(one, one.holding.quantity) for one in found), Decimal(0))
    cost = sum(costs, Decimal(0))
    return Profit(
        realised_sol=sum(one.holding.sol.realised for one in found),
        coverage=Decimal(with_cost) / proceeds if proceeds else None,
        unrealised_usd=costed - cost,
        cost_usd=cost,
        costed=costed / worth if worth else None,
    )


def _is_priced(one: PricedHolding) -> bool:
    return one.price is not None and one.decimals is not None


def _worth(one: PricedHolding, raw: int) -> Decimal:
    """Dollars for so much of it; nothing where that is not known."""
    if one.price is None or one.decimals is None:
        return Decimal(0)
    return as_decimal(raw, one.decimals) * one.price
