"""What is booked again long after its alerts were deleted is what it was."""

import msgspec
import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.positions.holdings import Holding
from storage.admin.retention import apply_retention
from storage.market.position_rebuilds import rebuild_next
from storage.postgres import Database
from tests.storage.sample_data import ALICE, MINT, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


def bought(number: int, quantity: int, lamports: int) -> Activity:
    return structs.replace(
        purchase(number),
        paid=(Leg(mint=SOL, raw=lamports, decimals=9),),
        received=(Leg(mint=MINT, raw=quantity, decimals=5),),
    )


def sold(number: int, quantity: int, lamports: int) -> Activity:
    trade = bought(number, quantity, lamports)
    return structs.replace(trade, kind=Kind.SELL, paid=trade.received, received=trade.paid)


async def position(database: Database) -> Holding:
    return msgspec.json.decode(await database.fetchval("SELECT state FROM positions"), type=Holding)


async def happens(database: Database, *activities: Activity) -> None:
    await happened(database, *activities)
    await fan_out_all(database)


async def grow_old(database: Database, days: int = 91) -> None:
    """Everything lies so much further back."""
    for column, table in (
        ("created_at", "alerts"),
        ("created_at", "deliveries"),
        ("next_base_at", "positions"),
    ):
        await database.execute(
            f"UPDATE {table} SET {column} = {column} - make_interval(days => $1)",
            days,
        )
    await database.execute("UPDATE deliveries SET state = 'sent' WHERE state = 'pending'")


async def test_what_deleted_alerts_made_of_a_position_is_not_forgotten(database: Database) -> None:
    await follow(database, ALICE)
    await happens(database, bought(1, 100, 1_000), bought(2, 100, 3_000))
    await grow_old(database)
    await happens(database, sold(50, 50, 2_000))
    before = await position(database)
    deleted = await apply_retention(database, days=90)
    assert deleted["alerts"] == 2
    assert await database.fetchval("SELECT is_cut FROM positions"), "no history fits below it any more"
    await database.execute("UPDATE positions SET stale_at = now()")
    assert await rebuild_next(database)
    assert await position(database) == before
    assert (before.known, before.sol.cost, before.sol.realised) == (150, 3_000, 1_000)


async def test_each_alert_is_taken_in_once_however_often_retention_runs(database: Database) -> None:
    await follow(database, ALICE)
    await happens(database, bought(1, 100, 1_000))
    await grow_old(database)
    await database.execute("UPDATE deliveries SET state = 'pending'")  # it keeps its alert
    for _ in range(2):
        assert (await apply_retention(database, days=90))["alerts"] == 0
    await happens(database, bought(2, 100, 2_000))
    await database.execute("UPDATE positions SET stale_at = now()")
    assert await rebuild_next(database)
    assert ((await position(database)).known, (await position(database)).sol.cost) == (200, 3_000)


async def test_a_state_that_waits_to_be_the_older_one_is_not_before_it(database: Database) -> None:
    await follow(database, ALICE)
    await happens(database, bought(1, 100, 1_000))
    await grow_old(database)
    await apply_retention(database, days=90)
    await happens(database, bought(2, 100, 2_000))  # takes the waiting state in use
    await database.execute("UPDATE positions SET stale_at = now()")
    assert await rebuild_next(database)
    assert (await position(database)).known == 200
