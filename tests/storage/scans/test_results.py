"""Kept results of scans and balance readings."""

import pytest

from storage.postgres import Database
from storage.scans.results import fresh_scan, last_balance, save_balance, save_scan
from tests.storage.sample_data import CHAIN, MINT, WHALE

pytestmark = pytest.mark.services


async def test_a_scan_is_good_until_it_expires(database: Database) -> None:
    when = await save_scan(database, chain=CHAIN, subject=MINT, result='{"grade": "A"}', seconds=60)
    assert await fresh_scan(database, chain=CHAIN, subject=MINT) == ('{"grade": "A"}', when)
    await save_scan(database, chain=CHAIN, subject=MINT, result="{}", seconds=-1)
    assert await fresh_scan(database, chain=CHAIN, subject=MINT) is None


async def test_the_last_balance_reading_stays_with_its_time(database: Database) -> None:
    assert await last_balance(database, chain=CHAIN, address=WHALE) is None
    when = await save_balance(database, chain=CHAIN, address=WHALE, result='{"lamports": 5}')
    assert await last_balance(database, chain=CHAIN, address=WHALE) == ('{"lamports": 5}', when)
