"""The last scan of a token, out of the cache or out of PostgreSQL."""

import msgspec
import pytest

from domain.security.scan import Scan
from services.services import Services
from storage.postgres import Database
from storage.scans.results import ScanToStore, save_scan
from tests.storage.sample_data import MINT

pytestmark = pytest.mark.services


async def test_a_token_that_nobody_scanned_has_none(services: Services) -> None:
    assert await services.scan_store.last(MINT) is None


async def test_a_stored_scan_is_found_however_old(services: Services, database: Database) -> None:
    scan = Scan(subject=MINT, checks=(), slot=5)
    stored = ScanToStore(result=msgspec.json.encode(scan).decode(), earlier=None, summary=None)
    await save_scan(database, chain=services.chain, subject=MINT, scan=stored, seconds=0.0)
    reading = await services.scan_store.last(MINT)
    assert reading is not None
    assert reading.scan == scan
