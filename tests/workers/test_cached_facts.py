"""How long workers use what they have read of the chain."""

from datetime import timedelta

import pytest
from msgspec import structs

from domain.security.mints import TOKEN_PROGRAM, MintFacts
from domain.security.scan import scan_mint
from runtime.clock import now
from storage.postgres import Database
from tests.workers.cached import facts_without_redis
from workers.cached_facts import LONG_SECONDS, SCANS, SHORT_SECONDS, ScanReading, scan_seconds

POWERLESS = MintFacts(
    address="m", program=TOKEN_PROGRAM, decimals=6, supply=1, mint_authority=None, freeze_authority=None
)


def test_a_token_with_powers_is_scanned_again_soon() -> None:
    assert scan_seconds(scan_mint(POWERLESS)) == LONG_SECONDS
    assert scan_seconds(scan_mint(structs.replace(POWERLESS, mint_authority="somebody"))) == SHORT_SECONDS


@pytest.mark.parametrize(("age", "left"), [(0, SHORT_SECONDS), (200, 100), (400, 0)])
def test_a_scan_is_used_no_longer_than_it_holds(age: float, left: float) -> None:
    scan = scan_mint(structs.replace(POWERLESS, mint_authority="somebody"))
    reading = ScanReading(scan=scan, read_at=now() - timedelta(seconds=age))
    assert SCANS.seconds(reading) == pytest.approx(left, abs=1)


@pytest.mark.services
async def test_a_worker_has_each_cache_once(database: Database) -> None:
    names = [one.name for one in facts_without_redis(database).caches.statistics]
    assert names == ["balances", "scans", "tokens"]
