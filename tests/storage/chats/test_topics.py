"""All that a group follows moves to one topic, once."""

import pytest

from storage.chats.topics import Spread, move_to_topic, spread
from storage.postgres import Database
from tests.storage.sample_data import CHAIN, MINT, WHALE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
GROUP, HERE = -500, 12
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
