"""How far campaigns may see: what is complete by all that is known of the feed."""

from datetime import datetime, timedelta

import pytest

from storage.paper.clock import MARGIN_SECONDS, SECONDS_A_SLOT, complete_until, lock_clock
from storage.postgres import Connection, Database
from tests.storage.sample_data import CHAIN

pytestmark = pytest.mark.services
MARGIN = timedelta(seconds=MARGIN_SECONDS)


async def behind(database: Database) -> timedelta:
    """Return how far behind now the feed is taken to be complete."""

    async def work(connection: Connection) -> timedelta:
        now: datetime = await connection.fetchval("SELECT now()")
        return now - await complete_until(connection, CHAIN)

    return await database.transaction(work)


async def test_without_lag_it_is_behind_by_its_margin_alone(database: Database) -> None:
    assert MARGIN <= await behind(database) <= MARGIN + timedelta(seconds=1)


async def test_what_a_cursor_that_lags_has_not_reached_is_not_complete(database: Database) -> None:
    await database.execute("INSERT INTO heads (chain, slot) VALUES ($1, 1100)", CHAIN)
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ($1, 'blocks', 1000)", CHAIN)
    lag = timedelta(seconds=100 * SECONDS_A_SLOT)
    assert MARGIN + lag <= await behind(database) <= MARGIN + lag + timedelta(seconds=2)


async def test_while_the_cursor_stands_nothing_after_its_last_move_is_complete(database: Database) -> None:
    await database.execute(
        "INSERT INTO cursors (chain, feed, slot, updated_at)"
        " VALUES ($1, 'blocks', 9, now() - interval '1 h')",
        CHAIN,
    )
    assert await behind(database) >= MARGIN + timedelta(hours=1)


async def test_a_clock_that_is_not_there_begins_where_the_feed_is_complete(database: Database) -> None:
    async def work(connection: Connection) -> bool:
        return await lock_clock(connection, CHAIN) == await complete_until(connection, CHAIN)

    assert await database.transaction(work)
    assert await database.fetchval("SELECT count(*) FROM campaign_looks") == 1
