"""What operators ought to know: a row for each thing, however often it is found out."""

import pytest

from storage.admin.discoveries import discover, recent_discoveries
from storage.postgres import Database

pytestmark = pytest.mark.services


async def test_a_thing_is_new_once_and_counted_after_that(database: Database) -> None:
    assert await discover(database, chain="sandbox", about="version 2", sentence="It has appeared.")
    assert not await discover(database, chain="sandbox", about="version 2", sentence="It has appeared.")
    (known,) = await recent_discoveries(database, chain="sandbox", days=7)
    assert (known.about, known.sentence, known.times) == ("version 2", "It has appeared.", 2)
    assert await recent_discoveries(database, chain="x1", days=7) == []


async def test_what_is_known_for_long_is_not_recent(database: Database) -> None:
    await discover(database, chain="sandbox", about="version 2", sentence="It has appeared.")
    await database.execute("UPDATE discoveries SET first_at = now() - interval '8 days'")
    assert await recent_discoveries(database, chain="sandbox", days=7) == []
