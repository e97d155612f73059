"""Messages about outages: one for each chat that was touched, with what it meant there, in its own time.
What nobody can tell after an hour is named in one line for each chat, once.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from domain.delivery.deliveries import DeliveryKind, UnconfirmedAlerts
from domain.delivery.results import SendResult, SendStatus, apply_result
from domain.rules.lanes import Lane
from domain.rules.rules import ChatSettings, Quiet
from domain.sharding import bucket_of
from storage.chats.chats import close_chat
from storage.chats.people import ban
from storage.chats.rules import change_settings
from storage.delivery.claims import claim
from storage.delivery.deliveries import mark_sending, record_results, recover
from storage.delivery.system_messages import name_unconfirmed, named_alerts
from storage.ingest.activities import Batch, QuarantinedTransaction, store
from storage.postgres import Database, Row, open_database
from tests.storage.outbox import NEWCOMER, announce_all, end_outage
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
OTHER = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
CAROL = 1003
UNCONFIRMED_BOB = ALICE + 1
UNCONFIRMED_OTHER = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
AMBIGUOUS = SendResult(status=SendStatus.AMBIGUOUS)


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


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url)
    yield opened
    await opened.close()


async def lose_answers(database: Database, count: int, *chats: int) -> None:
    """Alerts whose first copies and marked copies got no answer."""
    for chat_id in chats:
        await follow(database, chat_id)
    await happened(database, *(purchase(number) for number in range(count)))
    await fan_out_all(database)
    for _ in range(2):
        claimed = await claim(database, owner="a", limit=99)
        await mark_sending(database, owner="a", delivery_ids=[one.delivery_id for one in claimed])
        await record_results(
            database, owner="a", transitions=[apply_result(one, AMBIGUOUS) for one in claimed]
        )
        await database.execute("UPDATE deliveries SET due_at = now() WHERE state = 'retry'")


async def an_hour_passes(database: Database) -> None:
    await database.execute("UPDATE deliveries SET due_at = due_at - interval '1 hour'")


async def states(database: Database) -> list[str]:
    rows = await database.fetch(
        "SELECT state FROM deliveries WHERE alert_id IS NOT NULL ORDER BY delivery_id"
    )
    return [row["state"] for row in rows]


async def test_for_an_hour_nothing_is_named_and_nothing_is_sent(database: Database) -> None:
    await lose_answers(database, 3, ALICE)
    assert await states(database) == ["unconfirmed"] * 3
    assert await name_unconfirmed(database) == 0
    assert await claim(database, owner="a", limit=9) == []


async def test_then_each_chat_gets_one_line_that_names_all_of_its_alerts(database: Database) -> None:
    await lose_answers(database, 3, ALICE, UNCONFIRMED_BOB)
    await an_hour_passes(database)
    assert await name_unconfirmed(database) == 6
    assert await states(database) == ["ambiguous"] * 6
    lines = sorted(await claim(database, owner="a", limit=9), key=lambda one: one.chat_id)
    assert [(one.chat_id, one.kind, one.lane) for one in lines] == [
        (chat_id, DeliveryKind.UNCONFIRMED_ALERTS, Lane.URGENT) for chat_id in (ALICE, UNCONFIRMED_BOB)
    ]
    assert all(one.content == UnconfirmedAlerts() for one in lines)
    named = await named_alerts(database, [one.delivery_id for one in lines])
    assert [len(named[one.delivery_id]) for one in lines] == [3, 3]


async def test_nothing_is_named_twice(database: Database) -> None:
    await lose_answers(database, 2, ALICE)
    await an_hour_passes(database)
    assert [await name_unconfirmed(database) for _ in range(3)] == [2, 0, 0]


async def test_when_one_is_due_all_of_its_chat_are_named(database: Database) -> None:
    await lose_answers(database, 2, ALICE)
    await database.execute(
        "UPDATE deliveries SET due_at = now() WHERE delivery_id = (SELECT min(delivery_id) FROM deliveries)"
    )
    assert await name_unconfirmed(database) == 2


async def test_a_digest_is_named_by_all_that_it_holds(database: Database) -> None:
    await lose_answers(database, 3, ALICE)
    await database.execute(
        "UPDATE deliveries SET digest_id = newest.delivery_id,"
        " kind = CASE WHEN deliveries.delivery_id = newest.delivery_id THEN 'digest' ELSE kind END,"
        " state = CASE WHEN deliveries.delivery_id = newest.delivery_id THEN state ELSE 'digested' END"
        " FROM (SELECT max(delivery_id) AS delivery_id FROM deliveries) AS newest"
    )
    await an_hour_passes(database)
    assert await name_unconfirmed(database) == 1
    (line,) = await claim(database, owner="a", limit=9)
    assert len((await named_alerts(database, [line.delivery_id]))[line.delivery_id]) == 3


async def test_senders_that_die_between_mark_and_record_follow_the_same_rule(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await fan_out_all(database)
    for _ in range(2):
        (claimed,) = await claim(database, owner="a", limit=9)
        await mark_sending(database, owner="a", delivery_ids=[claimed.delivery_id])
        await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
        await recover(database)
    assert await states(database) == ["unconfirmed"]
    assert await name_unconfirmed(database) == 0
    await an_hour_passes(database)
    assert await name_unconfirmed(database) == 1


async def test_two_wallets_of_one_name_are_named_with_their_addresses(database: Database) -> None:
    await follow(database, ALICE, label="Moby")
    await follow(database, ALICE, wallet=UNCONFIRMED_OTHER, label="moby")
    await lose_answers(database, 1, ALICE)
    await an_hour_passes(database)
    await name_unconfirmed(database)
    (line,) = await claim(database, owner="a", limit=9)
    (entry,) = (await named_alerts(database, [line.delivery_id]))[line.delivery_id]
    assert entry.label == "Moby 7vfC…voxs"
