"""What wallets made together, with what is not known apart."""

from decimal import Decimal

from domain.positions.costs import Basis
from domain.positions.holdings import Holding
from domain.positions.profit import PricedHolding, profit_of


def owned(
    known: int, cost: int, unknown: int = 0, price: int | None = 2, decimals: int | None = 0
) -> PricedHolding:
    """So many tokens that had cost so many dollars."""
    usd = Basis(quantity=known, cost=cost * 10**9)
    holding = Holding(known=known, unknown=unknown, usd=usd)
    return PricedHolding(holding=holding, decimals=decimals, price=None if price is None else Decimal(price))


def test_what_is_owned_is_compared_with_its_known_cost() -> None:
    found = profit_of([owned(10, 15, unknown=10), owned(5, 9, price=None), owned(5, 9, decimals=None)])
    assert (found.unrealised_usd, found.cost_usd) == (Decimal(5), Decimal(15))
    assert found.costed == Decimal("0.5")


def test_what_was_sold_counts_with_its_coverage() -> None:
    sold = Holding(sol=Basis(realised=3, with_cost=9, without_cost=1))
    found = profit_of([PricedHolding(holding=sold, decimals=None, price=None)])
    assert (found.realised_sol, found.coverage, found.costed) == (3, Decimal("0.9"), None)


def test_of_nothing_nothing_is_known() -> None:
    found = profit_of([])
    assert (found.realised_sol, found.coverage, found.costed) == (0, None, None)
    assert found.cost_usd == Decimal(0)
