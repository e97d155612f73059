"""Campaigns continue with what is stored: the same result in parts, late, reverted, or killed anywhere."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import asyncpg
import pytest
from asyncpg.transaction import Transaction
from msgspec import structs

from domain.activity.activity import SOL
from domain.paper.stored import CampaignStatus, StoredCampaign
from domain.tokens.candles import SeenPrice
from storage.delivery.corrections import correct_next
from storage.delivery.fan_out import fan_out_next
from storage.delivery.trade_prices import note_trades
from storage.ingest.activities import Batch, store
from storage.market.candles import note_prices_read
from storage.paper.advance import advance_campaigns, read_stored_next
from storage.paper.campaigns import campaign_fills, campaign_of, campaign_points, set_campaign_status
from storage.postgres import Database
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

RICH = structs.replace(
    PLAN, delay_s=2, fee_bps=100, stop_pct=Decimal(20), take_profit_pct=Decimal(30), max_open=3
)


async def advance(database: Database, seconds: int) -> None:
    """Let campaigns see all before that."""
    while await advance_campaigns(database, chain=CHAIN, horizon=moment(seconds)):
        pass


async def read_all(database: Database) -> None:
    while await read_stored_next(database, chain=CHAIN):
        pass


async def sides(database: Database, campaign_id: int | None) -> list[str]:
    assert campaign_id is not None
    found = await campaign_fills(database, campaign_id=campaign_id, chat_id=ALICE, limit=99)
    return [one.side.value for one in reversed(found)]


async def test_over_stored_history_it_comes_to_what_a_computation_apart_says(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    activities = generated_activities(1, 300)
    await stored(database, activities)
    await set_clock(database, 100_000)
    monkeypatch.setattr("storage.paper.advance.AT_ONCE", 7)
    monkeypatch.setattr("storage.paper.advance.STORED_WINDOW", timedelta(seconds=700))
    campaign_id = await start(database, RICH)
    await read_all(database)
    result = await result_of(database, campaign_id)
    assert result == plain(RICH, activities)
    assert result["trades"] > 10


@pytest.mark.parametrize("seed", range(3))
async def test_live_in_parts_it_comes_to_what_a_computation_apart_says(database: Database, seed: int) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    campaign_id = await start(database, RICH)
    rng, left, now = Random(seed), generated_activities(seed), 0
    while left:
        part, left = left[: (size := rng.randint(1, 30))], left[size:]
        await stored(database, part)
        if left:
            now = max(now, (left[0].block_time or 0) - PLAN.since)  # type: ignore[operator]
            await advance(database, now)
            await read_all(database)
    await advance(database, 100_000)
    assert await result_of(database, campaign_id) == plain(RICH, generated_activities(seed))


class Killed(BaseException):
    """The process is gone."""


class Killer:
    """Ends the process before its n-th statement, or around its commits."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        connection: Any = asyncpg.connection.Connection
        commit = Transaction._Transaction__commit  # type: ignore[attr-defined]
        execute = connection._execute

        async def counted(itself: Any, *arguments: Any, **options: Any) -> Any:
            self.pass_by()
            return await execute(itself, *arguments, **options)

        async def around(itself: Any) -> Any:
            self.pass_by()
            done = await commit(itself)
            self.pass_by()
            return done

        monkeypatch.setattr(connection, "_execute", counted)
        monkeypatch.setattr(Transaction, "_Transaction__commit", around)

    def pass_by(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


@pytest.mark.parametrize("step", ["live", "stored"])
async def test_killed_before_each_statement_and_around_each_commit_it_loses_and_doubles_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    await follow(database, ALICE)
    activities = generated_activities(5, 60)
    await stored(database, activities)
    await set_clock(database, 0 if step == "live" else 100_000)
    campaign_id = await start(database, RICH)
    if step == "live":
        await read_all(database)
    monkeypatch.setattr("storage.paper.advance.AT_ONCE", 10)
    killer, kills = Killer(monkeypatch), 0
    for index in range(200):
        killer.left = index
        try:
            if step == "live":
                await advance(database, 5_000)
            await read_all(database)
        except Killed:
            kills += 1
        else:
            break
    killer.left = None
    assert kills > 15
    if step == "live":
        await advance(database, 5_000)
    assert await result_of(database, campaign_id) == plain(RICH, activities)
    numbers = await database.fetch("SELECT number FROM campaign_fills ORDER BY number")
    assert [row["number"] for row in numbers] == [*range(1, len(numbers) + 1)]
    kept = await database.fetchval("SELECT fills FROM campaigns")
    assert kept == len(numbers) > 8


async def noted(database: Database) -> None:
    """The dispatcher decides alerts, and notes what trades show."""
    while await fan_out_next(database, rules) is not None:
        pass
    await note_trades(database)


async def test_what_is_stored_too_late_is_taken_in_after_all_and_what_was_seen_in_time_is_not_read_again(
    database: Database,
) -> None:
    await follow(database, ALICE)
    activities = generated_activities(3, 80)
    for wallet in ("another", "a third"):
        await follow(database, ALICE, wallet=wallet)
    late = activities[30:33]
    in_time = [one for one in activities if one not in late]
    await set_clock(database, 0)
    campaign_id = await start(database, RICH)
    await read_all(database)
    await stored(database, in_time)
    await advance(database, 50_000)
    assert await result_of(database, campaign_id) == plain(RICH, in_time)
    await stored(database, late)
    await noted(database)
    await read_all(database)
    await advance(database, 50_100)
    assert await result_of(database, campaign_id) == plain(RICH, activities)
    await database.execute(
        "UPDATE alerts SET trade_noted_at = NULL, created_at = now() - interval '9 hours', written_by = '3'"
    )
    await note_trades(database)
    assert await database.fetchval("SELECT count(*) FROM campaigns WHERE cursor IS NOT NULL") == 0


async def test_what_happened_in_a_block_that_died_is_taken_back(database: Database) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    campaign_id = await start(database)
    await read_all(database)
    first, second = trade(1, "0.5"), trade(5, "0.75", is_sale=True)
    await store(database, Batch(chain=CHAIN, activities=[first], provisional=True))
    await stored(database, [second])
    await noted(database)
    await advance(database, 60)
    assert await sides(database, campaign_id) == ["buy", "sell"]
    await store(database, Batch(chain=CHAIN, verified=[(first.signature, first.wallet)]))
    while (await correct_next(database)).has_more:
        pass
    await read_all(database)
    assert await sides(database, campaign_id) == []
    assert await result_of(database, campaign_id) == plain(PLAN, [second])


async def test_before_its_time_and_after_its_end_nothing_is_seen_and_then_it_is_over(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    since = PLAN.since or 0
    plan = structs.replace(PLAN, since=since + 100, until=since + 200)
    campaign_id = await start(database, plan)
    await read_all(database)
    tokens = {50: "early", 100: "first", 200: "last", 201: "late"}
    activities = [trade(at, "0.5", token=token) for at, token in tokens.items()]
    await stored(database, activities)
    await advance(database, 200)
    assert (await campaign(database, campaign_id)).status is CampaignStatus.RUNNING
    await advance(database, 201)
    found = await campaign(database, campaign_id)
    assert found.status is CampaignStatus.ENDED
    assert found.figures.open_positions == 2
    await advance(database, 300)
    assert await result_of(database, campaign_id) == plain(plan, activities)
    acts = [row["act"] for row in await database.fetch("SELECT act FROM audit_log ORDER BY audit_id")]
    assert acts == [f"paper {campaign_id} started", f"paper {campaign_id} ended"]


async def campaign(database: Database, campaign_id: int | None) -> StoredCampaign:
    assert campaign_id is not None
    found = await campaign_of(database, campaign_id=campaign_id, chat_id=ALICE)
    assert found is not None
    return found


async def set_pause(database: Database, field: str, seconds: int) -> None:
    """Let the last pause begin or end so long after the beginning."""
    at = int(moment(seconds).timestamp())
    await database.execute("UPDATE campaigns SET pauses = jsonb_set(pauses, $1, $2)", ["0", field], str(at))


async def test_while_it_pauses_it_sees_nothing_and_stopped_it_stays_so(database: Database) -> None:
    await follow(database, ALICE)
    begin = int((await database.fetchval("SELECT now()")).timestamp()) - 100 - BEGIN
    plan = structs.replace(PLAN, since=BEGIN + begin)
    await set_clock(database, begin)
    campaign_id = await start(database, plan)
    assert campaign_id is not None
    await read_all(database)

    async def change(status: CampaignStatus) -> bool:
        return await set_campaign_status(
            database, campaign_id=campaign_id, chat_id=ALICE, status=status, actor_id=ALICE
        )

    assert await change(CampaignStatus.PAUSED)
    assert await change(CampaignStatus.PAUSED), "once more changes nothing"
    await set_pause(database, "begin", begin + 10)
    assert await change(CampaignStatus.RUNNING)
    await set_pause(database, "end", begin + 20)
    activities = [trade(at, "0.5", at=begin + at, token=f"t{at}") for at in (5, 15, 25)]
    await stored(database, activities)
    await advance(database, begin + 30)
    assert await result_of(database, campaign_id) == plain(plan, [activities[0], activities[2]])
    assert await change(CampaignStatus.STOPPED)
    assert not await change(CampaignStatus.RUNNING)
    await advance(database, begin + 160 + 3_600)
    assert await database.fetchval("SELECT finished FROM campaigns")


async def test_a_minute_candle_fills_what_no_trade_does_and_without_any_in_a_minute_it_stays_unfilled(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    plan = structs.replace(PLAN, delay_s=10)
    campaign_id = await start(database, plan)
    await read_all(database)
    await stored(database, [trade(0, "0.5", token=MINT), trade(1, "0.5", token="unpriced")])
    prices = [
        SeenPrice(chain=CHAIN, mint=MINT, usd=Decimal(80), at=moment(60), is_certain=True),
        SeenPrice(chain=CHAIN, mint="unpriced", usd=Decimal(80), at=moment(90), is_certain=True),
    ]
    await note_prices_read(database, prices)
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at, wallet, is_certain)"
        " SELECT $1, $2, 's' || n, 200, $3::timestamptz - n * interval '1 second', 'w' || n, true"
        " FROM generate_series(1, 11) AS n",
        CHAIN,
        SOL,
        moment(0),
    )
    await advance(database, 300)
    (bought,) = await campaign_fills(database, campaign_id=campaign_id or 0, chat_id=ALICE, limit=9)
    assert (bought.token, bought.filled_at - BEGIN) == (MINT, 60)
    assert bought.quantity == str(25 * (10**11 - 500_000)), "at 80 dollars, with SOL at 200"
    assert (await result_of(database, campaign_id))["unfilled"] == 1


async def test_a_campaign_that_cannot_go_on_is_broken_off_and_holds_up_no_other(database: Database) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    first, second, third = [await start(database) for _ in range(3)]
    await read_all(database)
    await database.execute("UPDATE campaigns SET state = '{}' WHERE campaign_id = $1", first)
    await database.execute(
        "UPDATE campaigns SET plan = '{}', cursor = $2 WHERE campaign_id = $1", third, moment(0)
    )
    await stored(database, [trade(1, "0.5")])
    await advance(database, 60)
    await read_all(database)
    assert await sides(database, second) == ["buy"]
    rows = await database.fetch("SELECT status, error FROM campaigns ORDER BY campaign_id")
    assert [(row["status"], row["error"]) for row in rows] == [
        ("stopped", "ValidationError"),
        ("running", None),
        ("stopped", "ValidationError"),
    ]


async def test_its_curve_has_the_last_of_each_five_minutes(database: Database) -> None:
    await follow(database, ALICE)
    await set_clock(database, 0)
    campaign_id = await start(database)
    await read_all(database)
    prices = {0: "0.5", 10: "1", 400: "0.5"}
    await stored(database, [trade(at, price, vault=10**12) for at, price in prices.items()])
    await advance(database, 600)
    points = await campaign_points(database, campaign_id=campaign_id or 0, chat_id=ALICE)
    sol = 10**9
    assert [(one.at - BEGIN, one.own, one.whale) for one in points] == [
        (-300, 10 * sol, 10 * sol),
        (0, 11 * sol - 10_000, 11 * sol),
        (300, 10 * sol - 5_000, 10 * sol),
    ]


async def test_two_workers_at_once_lose_and_double_nothing(database: Database) -> None:
    await follow(database, ALICE)
    activities = generated_activities(6, 80)
    await set_clock(database, 0)
    campaign_id = await start(database, RICH)
    await stored(database, activities)
    both = (advance(database, 10_000), read_all(database))
    await asyncio.gather(*both, advance(database, 10_000), read_all(database))
    for seconds in (10_000, 10_001):
        await read_all(database)
        await advance(database, seconds)
    assert await result_of(database, campaign_id) == plain(RICH, activities)
    assert await database.fetchval("SELECT fills FROM campaigns") == len(await sides(database, campaign_id))


async def test_who_takes_long_holds_up_no_other_and_goes_on_from_where_it_came(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    activities = generated_activities(9, 60)
    await set_clock(database, 0)
    campaigns = [await start(database, RICH) for _ in range(3)]
    await read_all(database)
    await stored(database, activities)
    monkeypatch.setattr("storage.paper.moves.PART", 10)
    monkeypatch.setattr("storage.paper.advance.BUSY_SECONDS", -1)
    await advance(database, 5_000)
    assert await database.fetchval("SELECT min(cursor) > $1 FROM campaigns", moment(0))
    assert await database.fetchval("SELECT seen_until FROM campaign_clocks") == moment(5_000)
    await read_all(database)
    for campaign_id in campaigns:
        assert await result_of(database, campaign_id) == plain(RICH, activities)
