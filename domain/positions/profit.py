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
    realised_usd: Decimal | None = None
    """Dollars, before fees, where they tell all that sales gained, and SOL does not; None: SOL says it."""
    coverage: Decimal | None
    """The part of the proceeds whose cost is known, in the currency told; None: nothing was sold for it."""
    is_whole: bool = True
    """Whether all that was sold with a known cost is in the sum."""
    from_claims_sol: int = 0
    """Lamports for what airdrops and rewards had brought: no gain of any trade."""
    unrealised_usd: Decimal
    """Dollars more than what is held had cost, of what has both a cost and a price."""
    cost_usd: Decimal
    """What that had cost."""
    costed: Decimal | None
    """The part of the worth of what is held whose cost is known; None: nothing held has a price."""


def profit_of(holdings: Iterable[PricedHolding]) -> Profit:
    """Add up what wallets made of their tokens."""
    found = list(holdings)
    total = total_of(one.holding for one in found)
    costs = [as_decimal(one.holding.usd.cost, USD_DECIMALS) for one in found if _is_priced(one)]
    costed = sum((_worth(one, one.holding.usd.quantity) for one in found), Decimal(0))
    worth = sum((_worth(one, one.holding.quantity) for one in found), Decimal(0))
    cost = sum(costs, Decimal(0))
    return Profit(
        realised_sol=sum(one.holding.sol.realised for one in found),
        realised_usd=total.gain_usd if total.gain_sol is None else None,
        coverage=total.coverage,
        is_whole=total.is_whole,
        from_claims_sol=sum(one.holding.sol.from_claims for one in found),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What sales of a wallet gained in all, since it was first seen."""

    sales: int
    gain_sol: int | None
    """Lamports, before fees; None: nothing of known cost was sold for SOL, or the dollars alone say all."""
    gain_usd: Decimal | None
    """None: not known of all that was sold with a known cost."""
    coverage: Decimal | None
    """The part of the proceeds whose cost is known, in the first currency told; None: there were none."""
    is_whole: bool
    """Whether all that was sold with a known cost is in the sum."""


def total_of(holdings: Iterable[Holding]) -> Total:
    """Add up what a wallet's positions say of their sales; they outlive the alerts of these sales."""
    found = list(holdings)
    is_sol_known = all(one.sol.is_realised_known for one in found)
    is_usd_known = all(one.usd.is_realised_known for one in found)
    is_usd_alone = is_usd_known and not is_sol_known
    books = [one.usd if is_usd_alone else one.sol for one in found]
    with_cost = sum(one.with_cost for one in books)
    proceeds = with_cost + sum(one.without_cost for one in books)
    has_sol = any(one.sol.with_cost or one.sol.realised for one in found)
    has_usd = any(one.usd.with_cost or one.usd.realised for one in found)
    gain_usd = as_decimal(sum(one.usd.realised for one in found), USD_DECIMALS)
    return Total(
        sales=sum(one.sales for one in found),
        gain_sol=sum(one.sol.realised for one in found) if has_sol and not is_usd_alone else None,
        gain_usd=gain_usd if has_usd and is_usd_known else None,
        coverage=Decimal(with_cost) / proceeds if proceeds else None,
        is_whole=is_sol_known or is_usd_known,
    )
