"""The genesis hash of the first start is the one that is remembered."""

import pytest

from storage.ingest.chains import note_genesis
from storage.postgres import Database

pytestmark = pytest.mark.services


async def test_the_first_hash_stays(database: Database) -> None:
    assert await note_genesis(database, chain="solana", genesis="first") == "first"
    assert await note_genesis(database, chain="solana", genesis="second") == "first"
    assert await note_genesis(database, chain="x1", genesis="second") == "second"
