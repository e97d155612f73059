"""How few hands hold how much: the thresholds, and who is no holder."""

import msgspec
import pytest

from domain.security.checks import Check, Grade, NotRead, Verdict
from domain.security.facts import Creation, Holder, Holders, OwnerKind
from domain.security.holders import holder_checks
from domain.sentences import sentence
from tests.domain.security.tokens import KNOWN, SOURCE

SUPPLY = 1_000


def holders(*shares: int, kind: OwnerKind = OwnerKind.WALLET, **more: object) -> Holders:
    top = tuple(Holder(owner=f"w{at}", raw=raw, kind=kind) for at, raw in enumerate(shares))
    return msgspec.structs.replace(Holders(top=top, supply=SUPPLY, source=SOURCE), **more)


def found(value: Holders | NotRead, **creation: object) -> dict[str, Check]:
    facts = msgspec.structs.replace(
        KNOWN, holders=value, creation=msgspec.structs.replace(Creation(source=SOURCE), **creation)
    )
    return {check.name: check for check in holder_checks(facts)}


@pytest.mark.parametrize(
    ("share", "at_best"),
    [(200, Grade.A), (201, Grade.D), (400, Grade.D), (401, Grade.F)],
)
def test_one_holder_with_too_much_limits_the_grade(share: int, at_best: Grade) -> None:
    assert found(holders(share))["top holder"].at_best is at_best


@pytest.mark.parametrize(
    ("each", "at_best"),
    [(20, Grade.A), (21, Grade.B), (35, Grade.B), (36, Grade.C), (50, Grade.C), (51, Grade.D), (81, Grade.F)],
)
def test_ten_holders_with_too_much_limit_the_grade(each: int, at_best: Grade) -> None:
    assert found(holders(*[each] * 12))["top 10 holders"].at_best is at_best


@pytest.mark.parametrize(
    "kind", [OwnerKind.POOL, OwnerKind.CURVE, OwnerKind.BURNED, OwnerKind.LOCKED, OwnerKind.EXCHANGE]
)
def test_what_no_single_holder_could_sell_is_left_out_and_said(kind: OwnerKind) -> None:
    check = found(holders(900, kind=kind))["top holder"]
    assert check.verdict is Verdict.PASS
    assert f"without 90 % ({kind.value})" in check.reason


@pytest.mark.parametrize("kind", [OwnerKind.BURNED, OwnerKind.LOCKED])
def test_who_holds_nearly_all_that_is_neither_burned_nor_locked_holds_nearly_all(kind: OwnerKind) -> None:
    """Whoever makes a hundred times too much and burns or locks that has spread nothing."""
    gone = Holder(owner="gone", raw=950, kind=kind)
    rest = tuple(Holder(owner=f"w{at}", raw=9, kind=OwnerKind.WALLET) for at in range(5))
    checks = found(Holders(top=(gone, *rest), supply=SUPPLY, source=SOURCE), creator_raw=45)
    assert checks["top 10 holders"].at_best is Grade.F
    assert "90 % of the supply that is neither burned nor locked" in checks["top 10 holders"].reason
    assert checks["creator's share"].at_best is Grade.F
    of_one = found(Holders(top=(gone, *rest), supply=SUPPLY, source=SOURCE), common_funder_raw=45)
    assert of_one["common funders"].at_best is Grade.D


def test_of_a_supply_that_is_burned_to_the_last_token_nothing_can_be_compared() -> None:
    assert found(holders(SUPPLY, kind=OwnerKind.BURNED))["top holder"].verdict is Verdict.UNKNOWN


def test_the_date_from_which_locked_tokens_come_free_is_said() -> None:
    locked = Holder(owner="lock", raw=900, kind=OwnerKind.LOCKED, unlocks_at=1_800_000_000)
    check = found(Holders(top=(locked,), supply=SUPPLY, source=SOURCE))["top holder"]
    assert check.reason.endswith("(locked); locked tokens come free from 2027-01-15 on.")


def test_an_account_of_a_program_that_is_not_known_counts_as_a_holder() -> None:
    assert found(holders(900, kind=OwnerKind.PROGRAM))["top holder"].at_best is Grade.F


def test_what_was_seen_in_part_proves_too_much_but_never_too_little() -> None:
    assert found(holders(500, is_lower_bound=True))["top holder"].at_best is Grade.F
    little = found(holders(50, is_lower_bound=True))["top holder"]
    assert (little.verdict, little.at_best) == (Verdict.UNKNOWN, Grade.C)


def test_a_refused_method_makes_the_holders_unknown_with_the_reason() -> None:
    check = found(NotRead(reason=sentence("the node refuses this method")))["top 10 holders"]
    assert (check.verdict, check.at_best) == (Verdict.UNKNOWN, Grade.C)
    assert "refuses" in check.reason


def test_no_holder_and_no_supply_are_unknown() -> None:
    assert found(holders())["top holder"].verdict is Verdict.UNKNOWN
    assert found(holders(5, supply=0))["top holder"].verdict is Verdict.UNKNOWN


def test_creator_insiders_and_wallets_of_one_funder_are_compared_with_the_supply() -> None:
    checks = found(holders(10), creator_raw=450, insider_raw=310, common_funder_raw=160)
    assert checks["creator's share"].at_best is Grade.F
    assert checks["insiders"].at_best is Grade.D
    assert checks["common funders"].at_best is Grade.C


def spread(number: int, each: int, *others: int) -> Holders:
    """So many wallets with equal parts, and others."""
    return holders(*[each] * number, *others)


@pytest.mark.parametrize(
    ("creation", "verdict", "at_best"),
    [
        ({}, Verdict.UNKNOWN, Grade.C),
        ({"funders_known": 2, "of_one_funder": 2}, Verdict.UNKNOWN, Grade.C),
        ({"funders_known": 4, "of_one_funder": 4}, Verdict.WARN, Grade.C),
        ({"funders_known": 4, "of_one_funder": 3, "different_funders": 2}, Verdict.UNKNOWN, Grade.C),
        ({"funders_known": 4, "of_one_funder": 2, "different_funders": 3}, Verdict.UNKNOWN, Grade.C),
        ({"funders_known": 4, "of_one_funder": 0}, Verdict.UNKNOWN, Grade.C),
        ({"funders_known": 4, "different_funders": 4}, Verdict.PASS, Grade.A),
    ],
)
def test_fifty_wallets_with_equal_parts_are_no_crowd_until_somebody_asked(
    creation: dict[str, object], verdict: Verdict, at_best: Grade
) -> None:
    """The ten largest have 14 % together; the other forty are in no list."""
    check = found(spread(20, 14), **creation)["common funders"]
    assert (check.verdict, check.at_best) == (verdict, at_best)


def test_few_different_payers_of_a_large_group_show_no_crowd() -> None:
    """The ten largest have 20 % together; who paid seven of them nobody knows."""
    check = found(spread(20, 20), funders_known=3, different_funders=3)["common funders"]
    assert (check.verdict, check.at_best) == (Verdict.UNKNOWN, Grade.C)
    assert check.reason.endswith("who paid them is not known.")


def test_parts_of_people_differ_and_little_is_no_matter() -> None:
    parts = [20 * 9**at // 10**at for at in range(20)]
    for asked in ({}, {"funders_known": 4, "of_one_funder": 2, "different_funders": 3}):
        people = found(holders(*parts), **asked)["common funders"]
        assert (people.verdict, people.at_best) == (Verdict.UNKNOWN, Grade.A)
    assert found(spread(12, 10))["common funders"].at_best is Grade.A
    few = found(spread(9, 20))["common funders"]
    assert (few.verdict, few.at_best) == (Verdict.UNKNOWN, Grade.A)


def test_where_nobody_else_can_hold_much_no_group_does() -> None:
    pool = Holder(owner="pool", raw=900, kind=OwnerKind.POOL)
    check = found(Holders(top=(pool,), supply=SUPPLY, source=SOURCE))["common funders"]
    assert (check.verdict, check.reason) == (
        Verdict.PASS,
        "Wallets that one wallet funded have 10 % at most: nobody holds more.",
    )
