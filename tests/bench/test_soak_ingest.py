"""The soak of the scanner, for seconds instead of minutes."""

import random
from pathlib import Path

import pytest

from bench.soak_ingest import MODES, soak
from bench.testbed import ScannerTestbed
from storage.postgres import open_database

pytestmark = [pytest.mark.services, pytest.mark.e2e]

SECONDS = 7.0
SEED = 5


@pytest.mark.parametrize("mode", MODES)
async def test_a_short_soak_of_three_scanners_finds_every_operation_once_in_the_role(
    mode: str, postgres_url: str, valkey_url: str, tmp_path: Path
) -> None:
    random.seed(SEED)
    database = await open_database(postgres_url)
    testbed = ScannerTestbed(
        database=database, postgres_url=postgres_url, valkey_url=valkey_url, folder=tmp_path
    )
    verdict = await soak(mode, testbed, seconds=SECONDS)
    await database.close()
    assert verdict.operations > 20
    assert verdict.clean, str(verdict)
