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
