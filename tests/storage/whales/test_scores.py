"""Whales are scored in turn, and those worth following come first."""

import pytest

from domain.positions.whale_scores import WhaleScore
from storage.postgres import Database
from storage.whales.scores import best_whales, next_to_score, save_score, worth_following
from tests.domain.positions.whale_samples import GOOD

pytestmark = pytest.mark.services
CHAIN = "solana"
FOUND = """
INSERT INTO whale_addresses SELECT 'solana', address, 1, volume, 1, '{}', '{}', now(), now(), 1
FROM (VALUES ('small', 1), ('large', 9), ('middle', 5)) AS found (address, volume)
"""


async def test_the_largest_is_scored_first_and_each_once_a_week(database: Database) -> None:
    await database.execute(FOUND)
    scored = []
    while (address := await next_to_score(database, chain=CHAIN)) is not None:
        scored.append(address)
        await save_score(database, chain=CHAIN, address=address, score=None)
    assert scored == ["large", "middle", "small"]
    await database.execute(
        "UPDATE whale_scores SET scored_at = now() - interval '8 days' WHERE address = 'small'"
    )
    assert await next_to_score(database, chain=CHAIN) == "small"


async def test_those_worth_following_come_first(database: Database) -> None:
    await database.execute(FOUND)
    score = WhaleScore(record=GOOD, transactions=100)
    await save_score(database, chain=CHAIN, address="small", score=score)
    found = await best_whales(database, chain=CHAIN, limit=9)
    assert [(whale.address, known) for whale, known in found] == [
        ("small", score),
        ("large", None),
        ("middle", None),
    ]
    assert [whale.address for whale, _ in await best_whales(database, chain=CHAIN, limit=9, after=2)] == [
        "middle"
    ]
    assert await worth_following(database, chain=CHAIN, limit=3) == ["small"]
    await database.execute(
        "INSERT INTO wallets (chain, address, banned_reason) VALUES ($1, 'small', 'spam')", CHAIN
    )
    assert await worth_following(database, chain=CHAIN, limit=3) == []
