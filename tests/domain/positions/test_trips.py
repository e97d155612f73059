"""Round trips: what they cost, gained, and how long they took."""

from fractions import Fraction

from msgspec import structs

from domain.positions.costs import Sale
from domain.positions.trips import GAIN_UNITS, RoundTrip

SALE = Sale(known=10, unknown=0, cost_sol=100, gain_sol=50, cost_usd=200, gain_usd=-20, held_seconds=60)


def _sale(**fields: int | None) -> Sale:
    return structs.replace(SALE, **fields)


def _trip(*sales: Sale) -> RoundTrip:
    trip = RoundTrip()
    for sale in sales:
        trip.add(sale)
    return trip


def test_a_trip_is_the_sum_of_its_sales() -> None:
    trip = _trip(_sale(), _sale(known=30, held_seconds=20))
    assert (trip.cost_sol, trip.net_sol, trip.gain_usd) == (200, 100, -40)
    assert trip.held_seconds == (10 * 60 + 30 * 20) // 40


def test_its_gain_counts_in_sol_and_else_in_dollars() -> None:
    assert _trip(_sale()).share == Fraction(1, 2)
    assert _trip(_sale()).gain == GAIN_UNITS // 2
    assert _trip(_sale(gain_sol=None)).gain == -GAIN_UNITS // 10
    assert _trip(_sale(gain_sol=None)).share == Fraction(-1, 10)
    assert _trip(_sale(gain_sol=None, gain_usd=None)).share is None


def test_a_trip_of_which_some_cost_is_not_known_has_no_gain() -> None:
    assert _trip(_sale(), _sale(unknown=1)).share is None
    assert _trip(_sale(), _sale(unknown=1)).gain is None
    assert _trip().share is None


def test_the_time_is_not_known_where_no_sale_tells_it() -> None:
    assert _trip(_sale(held_seconds=None)).held_seconds is None


def test_fees_lower_the_gain_until_it_has_ended() -> None:
    trip = _trip(_sale())
    trip.pay(10)
    trip.close(None)
    trip.pay(10)
    assert (trip.net_sol, trip.closed_at) == (40, 0)
    unknown = _trip(_sale(gain_sol=None))
    unknown.pay(10)
    assert unknown.net_sol is None


def test_what_is_sold_after_its_end_belongs_to_no_trip() -> None:
    trip = _trip(_sale())
    trip.close(7)
    trip.add(_sale())
    trip.pay(5)
    assert (trip.known, trip.net_sol, trip.closed_at) == (10, 50, 7)
