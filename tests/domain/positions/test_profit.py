"""What wallets made together, with what is not known apart."""

from decimal import Decimal

from domain.positions.costs import Basis
from domain.positions.holdings import Holding
from domain.positions.profit import PricedHolding, Total, profit_of, total_of


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


def test_what_was_sold_for_dollars_alone_counts_in_dollars() -> None:
    sold = Holding(
        sales=1, sol=Basis(is_realised_known=False), usd=Basis(realised=3 * 10**9, with_cost=10**10)
    )
    found = profit_of([PricedHolding(holding=sold, decimals=None, price=None)])
    assert (found.realised_usd, found.coverage) == (Decimal(3), Decimal(1))
    in_sol = Holding(sales=1, sol=Basis(realised=3, with_cost=9), usd=Basis(realised=10**9, with_cost=10**9))
    assert profit_of([PricedHolding(holding=in_sol, decimals=None, price=None)]).realised_usd is None


def test_of_nothing_nothing_is_known() -> None:
    found = profit_of([])
    assert (found.realised_sol, found.coverage, found.costed) == (0, None, None)
    assert found.cost_usd == Decimal(0)


def test_what_sales_gained_in_all_comes_in_one_currency_that_tells_all_of_it() -> None:
    for_sol = Holding(sales=2, sol=Basis(realised=5, with_cost=9), usd=Basis(is_realised_known=False))
    for_dollars = Holding(sales=1, sol=Basis(is_realised_known=False), usd=Basis(realised=10**9, with_cost=2))
    for_both = Holding(
        sales=1, sol=Basis(realised=-2, with_cost=1), usd=Basis(realised=-(10**9), with_cost=1)
    )
    never_sold = Holding(known=5, purchases=1)
    assert total_of([for_sol, for_both, never_sold]) == Total(
        sales=3, gain_sol=3, gain_usd=None, coverage=Decimal(1), is_whole=True
    )
    assert total_of([for_dollars, for_both]) == Total(
        sales=2, gain_sol=None, gain_usd=Decimal(0), coverage=Decimal(1), is_whole=True
    )
    assert total_of([for_both]) == Total(
        sales=1, gain_sol=-2, gain_usd=Decimal(-1), coverage=Decimal(1), is_whole=True
    )
    assert total_of([for_sol, for_dollars]) == Total(
        sales=3, gain_sol=5, gain_usd=None, coverage=Decimal(1), is_whole=False
    )


def test_what_had_no_known_cost_gained_nothing_that_is_known() -> None:
    gift = Holding(sales=1, sol=Basis(without_cost=9), usd=Basis(without_cost=9))
    assert total_of([gift]) == Total(
        sales=1, gain_sol=None, gain_usd=None, coverage=Decimal(0), is_whole=True
    )
    part = Holding(sales=1, sol=Basis(realised=1, with_cost=3, without_cost=1))
    assert total_of([part]).coverage == Decimal("0.75")
    assert total_of([]) == Total(sales=0, gain_sol=None, gain_usd=None, coverage=None, is_whole=True)
