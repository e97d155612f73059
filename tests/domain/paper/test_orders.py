"""What waits for a price."""

from fractions import Fraction

from domain.paper.orders import MAX_WAITING, Orders
from domain.paper.plan import FILL_SECONDS
from domain.paper.state import Order
from domain.paper.trades import Cause, Side


def order(side: Side, due: int = 0, share: Fraction = Fraction(1), *, wallet: str = "w") -> Order:
    return Order(
        side=side,
        cause=Cause.WHALE,
        wallet=wallet,
        token="t",
        signature="s",
        due=due,
        ordered_at=0,
        priority=due,
        share=share,
    )


HALF = Fraction(1, 2)


def test_sales_beyond_the_bound_join_the_last() -> None:
    orders = Orders(order(Side.SELL, n, HALF) for n in range(MAX_WAITING))
    orders.add(order(Side.SELL, 9, HALF))
    last = orders.waiting[-1]
    assert (len(orders), last.share, last.due, last.priority) == (MAX_WAITING, Fraction(3, 4), 3, 9)
    orders.add(order(Side.SELL, 9, HALF, wallet="x"))
    assert len(orders) == MAX_WAITING + 1


def test_a_sale_of_all_is_never_sooner_by_joining_another() -> None:
    orders = Orders(order(Side.SELL, n, HALF) for n in range(MAX_WAITING))
    orders.add(order(Side.SELL, 9))
    assert [one.due for one in orders.waiting[-2:]] == [3, 9]


def test_what_is_bought_again_takes_no_second_slot() -> None:
    orders = Orders([order(Side.SELL), order(Side.BUY, 1)])
    assert [orders.has_slot({"w t": 1}, limit) for limit in (1, 2, 3)] == [False, True, True]
    assert [orders.has_slot({"x t": 1}, limit) for limit in (1, 2, 3)] == [False, False, True]


def test_a_purchase_lapses_after_its_minute_and_a_sale_never() -> None:
    orders = Orders([order(Side.SELL), order(Side.BUY), order(Side.BUY, 1, wallet="x")])
    assert orders.lapse(FILL_SECONDS) == []
    assert [one.side for one in orders.lapse(FILL_SECONDS + 1)] == [Side.BUY]
    assert orders.has_slot({}, 1) is False
    assert [one.side for one in orders.lapse(10**6)] == [Side.BUY]
    assert (len(orders), orders.has_slot({}, 1)) == (1, True)


def test_it_says_whether_a_position_leaves_and_whether_there_is_one_then() -> None:
    orders = Orders([order(Side.SELL, 0, HALF)])
    assert (orders.is_leaving("w", "t"), orders.will_hold("w", "t", is_owned=True)) == (False, True)
    orders.add(order(Side.SELL))
    assert (orders.is_leaving("w", "t"), orders.will_hold("w", "t", is_owned=True)) == (True, False)
    orders.add(order(Side.BUY))
    assert (orders.is_leaving("w", "t"), orders.will_hold("w", "t", is_owned=True)) == (True, True)


def test_what_is_due_is_taken_once_and_what_has_nothing_to_sell_is_dropped() -> None:
    orders = Orders([order(Side.SELL), order(Side.SELL, 5, HALF), order(Side.BUY, 6), order(Side.SELL, 7)])
    assert [one.due for one in orders.take("t", 0, lambda _: True)] == [0]
    orders.drop_needless("t", [])
    assert [one.due for one in orders.waiting] == [6, 7]
    assert orders.take("t", 9, lambda _: False) == []
    assert len(orders.take("t", 9, lambda _: True)) == 2
    assert not orders.awaits("t")
