"""Whether a token can be sold, and who could take its liquidity away."""

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from domain.security.checks import Check, Grade, NotRead, Verdict
from domain.security.facts import EarlierLook, Liquidity, LiquidityShares, Pool
from domain.security.liquidity import is_withdrawn, liquidity_checks, main_pool
from domain.sentences import sentence
from tests.domain.security.tokens import KNOWN, SOURCE

POOL = Pool(
    address="p",
    venue="PumpSwap",
    quote="SOL",
    dollars=Decimal(60_000),
    shares=LiquidityShares(burned=Fraction(1)),
)


def found(*pools: Pool, earlier: EarlierLook | None = None, is_complete: bool = False) -> dict[str, Check]:
    liquidity = Liquidity(pools=pools, source=SOURCE, is_complete=is_complete)
    facts = msgspec.structs.replace(KNOWN, liquidity=liquidity, earlier=earlier)
    return {check.name: check for check in liquidity_checks(facts)}


def pool(**changes: object) -> Pool:
    return msgspec.structs.replace(POOL, **changes)


def shares(**parts: Fraction) -> Pool:
    return pool(shares=msgspec.structs.replace(LiquidityShares(), **parts))


@pytest.mark.parametrize(
    ("dollars", "at_best"),
    [(999, Grade.D), (1_000, Grade.C), (9_999, Grade.C), (10_000, Grade.B), (50_000, Grade.A)],
)
def test_little_liquidity_limits_the_grade(dollars: int, at_best: Grade) -> None:
    assert found(pool(dollars=Decimal(dollars)))["liquidity"].at_best is at_best


def test_the_pools_count_together_and_one_without_a_price_says_nothing() -> None:
    checks = found(pool(dollars=Decimal(30_000)), pool(dollars=Decimal(30_000)), pool(dollars=None))
    assert checks["liquidity"].reason == "$60,000 in its pools."
    assert found(pool(dollars=None))["liquidity"].verdict is Verdict.UNKNOWN


def test_no_pool_is_an_f_only_if_every_place_was_looked_at() -> None:
    assert found(is_complete=True)["pools"].at_best is Grade.F
    assert found()["pools"].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("one", "at_best"),
    [
        (shares(burned=Fraction(95, 100)), Grade.A),
        (shares(burned=Fraction(40, 100), locked=Fraction(55, 100)), Grade.A),
        (shares(locked=Fraction(60, 100)), Grade.B),
        (shares(locked=Fraction(30, 100)), Grade.C),
        (shares(creator=Fraction(51, 100)), Grade.D),
        (pool(shares=NotRead(reason=sentence("positions are not counted"))), Grade.B),
        (pool(is_curve=True, shares=NotRead(reason=sentence("none"))), Grade.A),
    ],
)
def test_who_can_withdraw_decides_not_the_venue(one: Pool, at_best: Grade) -> None:
    assert found(one)["liquidity lock"].at_best is at_best


def test_the_date_from_which_locked_shares_come_free_is_said() -> None:
    locked = LiquidityShares(locked=Fraction(1), unlocks_at=1_800_000_000)
    check = found(pool(shares=locked))["liquidity lock"]
    assert check.reason == "PumpSwap: 0 % burned, 100 % locked; locked shares come free from 2027-01-15 on."


def test_withdrawn_liquidity_is_named_as_the_rug_it_is() -> None:
    earlier = EarlierLook(dollars=Decimal(300_000))
    check = found(pool(dollars=Decimal(60_000)), earlier=earlier)["liquidity withdrawal"]
    assert (check.verdict, check.at_best) == (Verdict.FAIL, Grade.F)
    assert check.reason == "It was taken away: $300,000 became $60,000."
    assert (
        found(POOL, earlier=EarlierLook(dollars=Decimal(290_000)))["liquidity withdrawal"].verdict
        is Verdict.PASS
    )
    assert found(POOL)["liquidity withdrawal"].verdict is Verdict.UNKNOWN


def test_what_never_was_cannot_be_withdrawn() -> None:
    assert not is_withdrawn(Decimal(0), Decimal(0))


def test_the_main_pool_is_the_one_that_is_worth_most() -> None:
    liquidity = Liquidity(pools=(pool(dollars=None), POOL), source=SOURCE)
    assert main_pool(liquidity) is POOL
