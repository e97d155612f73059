"""One holding: costs by average, the unknown part pro rata, nothing created or lost by rounding."""

from fractions import Fraction

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.positions.costs import MAX_LOTS, MAX_STORED_LOTS
from domain.positions.entries import Worth
from domain.positions.holdings import Holding, encoded


def test_a_sale_takes_its_share_of_the_average_cost() -> None:
    holding = Holding()
    holding.buy(10, Worth(100, 1_000), 0)
    holding.buy(10, Worth(300, 3_000), 10)
    assert holding.sell(5, 0, Worth(150, 1_500), 20).held_seconds == 20
    assert (holding.sol.realised, holding.sol.cost, holding.known) == (50, 300, 15)
    assert (holding.usd.realised, holding.usd.cost) == (500, 3_000)


def test_a_sale_says_what_it_brought_in_the_currencies_in_which_its_cost_is_known() -> None:
    holding = Holding()
    holding.buy(10, Worth(100, None), 0)
    holding.expect(20)
    sale = holding.sell(10, 0, Worth(200, 900), 60)
    assert (sale.known, sale.unknown, sale.held_seconds) == (5, 5, 60)
    assert (sale.cost_sol, sale.gain_sol, sale.gain_usd) == (50, 50, None)


def test_a_full_exit_resets_the_average() -> None:
    holding = Holding()
    holding.buy(10, Worth(1_000, None), 0)
    holding.sell(10, 0, Worth(1_000, None), 1)
    holding.buy(10, Worth(3_000, None), 2)
    assert (holding.sol.cost, holding.known, holding.opened_at) == (3_000, 10, 2)


def test_the_time_held_is_weighted_by_quantity_first_come_first_sold() -> None:
    holding = Holding()
    holding.buy(10, Worth(1, 1), 0)
    holding.buy(30, Worth(1, 1), 100)
    assert holding.sell(20, 0, Worth(1, 1), 200).held_seconds == (10 * 200 + 10 * 100) // 20


def test_the_time_held_is_not_known_without_the_time_of_a_purchase_or_of_the_sale() -> None:
    holding = Holding()
    holding.buy(10, Worth(1, 1), None)
    assert holding.sell(5, 0, Worth(1, 1), 200).held_seconds is None
    holding.buy(10, Worth(1, 1), 0)
    assert holding.sell(10, 0, Worth(1, 1), None).held_seconds is None


def test_an_unknown_quantity_is_sold_pro_rata_and_its_proceeds_stand_apart() -> None:
    holding = Holding()
    holding.buy(30, Worth(300, 300), 0)
    holding.expect(90)
    holding.sell(45, 0, Worth(900, 900), 1)
    assert (holding.known, holding.unknown) == (15, 30)
    assert (holding.sol.realised, holding.sol.without_cost, holding.sol.cost) == (150, 600, 150)


def test_what_misses_on_the_chain_has_left_with_its_cost() -> None:
    holding = Holding()
    holding.buy(10, Worth(100, None), 0)
    holding.expect(4)
    assert (holding.known, holding.unknown, holding.sol.cost, holding.sol.realised) == (4, 0, 40, 0)


def test_a_cost_known_in_dollars_alone_makes_no_profit_in_sol() -> None:
    holding = Holding()
    holding.buy(10, Worth(None, 100), 0)
    holding.sell(10, 0, Worth(500, 300), 1)
    assert (holding.sol.realised, holding.sol.without_cost) == (0, 500)
    assert holding.usd.realised == 200
    assert not holding.sol.is_realised_known
    assert holding.usd.is_realised_known


def test_a_sale_that_nobody_can_value_realises_nothing_and_says_so() -> None:
    holding = Holding()
    holding.buy(10, Worth(100, None), 0)
    holding.sell(10, 0, Worth(None, None), 1)
    assert (holding.sol.realised, holding.sol.cost, holding.unpriced) == (0, 0, 2)
    assert not holding.sol.is_realised_known


def test_a_purchase_of_unknown_worth_has_no_cost_of_zero() -> None:
    holding = Holding()
    holding.buy(10, Worth(None, None), 0)
    assert (holding.known, holding.unknown) == (0, 10)


def test_what_goes_away_comes_back_with_its_cost_and_the_yield_without() -> None:
    holding = Holding()
    holding.buy(10, Worth(100, 100), 0)
    holding.send_away(10)
    assert (holding.quantity, holding.sol.cost) == (0, 0)
    holding.bring_back(12, 5)
    assert (holding.known, holding.unknown, holding.sol.cost) == (10, 2, 100)


def test_what_came_back_lies_away_no_more_where_a_position_begins_with_it() -> None:
    """Little of a large bag goes into a pool and back; most of that into another one: it is away still."""
    holding = Holding()
    holding.buy(1_000, Worth(1_000, 1_000), 0)
    holding.sell(985, 0, Worth(985, 985), 1)
    holding.send_away(15)
    holding.bring_back(15, 2)
    assert (holding.peak, holding.away_before) == (15, 0)
    holding.send_away(14)
    holding.sell(1, 0, Worth(9, 9), 3)
    holding.end_round_trip(3)
    assert (holding.is_away, holding.trips_ended) == (True, 0)


def test_what_an_order_sold_had_the_cost_with_which_it_went_away() -> None:
    holding = Holding()
    holding.buy(10, Worth(100, 100), 0)
    holding.send_away(10)
    holding.buy(10, Worth(900, 900), 1)
    holding.sell(0, 10, Worth(300, 300), 2)
    assert (holding.sol.realised, holding.sol.cost, holding.known) == (200, 900, 10)


def test_a_position_is_closed_when_two_in_a_hundred_of_the_most_are_left() -> None:
    holding = Holding()
    holding.buy(100, Worth(100, 100), 7)
    closed = []
    for quantity in (97, 1):
        holding.sell(quantity, 0, Worth(quantity, quantity), 8)
        closed.append(holding.is_closed)
    assert closed == [False, True]
    holding.buy(50, Worth(50, 50), 10)
    assert (holding.is_closed, holding.opened_at, holding.peak) == (False, 10, 52)


def test_the_times_of_very_many_purchases_are_kept_in_a_bounded_list() -> None:
    holding = Holding()
    for at in range(MAX_LOTS + 500):
        holding.buy(1, Worth(1, 1), at)
    assert len(holding.lots) == MAX_LOTS
    assert holding.sell(MAX_LOTS + 500, 0, Worth(1, 1), MAX_LOTS + 500).held_seconds is not None


_TRADES = st.lists(
    st.tuples(st.booleans(), st.integers(1, 10**12), st.integers(0, 10**12), st.integers(0, 10**6)),
    max_size=30,
)


def test_what_is_stored_of_very_many_purchases_has_the_same_sums_and_is_short() -> None:
    holding = Holding()
    for at in range(500):
        holding.buy(2, Worth(1, 1), at)
    holding.send_away(400)
    for at in range(500, 1_000):
        holding.buy(2, Worth(1, 1), at)
    kept = msgspec.json.decode(encoded(holding), type=Holding)
    assert (len(kept.lots), len(kept.away.lots), len(holding.lots)) == (MAX_STORED_LOTS, MAX_STORED_LOTS, 800)
    assert (kept.known, kept.sol, sum(quantity for _, quantity in kept.lots)) == (1_600, holding.sol, 1_600)
    exact = holding.sell(1_600, 0, Worth(1, 1), 2_000).held_seconds
    assert exact == round(Fraction(sum(2 * (2_000 - at) for at in range(200, 1_000)), 1_600))
    stored = kept.sell(1_600, 0, Worth(1, 1), 2_000).held_seconds
    assert exact is not None
    assert stored is not None
    assert abs(stored - exact) <= 1
    few = Holding(known=1, lots=[(5, 1)])
    assert encoded(few) == msgspec.json.encode(few).decode()


@settings(max_examples=200)
@given(_TRADES)
def test_nothing_is_created_or_lost(trades: list[tuple[bool, int, int, int]]) -> None:
    """Paid = cost held + cost of what was sold; got = realised + that cost + what has no cost."""
    holding, paid, got = Holding(), 0, 0
    for is_purchase, quantity, worth, given_away in trades:
        if is_purchase:
            holding.buy(quantity, Worth(worth, None), 0)
            paid += worth
        elif holding.quantity:
            sold = min(quantity, holding.quantity)
            holding.sell(sold, 0, Worth(worth, None), 0)
            got += worth
        holding.expect(holding.quantity + given_away)
    cost_of_sales = paid - holding.sol.cost
    assert holding.sol.realised + holding.sol.without_cost == got - cost_of_sales
    assert holding.sol.quantity == holding.known == sum(quantity for _, quantity in holding.lots)
    assert holding.sol.cost >= 0
    if not holding.known:
        assert holding.sol.cost == 0


@settings(max_examples=200)
@given(_TRADES)
def test_it_agrees_with_fractions_within_one_unit_a_sale(trades: list[tuple[bool, int, int, int]]) -> None:
    holding, exact, cost, sales = Holding(), Fraction(0), Fraction(0), 0
    for is_purchase, quantity, worth, _ in trades:
        if is_purchase:
            holding.buy(quantity, Worth(worth, None), 0)
            cost += worth
        elif holding.known:
            sold = min(quantity, holding.known)
            taken = cost * sold / holding.known
            exact, cost, sales = exact + worth - taken, cost - taken, sales + 1
            holding.sell(sold, 0, Worth(worth, None), 0)
    assert abs(holding.sol.realised - exact) <= sales
    assert abs(holding.sol.cost - cost) <= sales


def test_selling_more_than_was_seen_leaves_nothing_of_what_must_have_been_there() -> None:
    holding = Holding()
    holding.sell(10, 0, Worth(100, 100), 5)
    assert (holding.peak, holding.is_closed, holding.opened_at) == (10, True, None)
