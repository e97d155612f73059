"""Limits an hour: the tier's, the chat's own below it, and never more however many dispatchers decide."""

import asyncio

import pytest
from msgspec import structs

from domain.rules.rules import DEFAULT_SETTINGS
from domain.rules.tiers import parse_hourly_limits
from storage.chats.rules import change_settings
from storage.delivery.fan_out import fan_out_next
from storage.delivery.hourly_count import alerts_this_hour
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, WHALE, follow, happened, purchase, rules

pytestmark = pytest.mark.services

HOURLY_LIMITS = parse_hourly_limits("free=3,pro=0")


async def decide_all(database: Database) -> None:
    while await fan_out_next(database, rules, hourly_limits=HOURLY_LIMITS) is not None:
        continue


async def gates(database: Database, chat_id: int) -> list[str]:
    rows = await database.fetch(
        "SELECT gate FROM deliveries WHERE chat_id = $1 ORDER BY delivery_id", chat_id
    )
    return [row["gate"] for row in rows]


async def test_alerts_beyond_the_hourly_limit_are_deferred_to_one_digest_at_the_end_of_the_hour(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await database.execute("UPDATE chats SET tier = 'pro' WHERE chat_id = $1", BOB)
    await happened(database, *(purchase(n) for n in range(5)))
    await decide_all(database)
    assert await gates(database, ALICE) == ["wanted"] * 3 + ["tier_full"] * 2
    assert await gates(database, BOB) == ["wanted"] * 5
    deferred = (
        "SELECT count(*) FROM deliveries"
        " WHERE state = 'deferred' AND due_at = date_trunc('hour', now()) + interval '1 hour'"
    )
    assert await database.fetchval(deferred) == 2
    kept = await database.fetchval(
        "SELECT reasons->>'hourly_limit' FROM deliveries WHERE gate = 'tier_full' LIMIT 1"
    )
    assert kept == "3"


@pytest.mark.parametrize(
    ("own", "expected"), [(2, ["wanted"] * 2 + ["hour_full"] * 3), (9, ["wanted"] * 3 + ["tier_full"] * 2)]
)
async def test_a_chat_may_only_lower_its_limit(database: Database, own: int, expected: list[str]) -> None:
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda _: structs.replace(DEFAULT_SETTINGS, per_hour=own))
    await happened(database, *(purchase(n) for n in range(5)))
    await decide_all(database)
    assert await gates(database, ALICE) == expected


async def test_several_dispatchers_together_do_not_exceed_it(database: Database) -> None:
    wallets = [f"{WHALE[:-2]}{n:02}" for n in range(12, 24)]
    for wallet in wallets:
        await follow(database, ALICE, wallet=wallet)

    async def one(number: int, wallet: str) -> None:
        await happened(database, purchase(number, wallet=wallet))
        await fan_out_next(database, rules, hourly_limits=HOURLY_LIMITS)

    async with asyncio.TaskGroup() as dispatchers:
        for number, wallet in enumerate(wallets):
            dispatchers.create_task(one(number, wallet))
    await decide_all(database)
    assert sorted(await gates(database, ALICE)) == ["tier_full"] * 9 + ["wanted"] * 3


async def test_only_this_hour_counts(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1), purchase(2))
    await decide_all(database)
    await database.execute(
        "UPDATE deliveries SET created_at = now() - interval '2 hours'"
        " WHERE delivery_id = (SELECT min(delivery_id) FROM deliveries)"
    )

    async def work(connection: object) -> dict[int, int]:
        return await alerts_this_hour(connection, [ALICE, BOB])  # type: ignore[arg-type]

    assert await database.transaction(work) == {ALICE: 1, BOB: 0}
