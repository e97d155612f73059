"""What the creator did, and the rugs by name."""

import msgspec
import pytest

from domain.security.checks import Check, Grade, NotRead, Verdict
from domain.security.creator import creator_checks, has_collapsed
from domain.security.facts import Creation, EarlierScans
from domain.security.market import Market, Trade
from domain.sentences import sentence
from tests.domain.security.tokens import KNOWN, SOURCE


def found(market: Market | NotRead | None = None, **creation: object) -> dict[str, Check]:
    facts = msgspec.structs.replace(
        KNOWN,
        creation=msgspec.structs.replace(Creation(source=SOURCE, creator="Boss"), **creation),
        market=market or NotRead(reason=sentence("not read")),
    )
    return {check.name: check for check in creator_checks(facts)}


def trades(*prices: int) -> tuple[Trade, ...]:
    return tuple(
        Trade(at=at, slot=at, trader="t", is_buy=True, lamports=price, tokens=1)
        for at, price in enumerate(prices)
    )


FALLING = trades(*[100] * 10, *[5] * 10)


def test_frozen_holders_are_freeze_abuse_and_a_mere_power_is_not() -> None:
    check = found(frozen_accounts=3)["freeze abuse"]
    assert (check.at_best, check.reason) == (Grade.F, "The tokens of 3 holders are frozen.")
    assert found(frozen_accounts=0)["freeze abuse"].verdict is Verdict.PASS
    assert found()["freeze abuse"].verdict is Verdict.UNKNOWN


def test_a_creator_who_sold_all_into_a_price_that_collapsed_pumped_and_dumped() -> None:
    market = Market(mint="m", trades=FALLING, payments=())
    checks = found(market, creator_raw=4, creator_received=100)
    assert checks["pump and dump"].at_best is Grade.F
    assert checks["creator sold"].at_best is Grade.D


def test_a_price_that_collapsed_without_the_creator_is_no_dump() -> None:
    market = Market(mint="m", trades=FALLING, payments=())
    assert found(market, creator_raw=90, creator_received=100)["pump and dump"].verdict is Verdict.PASS
    assert found(market)["pump and dump"].verdict is Verdict.UNKNOWN


def test_a_creator_who_sold_while_the_price_stood_did_not_dump() -> None:
    market = Market(mint="m", trades=trades(*[100] * 20), payments=())
    checks = found(market, creator_raw=0, creator_received=100)
    assert checks["pump and dump"].verdict is Verdict.PASS
    assert checks["creator sold"].at_best is Grade.D


@pytest.mark.parametrize(
    ("prices", "collapsed"),
    [([100] * 9, None), ([100] * 10 + [5] * 10, True), ([100] * 19 + [5], False), ([5] * 10 + [100], False)],
)
def test_one_odd_price_is_no_collapse(prices: list[int], collapsed: bool | None) -> None:  # noqa: FBT001 - a case
    assert has_collapsed(trades(*prices)) is collapsed


def test_what_the_creator_held_at_an_earlier_scan_counts_too() -> None:
    facts = msgspec.structs.replace(
        KNOWN,
        creation=Creation(source=SOURCE, creator="Boss", creator_raw=1),
        earlier=EarlierScans(creator_raw=1_000),
    )
    checks = {check.name: check for check in creator_checks(facts)}
    assert checks["creator sold"].verdict is Verdict.FAIL


def test_whoever_pays_for_the_tokens_of_many_people_brands_none_of_them() -> None:
    """Of what a launchpad pays for some ends as a rug; of what a maker of rugs makes nearly all does."""
    paid = found(proven_rugs=9, other_tokens=40)["earlier tokens"]
    assert (paid.verdict, paid.at_best) == (Verdict.UNKNOWN, Grade.C)
    assert found(proven_rugs=0, other_tokens=40)["earlier tokens"].at_best is Grade.B
    assert "9 ended as a rug" in paid.reason
    assert found(proven_rugs=30, other_tokens=40)["earlier tokens"].at_best is Grade.F
    assert found(proven_rugs=1, other_tokens=20)["earlier tokens"].at_best is Grade.F


def test_the_creator_of_an_earlier_rug_is_an_f() -> None:
    assert found(proven_rugs=2)["earlier tokens"].at_best is Grade.F
    assert found()["earlier tokens"].verdict is Verdict.PASS
    assert found(creator=None)["earlier tokens"].verdict is Verdict.UNKNOWN
