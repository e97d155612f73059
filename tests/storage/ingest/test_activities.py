"""Activity, alert and cursor commit together and once."""

import asyncio

import pytest

from domain.activity.activity import Kind
from storage.ingest.activities import Batch, QuarantinedTransaction, store
from storage.ingest.cursors import read_cursor
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, WHALE, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_an_activity_is_stored_with_its_alert_and_the_cursor(database: Database) -> None:
    await follow(database, ALICE)
    batch = Batch(chain=CHAIN, activities=[purchase()], feed="blocks", slot=100)
    assert len(await store(database, batch)) == 1
    cursor = await read_cursor(database, chain=CHAIN, feed="blocks")
    assert cursor is not None
    assert cursor.slot == 100
    assert await database.fetchval("SELECT payload->'paid'->0->>'raw' FROM activities") == "84200000000"


async def test_the_same_activity_makes_one_alert_however_often_it_is_seen(database: Database) -> None:
    await follow(database, ALICE)
    made = await asyncio.gather(*(happened(database, purchase(), purchase(1)) for _ in range(8)))
    assert sum(map(len, made)) == 2
    assert await database.fetchval("SELECT count(*) FROM activities") == 2


async def test_two_whales_of_one_transaction_are_two_activities(database: Database) -> None:
    other = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=other)
    assert len(await happened(database, purchase(), purchase(wallet=other, kind=Kind.SELL))) == 2


async def test_the_cursor_never_moves_back(database: Database) -> None:
    for slot in (100, 90):
        await store(database, Batch(chain=CHAIN, feed="blocks", slot=slot))
    cursor = await read_cursor(database, chain=CHAIN, feed="blocks")
    assert cursor is not None
    assert cursor.slot == 100


async def test_a_block_without_time_gets_the_time_of_the_database(database: Database) -> None:
    await follow(database, ALICE)
    activity = purchase()
    timeless = type(activity)(
        **{f: getattr(activity, f) for f in activity.__struct_fields__} | {"block_time": None}
    )
    await happened(database, timeless)
    assert await database.fetchval("SELECT block_time > now() - interval '1 minute' FROM activities")


async def test_a_transaction_that_cannot_be_decoded_is_kept_once_with_its_bytes(database: Database) -> None:
    quarantined = QuarantinedTransaction(
        slot=7, position=3, signature=None, reason="cut short", raw=b'{"meta":'
    )
    for _ in range(2):
        await store(database, Batch(chain=CHAIN, quarantined=[quarantined], feed="blocks", slot=7))
    rows = await database.fetch("SELECT raw, reason FROM quarantine")
    assert [(row["raw"], row["reason"]) for row in rows] == [(b'{"meta":', "cut short")]


async def test_an_activity_of_a_wallet_nobody_ever_followed_makes_no_alert(database: Database) -> None:
    assert await happened(database, purchase(wallet=WHALE)) == []
