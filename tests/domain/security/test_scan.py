"""Verdicts and grades: unknown is never safe."""

import msgspec
import pytest

from domain.security.mints import TOKEN_PROGRAM, MintFacts, Pausable, TransferFee, TransferHook
from domain.security.scan import (
    ISSUER_CONTROLLED,
    Check,
    Family,
    Scan,
    Verdict,
    control_checks,
    family_verdict,
    grade,
    scan_mint,
)

CLEAN = MintFacts(
    address="m",
    program=TOKEN_PROGRAM,
    decimals=6,
    supply=10**15,
    mint_authority=None,
    freeze_authority=None,
)


def verdicts(**changes: object) -> set[Verdict]:
    return {check.verdict for check in control_checks(msgspec.structs.replace(CLEAN, **changes))}


def test_a_mint_without_any_power_passes_every_control_check() -> None:
    assert verdicts() == {Verdict.PASS}


@pytest.mark.parametrize(
    "power",
    [
        {"mint_authority": "a"},
        {"freeze_authority": "a"},
        {"permanent_delegate": "a"},
        {"transfer_fee": TransferFee(basis_points=0, authority="a")},
        {"transfer_hook": TransferHook(program="p", authority=None)},
        {"pausable": Pausable(authority="a", paused=False)},
        {"pausable": Pausable(authority=None, paused=True)},
        {"default_frozen": True},
        {"non_transferable": True},
    ],
)
def test_each_power_over_holders_fails_and_makes_an_f(power: dict[str, object]) -> None:
    assert Verdict.FAIL in verdicts(**power)
    assert grade(scan_mint(msgspec.structs.replace(CLEAN, **power))) == "F"


@pytest.mark.parametrize(
    "trait",
    [
        {"transfer_fee": TransferFee(basis_points=100, authority=None)},
        {"transfer_hook": TransferHook(program=None, authority="a")},
        {"confidential": True},
        {"rescaled": True},
        {"close_authority": "a"},
    ],
)
def test_lesser_traits_warn(trait: dict[str, object]) -> None:
    assert verdicts(**trait) == {Verdict.PASS, Verdict.WARN}


def test_an_extension_this_version_does_not_know_is_unknown() -> None:
    assert Verdict.UNKNOWN in verdicts(unknown_extensions=(99,))


def test_without_a_look_at_holders_no_grade_is_above_c() -> None:
    scan = scan_mint(CLEAN)
    assert grade(scan) == "C"
    assert family_verdict(scan, Family.HOLDERS) is Verdict.UNKNOWN
    assert scan.decided < len(scan.checks)


def test_an_issuer_controlled_token_has_its_own_grade() -> None:
    issued = msgspec.structs.replace(CLEAN, address=min(ISSUER_CONTROLLED), freeze_authority="a")
    assert grade(scan_mint(issued)) == "IC"


def full(**by_family: Verdict) -> Scan:
    checks = tuple(
        Check(name=f.value, family=f, verdict=by_family.get(f.value, Verdict.PASS), reason="") for f in Family
    )
    return Scan(subject="m", checks=checks, slot=1)


@pytest.mark.parametrize(
    ("scan", "expected"),
    [
        (full(), "A"),
        (full(identity=Verdict.WARN), "B"),
        (full(liquidity=Verdict.FAIL), "D"),
        (full(liquidity=Verdict.FAIL, trading=Verdict.FAIL), "F"),
        (full(control=Verdict.FAIL), "F"),
        (full(control=Verdict.UNKNOWN), "C"),
    ],
)
def test_the_grade_follows_from_the_families(scan: Scan, expected: str) -> None:
    assert grade(scan) == expected


def test_the_worst_finding_of_a_family_counts_and_unknown_is_worse_than_a_warning() -> None:
    checks = tuple(
        Check(name="c", family=Family.HOLDERS, verdict=verdict, reason="")
        for verdict in (Verdict.PASS, Verdict.WARN, Verdict.UNKNOWN)
    )
    assert family_verdict(Scan(subject="m", checks=checks, slot=None), Family.HOLDERS) is Verdict.UNKNOWN
