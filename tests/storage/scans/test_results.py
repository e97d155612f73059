"""Kept results of scans and balance readings."""

import pytest

from storage.postgres import Database
from storage.scans.results import (
    ScanToStore,
    StoredScan,
    holders_seen,
    last_scan,
    rugs_of,
    save_scan,
    scan_before,
    take_grade_requests,
)
from tests.storage.sample_data import CHAIN, MINT, WHALE

pytestmark = pytest.mark.services


async def test_a_scan_is_good_until_it_expires_and_is_remembered_after(database: Database) -> None:
    assert await last_scan(database, chain=CHAIN, subject=MINT) is None
    scan = ScanToStore(result='{"grade": "A"}', earlier='{"supply": 5}')
    when = await save_scan(database, chain=CHAIN, subject=MINT, scan=scan, seconds=60)
    fresh = StoredScan(result='{"grade": "A"}', scanned_at=when, is_fresh=True, earlier='{"supply": 5}')
    assert await last_scan(database, chain=CHAIN, subject=MINT) == fresh
    await save_scan(database, chain=CHAIN, subject=MINT, scan=ScanToStore(result="{}"), seconds=-1)
    expired = await last_scan(database, chain=CHAIN, subject=MINT)
    assert expired is not None
    assert not expired.is_fresh


async def test_only_a_scan_that_found_something_else_stays_in_the_history(database: Database) -> None:
    for result in ('{"figures": {"fee": 0}}', '{"figures": {"fee": 0}, "x": 1}', '{"figures": {"fee": 5}}'):
        await save_scan(database, chain=CHAIN, subject=MINT, scan=ScanToStore(result=result), seconds=60)
    before = await scan_before(database, chain=CHAIN, subject=MINT, hours=0)
    assert before is not None
    assert before[0] == '{"x": 1, "figures": {"fee": 0}}'
    assert await database.fetchval("SELECT count(*) FROM security_scan_history") == 1
    assert await scan_before(database, chain=CHAIN, subject=MINT, hours=1) is None


async def test_other_tokens_of_a_creator_that_ended_as_a_rug_are_counted(database: Database) -> None:
    made = '{"creation": {"creator": "boss"}}'
    rug = '{"checks": [{"name": "pump and dump", "verdict": "fail", "at_best": "F"}]}'
    fine = '{"checks": [{"name": "pump and dump", "verdict": "pass", "at_best": "A"}]}'
    for subject, result in (("one", rug), ("two", rug), ("three", fine)):
        scan = ScanToStore(result=result, earlier=made)
        await save_scan(database, chain=CHAIN, subject=subject, scan=scan, seconds=60)
    assert await rugs_of(database, chain=CHAIN, creator="boss", besides="one") == (1, 2)
    assert await rugs_of(database, chain=CHAIN, creator="boss", besides="four") == (2, 3)
    assert await rugs_of(database, chain=CHAIN, creator="somebody", besides="four") == (0, 0)


async def test_requests_for_grades_are_counted_by_the_clock_hour_wherever_they_are_made(
    database: Database,
) -> None:
    taken = [await take_grade_requests(database, chain=CHAIN, requests=2, per_hour=5) for _ in range(3)]
    assert taken == [True, True, False]
    assert await take_grade_requests(database, chain="another", requests=2, per_hour=5)
    assert not await take_grade_requests(database, chain="none", requests=2, per_hour=0)
    await database.execute("UPDATE grade_requests SET hour = hour - interval '1 hour'")
    assert await take_grade_requests(database, chain=CHAIN, requests=2, per_hour=5)
    assert await database.fetchval("SELECT requests FROM grade_requests WHERE chain = $1", CHAIN) == 2


async def test_what_wallets_were_seen_to_hold_is_known_while_they_hold_it(database: Database) -> None:
    wallet = await database.fetchval(
        "INSERT INTO wallets (chain, address) VALUES ($1, $2) RETURNING wallet_id", CHAIN, WHALE
    )
    for mint, raw in ((MINT, 7), ("other", 0)):
        await database.execute(
            "INSERT INTO holdings (chain, mint, wallet_id, raw) VALUES ($1, $2, $3, $4)",
            CHAIN,
            mint,
            wallet,
            raw,
        )
    assert await holders_seen(database, chain=CHAIN, mint=MINT) == {WHALE: 7}
    assert await holders_seen(database, chain=CHAIN, mint="other") == {}
