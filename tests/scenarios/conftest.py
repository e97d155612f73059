"""A fast chain, a database and a folder for each scenario."""

from pathlib import Path

import pytest

from sandbox.chain.server import SandboxChain
from storage.postgres import Database
from tests.scanner.conftest import chain, database
from tests.scenarios.fleet import Place

__all__ = ["chain", "database", "place"]


@pytest.fixture
def place(
    chain: SandboxChain, database: Database, postgres_url: str, valkey_url: str, tmp_path: Path
) -> Place:
    return Place(
        chain=chain, database=database, postgres_url=postgres_url, valkey_url=valkey_url, folder=tmp_path
    )
