"""Open alerts: locked by one dispatcher, grouped within a burst, moved on as far as watches are decided.
What is looked up for an event, and learned from it, by its kind.
"""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.prices import MarketFacts
from domain.alerts.kinds import AlertKind
from storage.chats.watches import watches_of
from storage.delivery.open_alerts import (
    EVENT_FACTS,
    FIRST,
    Alert,
    OpenAlert,
    advance,
    learn_from,
    lock_open_alerts,
    open_alerts,
    owning_chats,
    with_markets,
)
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, WHALE, follow, happened, purchase

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
    assert (opened.is_new, opened.max_watches) == (True, FIRST)
    await decide(database, opened, *range(1, FIRST + 1))
    (opened,) = await lock(database, limit=1_000)
    assert (opened.is_new, opened.max_watches) == (False, 1_000)
    assert (opened.last_watch_id, opened.watches_decided) == (FIRST, FIRST)


async def test_an_alert_is_fanned_out_when_fewer_watches_are_left_than_allowed(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    (opened,) = await lock(database, limit=2)
    await decide(database, opened, 1, 2)
    assert await open_alerts(database) == 1
    (opened,) = await lock(database, limit=2)
    await decide(database, opened, 3)
    assert await open_alerts(database) == 0


async def test_of_a_burst_the_first_goes_at_once_and_the_others_together(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(3)))
    first, *others = await lock(database, coalesce_seconds=60)
    assert first.coalesce_until is None
    assert {one.coalesce_until for one in others} == {others[0].coalesce_until} != {None}
    assert [one.coalesce_until for one in await lock(database, coalesce_seconds=0)] == [None] * 3


def alert(activity: Activity) -> Alert:
    return Alert(alert_id=1, event=activity, happened_at=NOW, created_at=NOW, now=NOW)


async def wallet_id_of(database: Database, wallet: str) -> int:
    found: int = await database.fetchval("SELECT wallet_id FROM wallets WHERE address = $1", wallet)
    return found


def test_every_kind_of_alert_has_its_facts() -> None:
    assert set(EVENT_FACTS) == set(AlertKind)


async def test_a_price_that_an_activity_shows_is_stored_for_others(database: Database) -> None:
    await follow(database, ALICE)
    wallet_id = await wallet_id_of(database, WHALE)
    sale = structs.replace(
        purchase(kind=Kind.SELL),
        paid=(Leg(mint=SOL, raw=10**9, decimals=9),),
        received=(Leg(mint=USDC, raw=150 * 10**6, decimals=6),),
        venue="Orca Whirlpool",
    )
    await database.transaction(lambda connection: learn_from(connection, [(wallet_id, alert(sale))]))
    assert await database.fetchval("SELECT usd FROM dollar_prices") == Decimal(150)
    bought = alert(purchase())
    (worth,) = await database.transaction(lambda connection: with_markets(connection, [bought]))
    assert worth.market.usd == Decimal("84.2") * 150


async def test_what_an_event_was_worth_stays_as_it_was_when_it_was_decided(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1))
    (opened,) = await lock(database, limit=1)
    await decide(database, opened, usd=Decimal(5))
    await decide(database, opened, usd=Decimal(7))
    stored = await database.fetchval("SELECT market->>'usd' FROM alerts")
    assert Decimal(stored) == 5


async def test_what_a_wallet_received_makes_its_followers_owners(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=OTHER)
    await follow(database, BOB)
    whale, other = await wallet_id_of(database, WHALE), await wallet_id_of(database, OTHER)
    watches = [
        watch
        for chat_id in (ALICE, BOB)
        for watch in await watches_of(database, chat_id=chat_id, topic_id=0, chain=CHAIN)
        if watch.wallet == WHALE
    ]
    sale = alert(purchase(1, kind=Kind.SELL))

    async def owners(connection: Connection) -> list[frozenset[int]]:
        return await owning_chats(connection, [(whale, sale, watches)])

    assert await database.transaction(owners) == [frozenset()]
    await database.transaction(
        lambda connection: learn_from(connection, [(other, alert(purchase(wallet=OTHER)))])
    )
    assert await database.transaction(owners) == [frozenset({ALICE})]
    assert await database.fetchval("SELECT mint FROM holdings") == MINT
