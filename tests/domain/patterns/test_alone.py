"""Slices, sleepers and moves."""

import pytest

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.patterns.alone import LastAct, Moving, Sleep, Verdict, judged, last_act, moving, slept, slices
from domain.patterns.sightings import Action, PastOfAddress
from tests.domain.patterns.samples import DAY, HOUR, NOW, bought, paid, sent, sold

HOME = Verdict(is_home=True, is_final=True)
NONE = Verdict(is_home=False, is_final=True)
NOT_YET = Verdict(is_home=False, is_final=False)
FIVE = [bought("a", 10 * number) for number in range(5)]


def test_five_purchases_without_a_sale_are_slices() -> None:
    found = slices(FIVE)
    assert found is not None
    assert (len(found.trades), found.usd, found.largest) == (5, 2_500.0, 0.2)
    assert slices(FIVE[1:]) is None


def test_a_sale_a_large_part_or_a_long_pause_makes_them_none() -> None:
    assert slices([*FIVE[:3], sold("a", 25, 3_000, 2_000), *FIVE[3:]]) is None
    assert slices([bought("a", -5, usd=9_000.0), *FIVE]) is None
    assert slices([bought("a", -400), *FIVE[1:]]) is None
    assert slices([*FIVE, sold("a", 60, 5_000, 0)]) is None


def test_small_sums_are_none_and_unknown_ones_are() -> None:
    assert slices([bought("a", number, usd=100.0) for number in range(5)]) is None
    assert slices([bought("a", number, usd=None) for number in range(5)]) is not None


def test_a_month_without_an_act_is_a_sleep_where_it_is_known() -> None:
    action = bought("a", 0)
    assert slept(action, LastAct(NOW - 31 * DAY)) == Sleep(31 * DAY)
    assert slept(action, LastAct(NOW - 31 * DAY, is_bound=True)) == Sleep(31 * DAY, is_bound=True)
    assert slept(action, LastAct(NOW - 29 * DAY)) is None
    assert slept(action, None) is None
    assert slept(paid("b", "a", 0), LastAct(NOW - 31 * DAY)) is None


def test_a_history_says_when_a_wallet_acted_last_or_since_when_it_did_not() -> None:
    acted = did(Kind.BUY, 500)
    others = [did(Kind.TRANSFER_IN, at) for at in (900, 700, 600)]
    assert last_act([*others, acted], is_whole=False) == LastAct(500)
    assert last_act(others, is_whole=False) == LastAct(600, is_bound=True)
    assert last_act(others, is_whole=True) is None, "it never did anything"
    assert last_act([did(Kind.BUY, None)], is_whole=False) is None


def did(kind: Kind, at: int | None) -> Activity:
    legs = (Leg(mint=SOL, raw=10**9, decimals=9),)
    return Activity(
        chain="solana",
        signature="s",
        slot=1,
        block_time=at,
        wallet="a",
        kind=kind,
        paid=legs if kind is Kind.BUY else (),
        received=legs,
        counterparty="b",
        is_signer=kind is Kind.BUY,
    )


def test_most_of_it_within_an_hour_to_one_address_is_a_move() -> None:
    found = moving([sent("a", "x", 0, 3_000), sent("a", "x", 50, 4_000, book=7_000)], frozenset())
    assert found is not None
    assert (found.to, found.usd, found.share) == ("x", 7_000.0, 0.7)
    assert moving([sent("a", "x", 0, 3_000), sent("a", "y", 5, 4_000, 7_000)], frozenset()) is None
    assert moving([sent("a", "x", 0, 3_000), sent("a", "x", 61, 4_000)], frozenset()) is None
    assert moving([sent("a", "x", 0, 9_000)], frozenset({"x"})) is None
    assert moving([sent("a", "x", 0, 9_000, book=None)], frozenset()) is None


@pytest.mark.parametrize(
    ("past", "payers", "verdict"),
    [
        (PastOfAddress(NOW, acts=True), 1, HOME),
        (PastOfAddress(NOW, seen_until=NOW + HOUR), 1, NOT_YET),
        (PastOfAddress(NOW, seen_until=NOW + DAY), 1, HOME),
        (PastOfAddress(NOW, passed_on=0.97, seen_until=NOW + DAY), 1, NONE),
        (PastOfAddress(None, acts=True), 1, NONE),
        (PastOfAddress(NOW - DAY - 1, acts=True), 1, NONE),
        (PastOfAddress(NOW, acts=True), 21, NONE),
    ],
)
def test_an_address_is_a_home_when_it_acts_or_is_left_alone(
    past: PastOfAddress, payers: int, verdict: Verdict
) -> None:
    move = Moving("x", (sent("a", "x", 0, 9_000),), 9_000.0, 0.9, 0.0)
    assert judged(move, past, payers) == verdict


def test_what_no_exchange_takes_went_to_none() -> None:
    coin = sent("a", "x", 0, 9_000)._replace(mint="WIF", is_small=True, action=Action.SENT)
    move = moving([coin], frozenset())
    assert move is not None
    assert judged(move, PastOfAddress(NOW), 1).is_home
