"""A fast chain, a database and a folder for each scenario."""

from pathlib import Path

import pytest

from sandbox.chain.server import SandboxChain
from storage.postgres import Database
from tests.scanner.conftest import chain, database
from tests.scenarios.scanner_processes import ScannerTestbed

__all__ = ["chain", "database", "testbed"]


@pytest.fixture
def testbed(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str, tmp_path: Path
) -> ScannerTestbed:
    return ScannerTestbed(
        chain=chain, database=database, postgres_url=postgres_url, valkey_url=valkey_url, folder=tmp_path
    )
