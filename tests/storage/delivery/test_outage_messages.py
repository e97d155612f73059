"""Notices of outages: one for each chat that was touched, with what it meant there, when it may be told."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.rules.rules import ChatSettings, Quiet
from domain.sharding import bucket_of
from storage.chats.bans import ban
from storage.chats.chats import close_chat
from storage.chats.rules import change_settings
from storage.delivery.outage_messages import address_next
from storage.ingest.activities import Batch, QuarantinedTransaction, store
from storage.postgres import Database, Row
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, purchase

pytestmark = pytest.mark.services

OTHER = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
CAROL = 1003
NEWCOMER = 1999


async def blind(
    database: Database, *numbers: int, buckets: list[int] | None = None, ago: float = 100
) -> None:
    """An outage over slots 100 to 199 that is over, in which these purchases were missed."""
    await database.execute(
        "UPDATE watches SET created_at = now() - interval '1 day' WHERE chat_id <> $1", NEWCOMER
    )
    await database.execute(
        "INSERT INTO outages (chain, buckets, began_at, ended_at, slots, counted_to, after_alert_id,"
        " upto_alert_id) SELECT $1, $2, now() - make_interval(secs => $3 + 600),"
        " now() - make_interval(secs => $3), '{[100,199]}', 100, coalesce(max(alert_id), 0),"
        " coalesce(max(alert_id), 0) + 1000 FROM alerts",
        CHAIN,
        buckets,
        ago,
    )
    await store(database, Batch(chain=CHAIN, activities=[purchase(number) for number in numbers]))


async def notices(database: Database) -> dict[int, int]:
    rows = await database.fetch("SELECT chat_id, events FROM system_messages WHERE kind = 'outage'")
    return {row["chat_id"]: row["events"] for row in rows}


async def address_all(database: Database, *, limit: int = 2_000) -> int:
    steps = 0
    while await address_next(database, stable_seconds=60, limit=limit) is not None:
        steps += 1
    return steps


async def test_each_chat_hears_how_many_of_its_events_came_late_and_nothing_else(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB, wallet=OTHER)
    await store(database, Batch(chain=CHAIN, activities=[purchase(7)]))
    await blind(database, 1, 2, 150)  # one of them was produced when all was well again
    await fan_out_all(database)
    assert await address_all(database) == 1
    assert await notices(database) == {ALICE: 2, BOB: 0}


async def test_it_is_told_once_however_often_and_in_however_small_steps(database: Database) -> None:
    for number in range(25):
        await follow(database, ALICE + number)
    await blind(database, 1)
    await fan_out_all(database)
    assert await address_all(database, limit=10) == 3
    assert await address_all(database) == 0
    assert len(await notices(database)) == 25
    assert await database.fetchval("SELECT announced_at IS NOT NULL FROM outages")


async def test_it_waits_until_what_came_late_is_decided(database: Database) -> None:
    await follow(database, ALICE)
    await blind(database, 1)
    assert await address_all(database) == 0
    await fan_out_all(database)
    assert await address_all(database) == 1


async def test_it_waits_until_the_feed_has_been_well_for_a_while(database: Database) -> None:
    await follow(database, ALICE)
    await blind(database, ago=30)
    assert await address_all(database) == 0


async def test_what_flaps_is_not_told_again_and_again(database: Database) -> None:
    await follow(database, ALICE)
    await blind(database)
    await address_all(database)
    await blind(database)
    assert await address_all(database) == 0
    await database.execute(
        "UPDATE outages SET announcing_at = now() - interval '1 h' WHERE announced_at IS NOT NULL"
    )
    assert await address_all(database) == 1


async def test_chats_that_are_closed_banned_mute_or_new_hear_nothing(database: Database) -> None:
    for chat_id in (ALICE, ALICE + 1, ALICE + 2, NEWCOMER):
        await follow(database, chat_id)
    await close_chat(database, ALICE, "blocked")
    await ban(database, user_id=ALICE + 1, reason="spam", by=1)
    await database.execute(
        "UPDATE watches SET muted_until = now() + interval '1 h' WHERE chat_id = $1", ALICE + 2
    )
    await blind(database)
    await address_all(database)
    assert await notices(database) == {}


async def test_who_follows_none_of_the_wallets_that_were_not_seen_hears_nothing(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB, wallet=OTHER)
    await blind(database, 1, buckets=[bucket_of(OTHER)])
    await fan_out_all(database)
    await address_all(database)
    assert await notices(database) == {BOB: 0}


async def test_a_forum_hears_it_in_one_of_its_topics(database: Database) -> None:
    await follow(database, ALICE)
    await database.execute("UPDATE watches SET topic_id = 9")
    await follow(database, ALICE, wallet=OTHER)
    await database.execute("UPDATE watches SET topic_id = 4 WHERE topic_id = 0")
    await blind(database)
    await address_all(database)
    assert await database.fetchval("SELECT array_agg(topic_id) FROM system_messages") == [4]


async def test_in_quiet_hours_it_waits_for_their_end(database: Database) -> None:
    await follow(database, CAROL)
    now = datetime.now(UTC)
    minute = now.hour * 60 + now.minute
    quiet = Quiet(begin=(minute - 60) % 1440, end=(minute + 60) % 1440)
    await change_settings(database, CAROL, lambda _: ChatSettings(quiet=quiet))
    await blind(database)
    await address_all(database)
    row: Row | None = await database.fetchrow("SELECT due_at, lane FROM system_messages")
    assert row is not None
    assert timedelta(minutes=58) < row["due_at"] - now <= timedelta(minutes=60)
    assert row["lane"] == 3


async def test_slots_that_nobody_gave_are_told(database: Database) -> None:
    await follow(database, ALICE)
    await blind(database)
    for first, last in ((110, 119), (150, None), (200, 400)):  # the last ones were not of this outage
        lost = QuarantinedTransaction(
            slot=first, last_slot=last, position=-1, signature=None, reason="nobody gives it", raw=b""
        )
        await store(database, Batch(chain=CHAIN, quarantined=[lost]))
    await address_all(database)
    assert await database.fetchval("SELECT unread FROM outages") == 11
