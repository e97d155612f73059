"""Whether a token is what it says it is; hostile names only ever become findings."""

import msgspec
import pytest

from domain.security.checks import Check, Grade, NotRead, Verdict
from domain.security.facts import Creation, EarlierScans
from domain.security.identity import DAY_SECONDS, identity_checks
from domain.security.mints import Metadata, TokenAge
from domain.sentences import sentence
from tests.domain.security.tokens import CLEAN, KNOWN, NOW, SOURCE

METADATA = Metadata(
    name="cat in mittens", symbol="MITTEN", uri=None, update_authority="Boss", is_mutable=True, mint="m"
)


def found(**changes: object) -> dict[str, Check]:
    return {check.name: check for check in identity_checks(msgspec.structs.replace(KNOWN, **changes))}


def called(**names: object) -> dict[str, Check]:
    return found(metadata=msgspec.structs.replace(METADATA, **names))


def aged(days: float, *, is_exact: bool = True) -> Creation:
    created_at = NOW - int(days * DAY_SECONDS)
    return Creation(source=SOURCE, age=TokenAge(created_at=created_at, is_exact=is_exact))


@pytest.mark.parametrize(("days", "at_best"), [(2, Grade.C), (29, Grade.C), (31, Grade.B)])
def test_names_that_can_be_changed_matter_less_in_an_old_token(days: int, at_best: Grade) -> None:
    assert found(metadata=METADATA, creation=aged(days))["metadata"].at_best is at_best


def test_fixed_names_pass_for_ever_and_missing_ones_warn() -> None:
    assert found()["metadata"].is_permanent
    assert found(metadata=None)["metadata"].at_best is Grade.C
    assert called(name=None, symbol=None)["metadata"].at_best is Grade.C


def test_names_that_belong_to_another_token_are_refused() -> None:
    assert called(mint="somebody else's")["metadata"].at_best is Grade.D


@pytest.mark.parametrize(
    "symbol",
    ["USDC", "usdc", "U\u200bSDC", "\uff35\uff33\uff24\uff23", "USD\u0421", "$USDC", "JitoSOL", "B0NK"],
)
def test_a_copy_of_a_pinned_token_is_an_f(symbol: str) -> None:
    check = called(symbol=symbol)["look-alike"]
    assert check.at_best is Grade.F
    assert symbol not in check.reason or symbol.isascii()


def test_a_copy_is_found_wherever_it_keeps_its_name() -> None:
    """Programs differ in whether they show what stands in the mint or where the mint points to."""
    copy = msgspec.structs.replace(CLEAN, symbol="USDC", name="USD Coin")
    for elsewhere in (METADATA, None, NotRead(reason=sentence("no form that is known"))):
        assert found(mint=copy, metadata=elsewhere)["look-alike"].at_best is Grade.F
    site = msgspec.structs.replace(CLEAN, name="claim at drop.xyz")
    assert found(mint=site, metadata=METADATA)["URL in name"].verdict is Verdict.WARN


def test_the_pinned_token_itself_is_no_copy() -> None:
    usdc = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
    checks = found(subject=usdc, metadata=msgspec.structs.replace(METADATA, symbol="USDC", mint=usdc))
    assert {checks[name].verdict for name in ("look-alike", "metadata")} == {Verdict.PASS}


@pytest.mark.parametrize(
    "name", ["claim at usdc-drop.xyz", "www.free", "t.me/gifts", "https://x", "visit pump.fun", "a\u2024com"]
)
def test_a_site_in_the_name_warns(name: str) -> None:
    assert called(name=name)["URL in name"].at_best is Grade.C


@pytest.mark.parametrize("name", ["cat in mittens", "Dr. Cat", "3.14 pie", "cat...com"[:6], "A" * 5_000])
def test_an_ordinary_name_leads_nowhere(name: str) -> None:
    assert called(name=name)["URL in name"].verdict is Verdict.PASS


def test_a_token_younger_than_a_day_warns() -> None:
    young = found(creation=aged(0.5))["age"]
    assert (young.at_best, young.reason) == (Grade.C, "It is 12 hours old.")
    assert found(creation=aged(3))["age"].verdict is Verdict.PASS
    assert found(creation=aged(0.5, is_exact=False))["age"].verdict is Verdict.UNKNOWN
    assert found(creation=NotRead(reason=sentence("no node")))["age"].verdict is Verdict.UNKNOWN


def test_a_supply_that_grew_is_evidence_and_one_that_cannot_is_safe_for_ever() -> None:
    assert found()["supply"].is_permanent
    minting = msgspec.structs.replace(CLEAN, mint_authority="Boss")
    assert found(mint=minting)["supply"].verdict is Verdict.UNKNOWN
    grown = found(mint=minting, earlier=EarlierScans(supply=CLEAN.supply // 2))["supply"]
    assert (grown.verdict, grown.at_best) == (Verdict.FAIL, Grade.D)
    assert "100 %" in grown.reason


def test_a_token_of_the_list_that_ships_is_not_new_however_far_back_its_beginning_is() -> None:
    known = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
    for creation in (aged(0.1), aged(0.1, is_exact=False), NotRead(reason=sentence("it is not recorded"))):
        assert found(subject=known, creation=creation)["age"].verdict is Verdict.PASS
        assert found(creation=creation)["age"].verdict is not Verdict.PASS
