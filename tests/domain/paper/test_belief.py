"""Which prices a campaign believes."""

from fractions import Fraction
from typing import Any

from domain.paper.belief import CLAIM_SECONDS, Marks
from domain.paper.fills import ShownPrice
from domain.paper.trades import SeenTrade


def shows(price: int, at: int = 0, wallet: str = "w", depth: int | None = None, **fields: Any) -> SeenTrade:
    known: dict[str, Any] = {"is_certain": depth is not None, "signature": "s"}
    visible = ShownPrice(lamports=Fraction(price), depth=depth)
    return SeenTrade(wallet=wallet, at=at, token="t", price=visible, **(known | fields))


def marks(depth: int | None = None) -> Marks:
    return Marks({"t": ShownPrice(lamports=Fraction(10), depth=depth)}, {})


def test_a_small_step_is_believed_and_a_jump_that_a_pool_shows_too() -> None:
    assert marks().believed(shows(20)) is not None
    assert marks().believed(shows(90, depth=100)) is not None
    assert marks(depth=400).believed(shows(90, depth=100)) is not None


def test_a_jump_that_no_pool_or_a_shallow_one_shows_needs_another_wallet() -> None:
    known = marks(depth=401)
    assert known.believed(shows(90, depth=100)) is None
    assert known.believed(shows(91, wallet="w")) is None
    assert known.believed(shows(80, wallet="x")) is not None
    assert known.claims == {}


def test_another_wallet_elsewhere_confirms_nothing() -> None:
    known = marks()
    assert known.believed(shows(90)) is None
    assert known.believed(shows(900, wallet="x")) is None


def test_a_claim_that_nobody_contradicts_within_an_hour_is_believed() -> None:
    known = marks()
    assert known.believed(shows(90)) is None
    assert known.believed(shows(90, CLAIM_SECONDS - 1)) is None
    assert known.believed(shows(90, CLAIM_SECONDS)) is not None


def test_a_fall_that_somebody_followed_shows_is_believed_and_a_rise_is_not() -> None:
    assert marks().believed(shows(1), is_followed=True) is not None
    assert marks().believed(shows(1)) is None
    assert marks().believed(shows(90), is_followed=True) is None


def test_a_price_in_between_contradicts_a_claim() -> None:
    known = marks()
    known.believed(shows(90))
    assert known.believed(shows(10, wallet="x")) is not None
    assert known.believed(shows(90, CLAIM_SECONDS)) is None


def test_a_token_of_which_nothing_is_known_may_cost_anything() -> None:
    known = marks()
    known.forget("t")
    assert known.believed(shows(90)) is not None
