"""How far a feed is complete."""

import pytest

from storage.ingest.cursors import read_cursor
from storage.postgres import Database
from tests.storage.sample_data import CHAIN

pytestmark = pytest.mark.services


async def test_a_feed_that_was_never_read_has_no_cursor(database: Database) -> None:
    assert await read_cursor(database, chain=CHAIN, feed="blocks") is None


async def test_a_cursor_is_that_of_its_chain_and_feed(database: Database) -> None:
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ($1, 'blocks', 42)", CHAIN)
    cursor = await read_cursor(database, chain=CHAIN, feed="blocks")
    assert cursor is not None
    assert (cursor.feed, cursor.slot) == ("blocks", 42)
    assert await read_cursor(database, chain="x1", feed="blocks") is None
