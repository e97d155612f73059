"""Messages about outages: one for each chat that was touched, with what it meant there, in its own time."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.rules.rules import ChatSettings, Quiet
from domain.sharding import bucket_of
from storage.chats.bans import ban
from storage.chats.chats import close_chat
from storage.chats.rules import change_settings
from storage.ingest.activities import Batch, QuarantinedTransaction, store
from storage.postgres import Database, Row
from tests.storage.outbox import NEWCOMER, announce_all, end_outage
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, purchase

pytestmark = pytest.mark.services

OTHER = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
CAROL = 1003


async def messages(database: Database) -> dict[int, int]:
    rows = await database.fetch("SELECT chat_id, events FROM deliveries WHERE kind = 'outage'")
    return {row["chat_id"]: row["events"] for row in rows}


async def test_each_chat_gets_the_number_of_its_late_events_and_nothing_else(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB, wallet=OTHER)
    await store(database, Batch(chain=CHAIN, activities=[purchase(7)]))
    await end_outage(database, 1, 2, 150)  # one of them was produced when all was well again
    await fan_out_all(database)
    assert await announce_all(database) == 1
    assert await messages(database) == {ALICE: 2, BOB: 0}


async def test_each_chat_gets_one_message_however_often_and_in_however_small_steps(
    database: Database,
) -> None:
    for number in range(25):
        await follow(database, ALICE + number)
    await end_outage(database, 1)
    await fan_out_all(database)
    assert await announce_all(database, limit=10) == 3
    assert await announce_all(database) == 0
    assert len(await messages(database)) == 25
    assert await database.fetchval("SELECT announced_at IS NOT NULL FROM outages")


async def test_it_waits_until_late_alerts_are_decided(database: Database) -> None:
    await follow(database, ALICE)
    await end_outage(database, 1)
    assert await announce_all(database) == 0
    await fan_out_all(database)
    assert await announce_all(database) == 1


async def test_it_waits_until_the_feed_had_no_gap_for_a_while(database: Database) -> None:
    await follow(database, ALICE)
    await end_outage(database, ago=30)
    assert await announce_all(database) == 0


async def test_an_outage_soon_after_another_is_not_announced_yet(database: Database) -> None:
    await follow(database, ALICE)
    await end_outage(database)
    await announce_all(database)
    await end_outage(database)
    assert await announce_all(database) == 0
    await database.execute(
        "UPDATE outages SET announcing_at = now() - interval '1 h' WHERE announced_at IS NOT NULL"
    )
    assert await announce_all(database) == 1


async def test_chats_that_are_closed_banned_mute_or_new_get_nothing(database: Database) -> None:
    for chat_id in (ALICE, ALICE + 1, ALICE + 2, NEWCOMER):
        await follow(database, chat_id)
    await close_chat(database, ALICE, "blocked")
    await ban(database, user_id=ALICE + 1, reason="spam", by=1)
    await database.execute(
        "UPDATE watches SET muted_until = now() + interval '1 h' WHERE chat_id = $1", ALICE + 2
    )
    await end_outage(database)
    await announce_all(database)
    assert await messages(database) == {}


async def test_chats_that_follow_none_of_the_unseen_wallets_get_nothing(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB, wallet=OTHER)
    await end_outage(database, 1, buckets=[bucket_of(OTHER)])
    await fan_out_all(database)
    await announce_all(database)
    assert await messages(database) == {BOB: 0}


async def test_a_forum_gets_it_in_one_of_its_topics(database: Database) -> None:
    await follow(database, ALICE)
    await database.execute("UPDATE watches SET topic_id = 9")
    await follow(database, ALICE, wallet=OTHER)
    await database.execute("UPDATE watches SET topic_id = 4 WHERE topic_id = 0")
    await end_outage(database)
    await announce_all(database)
    assert await database.fetchval("SELECT array_agg(topic_id) FROM deliveries") == [4]


async def test_in_quiet_hours_it_waits_for_their_end(database: Database) -> None:
    await follow(database, CAROL)
    now = datetime.now(UTC)
    minute = now.hour * 60 + now.minute
    quiet = Quiet(begin=(minute - 60) % 1440, end=(minute + 60) % 1440)
    await change_settings(database, CAROL, lambda _: ChatSettings(quiet=quiet))
    await end_outage(database)
    await announce_all(database)
    row: Row | None = await database.fetchrow("SELECT due_at, lane FROM deliveries")
    assert row is not None
    assert timedelta(minutes=58) < row["due_at"] - now <= timedelta(minutes=60)
    assert row["lane"] == 3


async def test_slots_without_a_block_from_any_node_are_counted(database: Database) -> None:
    await follow(database, ALICE)
    await end_outage(database)
    for first, last in ((110, 119), (150, None), (200, 400)):  # the last ones were not of this outage
        unread = QuarantinedTransaction(
            slot=first, last_slot=last, position=-1, signature=None, reason="nobody gives it", raw=b""
        )
        await store(database, Batch(chain=CHAIN, quarantined=[unread]))
    await announce_all(database)
    assert await database.fetchval("SELECT unread FROM outages") == 11
