"""Open alerts: locked by one dispatcher, grouped within a burst, moved on as far as watches are decided.
What is looked up for an event, and learned from it, by its kind.
"""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.activity.prices import MarketFacts
from domain.rules.rules import MAX_BUSY_ABOVE
from storage.delivery.open_alerts import (
    MAX_FIRST,
    OpenAlert,
    advance,
    lock_open_alerts,
)
from storage.postgres import Connection, Database
from tests.storage.outbox import undecided_alerts
from tests.storage.sample_data import (
    ALICE,
    fan_out_all,
    follow,
    happened,
    purchase,
)

pytestmark = pytest.mark.services
NOW = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


async def lock(database: Database, *, limit: int = 2_000, coalesce_seconds: float = 0.0) -> list[OpenAlert]:
    return await database.transaction(
        lambda connection: lock_open_alerts(connection, limit=limit, coalesce_seconds=coalesce_seconds)
    )


async def decide(database: Database, opened: OpenAlert, *watch_ids: int, usd: Decimal | None = None) -> None:
    step = (opened, watch_ids, MarketFacts(usd=usd))
    await database.transaction(lambda connection: advance(connection, [step]))


async def test_an_alert_that_another_dispatcher_has_locked_is_left_out(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1), purchase(2))
    locked, done = asyncio.Event(), asyncio.Event()

    async def work(connection: Connection) -> int:
        found = await lock_open_alerts(connection, limit=9, coalesce_seconds=0)
        locked.set()
        await done.wait()
        return len(found)

    async with asyncio.timeout(4), asyncio.TaskGroup() as group:
        other = group.create_task(database.transaction(work))
        await locked.wait()
        assert await lock(database) == []
        done.set()
    assert other.result() == 2
    assert [one.alert.event for one in await lock(database)] == [purchase(1), purchase(2)]


async def test_at_first_only_a_few_watches_are_decided_and_then_as_many_as_allowed(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    (opened,) = await lock(database)
    assert (opened.is_new, opened.max_watches) == (True, MAX_FIRST)
    await decide(database, opened, *range(1, MAX_FIRST + 1))
    (opened,) = await lock(database, limit=1_000)
    assert (opened.is_new, opened.max_watches) == (False, 1_000)
    assert (opened.last_watch_id, opened.watches_decided) == (MAX_FIRST, MAX_FIRST)


async def test_an_alert_is_fanned_out_when_fewer_watches_are_left_than_allowed(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    (opened,) = await lock(database, limit=2)
    await decide(database, opened, 1, 2)
    assert await undecided_alerts(database) == 1
    (opened,) = await lock(database, limit=2)
    await decide(database, opened, 3)
    assert await undecided_alerts(database) == 0


async def test_of_a_burst_the_first_goes_at_once_and_the_others_together(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(3)))
    first, *others = await lock(database, coalesce_seconds=60)
    assert first.coalesce_until is None
    assert {one.coalesce_until for one in others} == {others[0].coalesce_until} != {None}
    assert [one.coalesce_until for one in await lock(database, coalesce_seconds=0)] == [None] * 3


async def test_what_an_event_was_worth_stays_as_it_was_when_it_was_decided(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1))
    (opened,) = await lock(database, limit=1)
    await decide(database, opened, usd=Decimal(5))
    await decide(database, opened, usd=Decimal(7))
    stored = await database.fetchval("SELECT market->>'usd' FROM alerts")
    assert Decimal(stored) == 5


async def test_what_a_wallet_did_in_this_hour_is_counted_up_to_a_bound(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(MAX_BUSY_ABOVE + 3)))
    await fan_out_all(database)
    rows = await database.fetch("SELECT gate, state FROM deliveries ORDER BY delivery_id")
    gates = [row["gate"] for row in rows]
    assert gates == ["wanted"] * MAX_BUSY_ABOVE + ["wallet_busy"] * 3
    assert {row["state"] for row in rows[-3:]} == {"deferred"}
