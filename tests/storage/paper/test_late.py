"""What comes late is read again from a checkpoint; what comes more than a day late changes nothing."""

import asyncio
from functools import partial

import msgspec
import pytest

from domain.paper.plan import Plan
from domain.paper.stored import CampaignStatus, StoredFill
from storage.delivery.fan_out import fan_out_next
from storage.delivery.trade_prices import note_trades
from storage.paper.advance import advance_campaigns, read_stored_next
from storage.paper.campaigns import campaign_fills, set_campaign_status
from storage.paper.clock import lock_clock
from storage.paper.late import StoredTrade, find_late
from storage.postgres import Connection, Database
from tests.storage.paper.history import (
    BEGIN,
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
from tests.storage.sample_data import ALICE, CHAIN, MINT, follow, rules

pytestmark = pytest.mark.services


async def come_late(database: Database, number: int, *, token: str = "t0") -> int:
    """Somebody stores a trade so many seconds after the beginning; return how many campaigns read again."""
    one = trade(number, "1", token=token, signature=f"late {number}")
    await stored(database, [one])

    async def work(connection: Connection) -> int:
        stored_at = await connection.fetchval("SELECT now()")
        return await find_late(
            connection, [StoredTrade(activity=one, at=moment(number), stored_at=stored_at)]
        )

    return await database.transaction(work)


async def fills_of(database: Database, campaign_id: int | None) -> list[StoredFill]:
    return await campaign_fills(database, campaign_id=campaign_id or 0, chat_id=ALICE, limit=99)


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
    late, before = middle - begin + 30, await fills_of(database, campaign_id)
    assert await come_late(database, late) == 1
    assert await database.fetchval("SELECT fills FROM campaigns") == kept > 0
    assert await fills_of(database, campaign_id) == before, "until it has read again"
    await advance(database, 50_000)
    after = [*activities, trade(late, "1", token="t0", signature=f"late {late}")]
    assert await result_of(database, campaign_id) == plain(PLAN, after)
    numbers = [
        row["number"] for row in await database.fetch("SELECT number FROM campaign_fills ORDER BY number")
    ]
    assert numbers == [*range(1, await database.fetchval("SELECT fills FROM campaigns") + 1)]


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


async def test_what_comes_late_counts_for_an_hour_after_the_end_and_not_after_that(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    begin = PLAN.since or 0
    await start(database, msgspec.structs.replace(PLAN, until=begin + 100))
    for seconds in (500, 510):
        await advance(database, seconds)
    assert await database.fetchval("SELECT status FROM campaigns") == "ended"
    assert await come_late(database, 50) == 1
    await advance(database, 520)
    assert await database.fetchval("SELECT count(*) FROM campaign_fills") == 1
    await advance(database, 101 + 3_600)
    assert await come_late(database, 60) == 0


async def test_one_that_is_stopped_while_it_reads_again_reads_to_its_end(database: Database) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    campaign_id = await start(database)
    assert campaign_id is not None
    activities = [trade(10, "1"), trade(20, "2", is_sale=True), trade(30, "1")]
    await stored(database, activities)
    await advance(database, 500)
    before = await fills_of(database, campaign_id)
    assert await come_late(database, 15, token=MINT) == 1
    await set_campaign_status(
        database, campaign_id=campaign_id, chat_id=ALICE, status=CampaignStatus.STOPPED, actor_id=ALICE
    )
    assert await fills_of(database, campaign_id) == before
    await advance(database, 510)
    late = trade(15, "1", token=MINT, signature="late 15")
    assert await result_of(database, campaign_id) == plain(PLAN, [*activities, late])


async def test_one_that_nothing_concerned_for_long_keeps_its_position_though_its_trade_is_deleted(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    campaign_id = await start(database)
    await stored(database, [trade(10, "1")])
    await advance(database, 100)
    await database.execute(
        "UPDATE campaigns SET next_checkpoint_at = now() - interval '40 days',"
        " advanced_at = now() - interval '40 days', plan = jsonb_set(plan, '{from}', to_jsonb($1::bigint))",
        BEGIN - 40 * 86_400,
    )
    await database.execute("DELETE FROM activities")
    await advance(database, 500)
    assert await come_late(database, 300, token=MINT) == 1
    await advance(database, 600)
    assert (await result_of(database, campaign_id))["trades"] == 0
    (fill,) = await fills_of(database, campaign_id)
    assert fill.filled_at == BEGIN + 10


async def test_a_trade_that_the_look_could_see_is_not_late_however_lately_it_was_stored(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    await start(database)
    await stored(database, [trade(30, "1")])
    while await fan_out_next(database, rules) is not None:
        pass
    await advance(database, 500)
    await note_trades(database)
    assert await database.fetchval("SELECT cursor IS NULL FROM campaigns")


async def test_two_that_find_late_trades_in_opposite_orders_never_wait_for_each_other(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    for wallet in ("a", "b"):
        await start(database, msgspec.structs.replace(PLAN, wallets=frozenset({wallet})))
    await advance(database, 500)
    at = await database.fetchval("SELECT now()")
    late = [
        StoredTrade(activity=trade(30, "1", wallet=wallet), at=moment(30), stored_at=at)
        for wallet in ("a", "b")
    ]
    orders = (late, late[::-1])
    found = await asyncio.gather(
        *(database.transaction(partial(find_late, stored=order)) for order in orders)
    )
    assert sorted(found) == [0, 2], "the second finds that they read again"


async def test_who_waits_for_campaigns_has_locked_no_alert(database: Database) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    await start(database)
    await stored(database, [trade(30, "1")])
    while await fan_out_next(database, rules) is not None:
        pass
    await advance(database, 500)

    async def hold(connection: Connection) -> int:
        await lock_clock(connection, CHAIN)
        is_locked.set()
        while not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
            pass
        return len(await connection.fetch("SELECT FROM alerts FOR UPDATE SKIP LOCKED"))

    async def note() -> int:
        await is_locked.wait()
        return await note_trades(database)

    is_locked = asyncio.Event()
    assert sum(await asyncio.gather(database.transaction(hold), note())) == 2
