"""All that a group follows moves to one topic, once."""

import asyncio

import pytest
from msgspec import structs

from domain.rules.rules import Digest
from storage.chats.rules import change_settings
from storage.chats.topics import Spread, move_to_topic, spread
from storage.delivery import fan_out
from storage.delivery.claims import claim
from storage.delivery.deliveries import mark_sending
from storage.delivery.new_deliveries import NewDelivery, insert_deliveries
from storage.postgres import Connection, Database
from tests.storage.living import bought, decide, follow_living, send, sold
from tests.storage.sample_data import CHAIN, MINT, WHALE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
GROUP, HERE = -500, 12
WAITS_FOR_A_LOCK = """
SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
OTHER = "Other11111111111111111111111111111111111111"


async def test_what_several_topics_follow_is_followed_once_in_the_one(database: Database) -> None:
    for wallet in (WHALE, OTHER):
        await follow(database, GROUP, wallet=wallet)
    await database.execute(
        "INSERT INTO watches (chat_id, topic_id, wallet_id, label)"
        " SELECT $1, topic, wallet_id, 'x' FROM watches, unnest($2::bigint[]) AS topic WHERE label = ''",
        GROUP,
        [HERE, 3],
    )
    await database.execute(
        "INSERT INTO followed_tokens (chat_id, topic_id, chain, mint, min_usd) VALUES ($1, 3, $2, $3, 5)",
        GROUP,
        CHAIN,
        MINT,
    )
    await happened(database, purchase(1))
    await fan_out_all(database)
    assert await spread(database, chat_id=GROUP, topic_id=HERE) == Spread(2, 4)
    await move_to_topic(database, chat_id=GROUP, topic_id=HERE)
    assert await spread(database, chat_id=GROUP, topic_id=HERE) == Spread(2, 0)
    assert await database.fetchval("SELECT topic_id FROM followed_tokens") == HERE


async def test_what_waits_goes_to_the_topic_too_unless_it_waits_there_already(database: Database) -> None:
    await follow(database, GROUP)
    await happened(database, purchase(1))
    await fan_out_all(database)
    await move_to_topic(database, chat_id=GROUP, topic_id=HERE)
    assert await database.fetchval("SELECT topic_id FROM deliveries") == HERE


@pytest.mark.parametrize("here", [HERE, 77])
async def test_of_copies_that_wait_in_several_topics_one_goes_to_the_one(
    database: Database, here: int
) -> None:
    await follow(database, GROUP)
    await database.execute(
        "INSERT INTO watches (chat_id, topic_id, wallet_id, label)"
        " SELECT $1, topic, wallet_id, 'x' FROM watches, unnest($2::bigint[]) AS topic WHERE label = ''",
        GROUP,
        [HERE, 3],
    )
    await happened(database, purchase(1))
    await fan_out_all(database)
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE state = 'pending'") == 3
    await move_to_topic(database, chat_id=GROUP, topic_id=here)
    rows = await database.fetch(
        "SELECT deliveries.topic_id, watch_id IN (SELECT watch_id FROM watches) AS is_followed"
        " FROM deliveries WHERE state = 'pending'"
    )
    assert [tuple(row) for row in rows] == [(here, True)]


@pytest.mark.parametrize(("state", "left"), [("sent", 0), ("suppressed", 1)])
async def test_what_came_to_the_topic_comes_to_no_other_and_what_did_not_is_kept(
    database: Database, state: str, left: int
) -> None:
    await follow(database, GROUP)
    await happened(database, purchase(1))
    await fan_out_all(database)
    await database.execute(
        "INSERT INTO deliveries (alert_id, chat_id, topic_id, state)"
        " SELECT alert_id, chat_id, $1, $2 FROM deliveries",
        HERE,
        state,
    )
    await move_to_topic(database, chat_id=GROUP, topic_id=HERE)
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE state = 'pending'") == left


async def test_a_digest_with_something_of_its_own_still_comes(database: Database) -> None:
    await follow(database, GROUP)
    for slot in (1, 2):
        await happened(database, purchase(slot))
    await fan_out_all(database)
    await database.execute(
        "INSERT INTO deliveries (alert_id, chat_id, topic_id, state)"
        " SELECT min(alert_id), chat_id, $1, 'sent' FROM deliveries GROUP BY chat_id",
        HERE,
    )
    await database.execute(
        "UPDATE deliveries SET digest_id = first.delivery_id,"
        " state = CASE WHEN deliveries.delivery_id = first.delivery_id THEN 'pending' ELSE 'digested' END"
        " FROM (SELECT min(delivery_id) AS delivery_id FROM deliveries WHERE topic_id = 0) AS first"
        " WHERE topic_id = 0"
    )
    await move_to_topic(database, chat_id=GROUP, topic_id=HERE)
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE state = 'pending'") == 1


async def test_an_exit_that_waits_for_a_digest_comes_to_the_topic_once_though_it_is_of_a_position(
    database: Database,
) -> None:
    await follow_living(database, GROUP)
    await database.execute(
        "INSERT INTO watches (chat_id, topic_id, wallet_id, label)"
        " SELECT chat_id, topic, wallet_id, 'x' FROM watches, unnest($1::bigint[]) AS topic",
        [HERE, 3],
    )
    await decide(database, bought(1))
    for _ in range(3):
        await send(database)
    await change_settings(database, GROUP, lambda old: structs.replace(old, digest=Digest.HOURLY))
    await decide(database, sold(2, left=0))
    await move_to_topic(database, chat_id=GROUP, topic_id=77)
    rows = await database.fetch(
        "SELECT topic_id FROM deliveries WHERE kind = 'alert' AND state IN ('pending', 'retry', 'deferred')"
    )
    assert [row["topic_id"] for row in rows] == [77]


async def test_what_nobody_has_read_of_a_position_comes_to_the_topic_by_itself(database: Database) -> None:
    await follow_living(database, GROUP)
    await decide(database, bought(1))
    await decide(database, bought(2))
    await claim(database, owner="slow", limit=9)
    await move_to_topic(database, chat_id=GROUP, topic_id=HERE)
    await decide(database, bought(3))
    await send(database)
    await send(database)
    rows = await database.fetch("SELECT kind, topic_id, state FROM deliveries ORDER BY delivery_id")
    assert [(row["kind"], row["topic_id"]) for row in rows] == [
        ("alert", HERE),
        ("alert", HERE),
        ("living", HERE),
    ]


async def test_what_edits_a_message_that_was_read_stays_with_it(database: Database) -> None:
    await follow_living(database, GROUP)
    await decide(database, bought(1))
    await send(database)
    await decide(database, bought(2))
    await move_to_topic(database, chat_id=GROUP, topic_id=HERE)
    rows = await database.fetch("SELECT kind, topic_id FROM deliveries ORDER BY delivery_id")
    assert [(row["kind"], row["topic_id"]) for row in rows] == [("living", 0), ("living_edit", 0)]


async def test_an_alert_about_no_wallet_that_is_not_fanned_out_yet_comes_to_the_topic_once(
    database: Database,
) -> None:
    await follow(database, GROUP)
    await database.execute(
        "INSERT INTO alerts (chain, kind, subject, sort, payload, block_time, fanned_out_at)"
        " SELECT $1, 'price', 'x', 'x', '{}', now(), at FROM unnest($2::timestamptz[]) AS at",
        CHAIN,
        [None, await database.fetchval("SELECT now()")],
    )
    await database.execute(
        "INSERT INTO alert_chats (alert_id, number, chat_id, topic_id)"
        " SELECT alert_id, number, $1, topic FROM alerts,"
        " unnest($2::bigint[]) WITH ORDINALITY AS new (topic, number)",
        GROUP,
        [0, 3],
    )
    await move_to_topic(database, chat_id=GROUP, topic_id=HERE)
    rows = await database.fetch(
        "SELECT fanned_out_at IS NULL, number, topic_id"
        " FROM alert_chats JOIN alerts USING (alert_id) ORDER BY 1, 2"
    )
    assert [tuple(row) for row in rows] == [(False, 1, 0), (False, 2, 3), (True, 1, HERE)]


async def test_what_is_being_fanned_out_meanwhile_comes_to_the_topic(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, GROUP)
    await happened(database, purchase(1))
    between = asyncio.Event()

    async def wait_for_the_move(connection: Connection, deliveries: list[NewDelivery]) -> None:
        between.set()
        while not await database.fetchval(WAITS_FOR_A_LOCK):
            pass
        await insert_deliveries(connection, deliveries)

    monkeypatch.setattr(fan_out, "insert_deliveries", wait_for_the_move)
    async with asyncio.TaskGroup() as group:
        group.create_task(fan_out_all(database))
        await between.wait()
        group.create_task(move_to_topic(database, chat_id=GROUP, topic_id=HERE))
    assert await database.fetchval("SELECT topic_id FROM deliveries") == HERE


async def test_a_sender_that_has_claimed_what_moves_does_not_send_it_to_the_old_topic(
    database: Database,
) -> None:
    await follow(database, GROUP)
    await decide(database, purchase(1))
    claimed = await claim(database, owner="a", limit=60)
    await move_to_topic(database, chat_id=GROUP, topic_id=HERE)
    ids = [one.delivery_id for one in claimed]
    assert await mark_sending(database, owner="a", delivery_ids=ids) == set()
    again = await claim(database, owner="b", limit=60)
    assert [(one.delivery_id, one.topic_id) for one in again] == [(ids[0], HERE)]


async def test_a_push_stays_as_it_is(database: Database) -> None:
    await follow(database, GROUP)
    await decide(database, purchase(1))
    await database.execute(
        "INSERT INTO deliveries (kind, alert_id, chat_id, channel, address)"
        " SELECT 'push', alert_id, $1, 'webhook', '1' FROM alerts",
        GROUP,
    )
    await move_to_topic(database, chat_id=GROUP, topic_id=HERE)
    assert await database.fetchval("SELECT topic_id FROM deliveries WHERE kind = 'push'") == 0
