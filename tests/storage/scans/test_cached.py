"""How long scans hold."""

from datetime import timedelta

import pytest
from msgspec import structs

from domain.security.checks import Verdict
from domain.security.issuers import LISTED
from domain.security.mints import TOKEN_PROGRAM, MintFacts
from domain.security.scan import Scan, scan_mint
from runtime.clock import now
from storage.scans.cached import (
    GOOD_SECONDS,
    LONG_SECONDS,
    SCANS,
    SHORT_SECONDS,
    ScanReading,
    scan_seconds,
)
from tests.domain.security.tokens import CLEAN, KNOWN, TRADED, scanned

POWERLESS = MintFacts(
    address="m", program=TOKEN_PROGRAM, decimals=6, supply=1, mint_authority=None, freeze_authority=None
)


def decided(scan: Scan) -> Scan:
    """The same with an answer to each check."""
    checks = (structs.replace(check, verdict=Verdict.PASS) for check in scan.checks)
    return structs.replace(scan, checks=tuple(checks))


def test_a_scan_with_something_unknown_is_made_again_soon() -> None:
    scan = scan_mint(POWERLESS)
    assert scan_seconds(scan) == SHORT_SECONDS
    assert scan_seconds(decided(scan)) == LONG_SECONDS
    assert scan_seconds(structs.replace(scan, is_token=False)) == LONG_SECONDS


def test_a_good_grade_holds_for_minutes_so_that_an_emptied_pool_is_seen() -> None:
    assert scan_seconds(scanned(market=TRADED)) == GOOD_SECONDS
    creation = structs.replace(KNOWN.creation, insider_raw=None)
    assert scan_seconds(scanned(market=TRADED, creation=creation)) == GOOD_SECONDS
    bad = structs.replace(CLEAN, mint_authority="somebody")
    assert scan_seconds(scanned(market=TRADED, creation=creation, mint=bad)) == LONG_SECONDS


def test_of_what_an_issuer_controls_only_its_powers_matter() -> None:
    issued = structs.replace(POWERLESS, address=next(iter(LISTED)))
    assert scan_seconds(scan_mint(issued)) == LONG_SECONDS


@pytest.mark.parametrize(("age", "left"), [(0, SHORT_SECONDS), (200, 100), (400, 0)])
def test_a_scan_is_used_no_longer_than_it_holds(age: float, left: float) -> None:
    scan = scan_mint(structs.replace(POWERLESS, mint_authority="somebody"))
    reading = ScanReading(scan=scan, read_at=now() - timedelta(seconds=age))
    assert SCANS.seconds(reading) == pytest.approx(left, abs=1)
