"""Rules and settings, kept and changed."""

import asyncio
from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec import structs

from domain.rules.rules import DEFAULT_SETTINGS, ChatSettings, Rules
from storage.chats.rules import change_rules, change_settings
from storage.chats.watches import watches_of
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, happened, purchase, settings_of

pytestmark = pytest.mark.services


async def watch_id(database: Database) -> int:
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    return watch.watch_id


async def test_rules_of_a_watch_are_kept(database: Database) -> None:
    await follow(database, ALICE)
    rules = Rules(min_usd=Decimal("12.50"))
    assert await change_rules(
        database, watch_id=await watch_id(database), chat_id=ALICE, change=lambda _: rules
    )
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert watch.rules == rules
    assert watch.settings == DEFAULT_SETTINGS


async def test_rules_of_another_chats_watch_are_not_touched(database: Database) -> None:
    await follow(database, ALICE)
    number = await watch_id(database)
    assert await change_rules(database, watch_id=number, chat_id=BOB, change=lambda _: Rules()) is None


async def test_settings_of_a_chat_that_is_not_known_are_the_defaults(database: Database) -> None:
    assert await settings_of(database, 77) == DEFAULT_SETTINGS
    assert await change_settings(database, 77, lambda old: old) is None


def excluding(mint: str) -> Callable[[ChatSettings], ChatSettings]:
    def change(old: ChatSettings) -> ChatSettings:
        never = (old.rules.never_tokens or frozenset()) | {mint}
        return structs.replace(old, rules=structs.replace(old.rules, never_tokens=never))

    return change


async def test_changes_at_the_same_time_are_all_kept(database: Database) -> None:
    await follow(database, ALICE)
    await asyncio.gather(*(change_settings(database, ALICE, excluding(f"mint-{n}")) for n in range(10)))
    assert len((await settings_of(database, ALICE)).rules.never_tokens or ()) == 10


async def test_f75_the_rule_at_the_time_of_the_event_counts_and_is_kept(database: Database) -> None:
    await follow(database, ALICE)
    number = await watch_id(database)
    await change_rules(database, watch_id=number, chat_id=ALICE, change=lambda _: Rules(min_usd=Decimal(100)))
    await happened(database, purchase())
    await fan_out_all(database)
    await change_rules(
        database, watch_id=number, chat_id=ALICE, change=lambda _: Rules(min_usd=Decimal(10**9))
    )
    row = await database.fetchrow("SELECT state, reasons->'rules'->>'min_usd' AS least FROM deliveries")
    assert row is not None
    assert (row["state"], row["least"]) == ("pending", "100")


async def test_a_chat_that_wants_two_an_hour_gets_the_rest_later(database: Database) -> None:
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda _: ChatSettings(per_hour=2))
    await happened(database, *(purchase(number) for number in range(5)))
    await fan_out_all(database)
    rows = await database.fetch("SELECT gate FROM deliveries ORDER BY delivery_id")
    assert [row["gate"] for row in rows] == ["wanted", "wanted", "hour_full", "hour_full", "hour_full"]


async def test_changes_of_a_watch_at_one_time_are_all_kept(database: Database) -> None:
    await follow(database, ALICE)
    number = await watch_id(database)

    def without(mint: str) -> Callable[[Rules], Rules]:
        return lambda old: structs.replace(old, never_tokens=(old.never_tokens or frozenset()) | {mint})

    mints = [f"mint{count}" for count in range(8)]
    changes = (change_rules(database, watch_id=number, chat_id=ALICE, change=without(mint)) for mint in mints)
    await asyncio.gather(*changes)
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert watch.rules.never_tokens == frozenset(mints)
