"""Whether a token can be sold, and who could take its liquidity away."""

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from domain.security.checks import Check, Grade, NotRead, Verdict
from domain.security.facts import EarlierScans, Holder, Holders, Liquidity, LiquidityShares, OwnerKind, Pool
from domain.security.holders import holder_checks
from domain.security.liquidity import is_withdrawn, liquidity_checks, main_pool, parked_check
from domain.sentences import sentence
from tests.domain.security.tokens import KNOWN, PAIR, SOURCE

POOL = Pool(
    address="p",
    venue="PumpSwap",
    quote="SOL",
    dollars=Decimal(60_000),
    shares=LiquidityShares(burned=Fraction(1)),
)


def found(*pools: Pool, earlier: EarlierScans | None = None, is_complete: bool = False) -> dict[str, Check]:
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


@pytest.mark.parametrize(
    ("fee", "at_best"),
    [
        (None, Grade.A),
        ((5, 100), Grade.A),
        ((51, 1_000), Grade.C),
        ((11, 100), Grade.D),
        ((99, 100), Grade.F),
    ],
)
def test_a_pool_that_keeps_much_of_each_trade_limits_the_grade(
    fee: tuple[int, int] | None, at_best: Grade
) -> None:
    check = found(pool(fee=None if fee is None else Fraction(*fee)))["liquidity"]
    assert check.at_best is at_best
    small = found(pool(dollars=Decimal(30_000), fee=None if fee is None else Fraction(*fee)))["liquidity"]
    assert small.at_best is max(at_best, Grade.B)
    assert found(pool(dollars=None, fee=Fraction(99, 100)))["liquidity"].reason == (
        "Its largest pool, at PumpSwap, keeps 99 % of each purchase and of each sale."
    )


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
        (pool(is_curve=True, shares=LiquidityShares(locked=Fraction(9, 10))), Grade.A),
        (pool(is_curve=True, shares=LiquidityShares(locked=Fraction(1, 2))), Grade.B),
        (pool(is_curve=True, shares=LiquidityShares()), Grade.C),
    ],
)
def test_who_can_withdraw_decides_not_the_venue(one: Pool, at_best: Grade) -> None:
    assert found(one)["liquidity lock"].at_best is at_best


def test_the_date_from_which_locked_shares_come_free_is_said() -> None:
    locked = LiquidityShares(locked=Fraction(1), unlocks_at=1_800_000_000)
    check = found(pool(shares=locked))["liquidity lock"]
    assert check.reason == "PumpSwap: 0 % burned, 100 % locked; locked shares come free from 2027-01-15 on."


def test_withdrawn_liquidity_is_named_as_the_rug_it_is() -> None:
    earlier = EarlierScans(dollars=Decimal(300_000))
    check = found(pool(dollars=Decimal(60_000)), earlier=earlier)["liquidity withdrawal"]
    assert (check.verdict, check.at_best) == (Verdict.FAIL, Grade.F)
    assert check.reason == "It was taken away: $300,000 became $60,000."
    assert (
        found(POOL, earlier=EarlierScans(dollars=Decimal(290_000)))["liquidity withdrawal"].verdict
        is Verdict.PASS
    )
    assert found(POOL)["liquidity withdrawal"].verdict is Verdict.UNKNOWN


def test_money_that_left_a_curve_for_a_pool_that_was_not_found_was_not_taken_away() -> None:
    """Else anybody who opens a tiny pool beside it would brand the token, and whoever made it."""
    earlier = EarlierScans(dollars=Decimal(300_000))
    for lacks_successor, verdict in ((True, Verdict.UNKNOWN), (False, Verdict.FAIL)):
        left = Liquidity(pools=(pool(dollars=Decimal(60)),), source=SOURCE, lacks_successor=lacks_successor)
        facts = msgspec.structs.replace(KNOWN, liquidity=left, earlier=earlier)
        checks = {one.name: one for one in liquidity_checks(facts)}
        assert checks["liquidity withdrawal"].verdict is verdict
        assert checks["liquidity"].verdict is verdict


def test_what_never_was_cannot_be_withdrawn() -> None:
    assert not is_withdrawn(Decimal(0), Decimal(0))


def test_the_main_pool_is_the_one_that_is_worth_most() -> None:
    liquidity = Liquidity(pools=(pool(dollars=None), POOL), source=SOURCE)
    assert main_pool(liquidity) is POOL


@pytest.mark.parametrize(
    ("largest", "other", "at_best"),
    [(30_000, 25_000, Grade.B), (30_000, 3_000, Grade.A), (60_000, 55_000, Grade.A)],
)
def test_money_in_pools_that_nobody_looked_at_is_not_locked(largest: int, other: int, at_best: Grade) -> None:
    """A pool whose shares are burned says nothing of another next to it, unless there is enough in it."""
    pools = (pool(dollars=Decimal(largest)), pool(address="q", dollars=Decimal(other), shares=FREE))
    assert found(*pools)["liquidity lock"].at_best is at_best


SUPPLY = 1_000
FREE = NotRead(reason=sentence("another pool is larger"))
MAIN = msgspec.structs.replace(PAIR, base_raw=200, paid_raw=200)


def parked_pool(base: int, paid: int | None, *, dollars: int | None = 50, **more: object) -> Pool:
    known = None if dollars is None else Decimal(dollars)
    other = Pool(
        address="q", venue="v", quote="SOL", dollars=known, shares=FREE, base_raw=base, paid_raw=paid
    )
    return msgspec.structs.replace(other, **more)


def parked(*pools: Pool, in_pools: int | None = None, in_curves: int = 0) -> Check:
    raw = sum(one.base_raw or 0 for one in pools) - in_curves if in_pools is None else in_pools
    top = (
        Holder(owner="p", raw=raw, kind=OwnerKind.POOL),
        Holder(owner="c", raw=in_curves, kind=OwnerKind.CURVE),
    )
    holders = Holders(top=tuple(one for one in top if one.raw), supply=SUPPLY, source=SOURCE)
    facts = msgspec.structs.replace(KNOWN, holders=holders, liquidity=Liquidity(pools=pools, source=SOURCE))
    assert parked_check(facts) in holder_checks(facts)
    return parked_check(facts)


def test_what_was_paid_for_is_nobodys() -> None:
    check = parked(MAIN, parked_pool(100, 100), parked_pool(80, 20))
    assert (check.verdict, check.at_best) == (Verdict.PASS, Grade.A)


@pytest.mark.parametrize(("offered", "verdict"), [(150, Verdict.PASS), (151, Verdict.WARN)])
def test_offers_that_nobody_paid_for_are_somebodys(offered: int, verdict: Verdict) -> None:
    """Whoever holds most of it could put it into a pool of one side, and take it out when it suits."""
    check = parked(MAIN, parked_pool(offered + 4 * 10, 10))
    assert check.verdict is verdict
    assert check.at_best is (Grade.C if verdict is Verdict.WARN else Grade.A)


@pytest.mark.parametrize(
    "unseen", [parked_pool(600, 600, dollars=None), parked_pool(600, None, dollars=None), parked_pool(0, 0)]
)
def test_a_pool_whose_quote_is_worth_nothing_explains_nothing(unseen: Pool) -> None:
    check = parked(MAIN, unseen, in_pools=800)
    assert (check.verdict, check.at_best) == (Verdict.UNKNOWN, Grade.C)
    assert check.reason.startswith("60 % of the supply lies in pools")


@pytest.mark.parametrize(
    "kept",
    [
        parked_pool(800, 0, is_curve=True),
        parked_pool(800, 0, shares=LiquidityShares(burned=Fraction(1, 2), locked=Fraction(1, 2))),
    ],
)
def test_what_nobody_can_take_out_again_is_kept(kept: Pool) -> None:
    assert parked(kept, in_curves=800 if kept.is_curve else 0).verdict is Verdict.PASS
    half = msgspec.structs.replace(kept, is_curve=False, shares=LiquidityShares(burned=Fraction(1, 2)))
    assert parked(half).at_best is Grade.C


def test_a_launch_curve_explains_nothing_of_what_lies_in_other_pools() -> None:
    curve = parked_pool(600, 600, address="c", is_curve=True)
    worthless = parked_pool(250, 250, dollars=None)
    check = parked(curve, worthless, in_curves=600)
    assert (check.verdict, check.at_best) == (Verdict.UNKNOWN, Grade.C)
    assert check.reason.startswith("25 % of the supply lies in pools")


@pytest.mark.parametrize(("left", "verdict"), [(150, Verdict.PASS), (151, Verdict.UNKNOWN)])
def test_what_a_curve_has_left_after_its_sale_is_somebodys(left: int, verdict: Verdict) -> None:
    """Its maker chooses how much is sold, and may take the rest once the token trades elsewhere."""
    check = parked(MAIN, in_pools=MAIN.base_raw, in_curves=left)
    assert check.verdict is verdict
    assert check.at_best is (Grade.A if verdict is Verdict.PASS else Grade.C)


def test_without_holders_or_pools_it_is_unknown() -> None:
    for change in ({"holders": FREE}, {"liquidity": FREE}):
        check = parked_check(msgspec.structs.replace(KNOWN, **change))
        assert (check.verdict, check.at_best) == (Verdict.UNKNOWN, Grade.B)
