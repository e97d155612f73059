"""The fan-out: every watch decided once, resumable, with a row for every no."""

import asyncio

import pytest

from storage.chats.chats import close_chat
from storage.chats.watches import mute_watch, watches_of
from storage.delivery.fan_out import fan_out_next
from storage.delivery.open_alerts import open_alerts
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, happened, purchase, rules

pytestmark = pytest.mark.services


async def test_every_follower_gets_one_delivery(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await happened(database, purchase())
    assert await fan_out_all(database) == 2
    assert await open_alerts(database) == 0


async def test_a_muted_watch_gets_a_row_that_says_so(database: Database) -> None:
    await follow(database, ALICE)
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    await mute_watch(database, watch_id=watch.watch_id, chat_id=ALICE, seconds=3600)
    await happened(database, purchase())
    assert await fan_out_all(database) == 0
    row = await database.fetchrow("SELECT state, gate FROM deliveries")
    assert row is not None
    assert (row["state"], row["gate"]) == ("suppressed", "muted")


async def test_a_closed_chat_is_not_written_to(database: Database) -> None:
    await follow(database, ALICE)
    await close_chat(database, ALICE, "blocked")
    await happened(database, purchase())
    assert await fan_out_all(database) == 0


async def test_a_later_watch_gets_no_delivery_for_earlier_alerts(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await follow(database, BOB)
    assert await fan_out_all(database) == 1


async def test_a_large_fan_out_goes_on_where_it_stopped(database: Database) -> None:
    for chat_id in range(1, 11):
        await follow(database, chat_id)
    await happened(database, purchase())
    steps = [await fan_out_next(database, rules, limit=4) for _ in range(4)]
    assert steps == [4, 4, 2, None]
    assert await database.fetchval("SELECT count(DISTINCT chat_id) FROM deliveries") == 10


async def test_several_dispatchers_share_the_alerts_without_doubling(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(30)))
    await asyncio.gather(*(fan_out_all(database) for _ in range(4)))
    assert await database.fetchval("SELECT count(*) FROM deliveries") == 30
    assert await open_alerts(database) == 0
