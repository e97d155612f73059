"""What comes late is read again from a checkpoint; what comes more than a day late changes nothing."""

import msgspec
import pytest

from domain.paper.plan import Plan
from storage.paper.advance import advance_campaigns, read_stored_next
from storage.paper.late import StoredTrade, find_late
from storage.postgres import Connection, Database
from tests.storage.paper.history import (
    PLAN,
    generated_activities,
    moment,
    plain,
    result_of,
    set_clock,
    start,
    stored,
    trade,
)
from tests.storage.sample_data import ALICE, CHAIN, follow

pytestmark = pytest.mark.services


async def come_late(database: Database, number: int, *, token: str = "t0") -> int:
    """Somebody stores a trade so many seconds after the beginning; how many campaigns read again."""
    one = trade(number, "1", token=token, signature=f"late {number}")
    await stored(database, [one])

    async def work(connection: Connection) -> int:
        stored_at = await connection.fetchval("SELECT now()")
        return await find_late(
            connection, [StoredTrade(activity=one, at=moment(number), stored_at=stored_at)]
        )

    return await database.transaction(work)


async def advance(database: Database, seconds: int) -> None:
    while await advance_campaigns(database, chain=CHAIN, horizon=moment(seconds)):
        pass
    while await read_stored_next(database, chain=CHAIN):
        pass


async def test_it_reads_again_from_its_checkpoint_and_keeps_the_fills_before_that(database: Database) -> None:
    await follow(database, ALICE)
    activities = generated_activities(8, 100)
    begin, middle = PLAN.since or 0, activities[50].block_time or 0
    await stored(database, activities)
    await set_clock(database, 0)
    campaign_id = await start(database)
    await advance(database, middle - begin)
    await database.execute("UPDATE campaigns SET checkpoint = next_checkpoint")
    await database.execute(
        "UPDATE campaigns SET checkpoint = jsonb_build_object('state', state, 'whale', whale, 'fills', fills,"
        " 'until', $1::bigint)",
        middle,
    )
    kept = await database.fetchval("SELECT fills FROM campaigns")
    await advance(database, 50_000)
    assert await come_late(database, middle - begin - 5) == 0, "before the checkpoint"
    late = middle - begin + 30
    assert await come_late(database, late) == 1
    assert await database.fetchval("SELECT count(*) FROM campaign_fills") == kept > 0
    await advance(database, 50_000)
    after = [*activities, trade(late, "1", token="t0", signature=f"late {late}")]
    assert await result_of(database, campaign_id) == plain(PLAN, after)


async def test_who_has_not_come_there_yet_and_who_is_not_concerned_reads_nothing_again(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    await start(database, Plan(size_sol=PLAN.size_sol, wallets=frozenset({"another"}), since=PLAN.since))
    await advance(database, 500)
    assert await come_late(database, 100) == 0, "of a wallet and a token that it does not know"
    await start(database)
    await advance(database, 600)
    assert await come_late(database, 700) == 0, "still to come"
    assert await come_late(database, 200) == 1
    assert await come_late(database, 300) == 0, "it reads, and comes there"


async def test_an_ended_campaign_stays_what_it_is(database: Database) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    begin = PLAN.since or 0
    await start(database, msgspec.structs.replace(PLAN, until=begin + 100))
    for seconds in (500, 510):
        await advance(database, seconds)
    assert await come_late(database, 50) == 0
