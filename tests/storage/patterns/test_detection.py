"""Patterns are found in what the fan-out decides, told once, and only to those who follow enough."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from domain.activity.activity import Kind
from domain.patterns.found import Pattern, PatternSettings
from domain.rules.rules import ChatSettings
from storage.chats.rules import change_settings
from storage.chats.watches import mute_watch, watches_of
from storage.delivery.claims import claim
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import revert
from storage.patterns.detection import find_next
from storage.postgres import Database
from tests.storage.patterns.samples import (
    AHAB,
    BELA,
    CORA,
    DORA,
    FUNDER,
    NOW,
    found_after,
    patterns,
    payment,
    trade,
)
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow, happened

pytestmark = pytest.mark.services
THREE = (trade(AHAB, 0), trade(BELA, 60), trade(CORA, 120))


async def cast(database: Database) -> None:
    """Alice follows all four, Bob two of them."""
    for wallet in (AHAB, BELA, CORA, DORA):
        await follow(database, ALICE, wallet=wallet)
    for wallet in (AHAB, BELA):
        await follow(database, BOB, wallet=wallet)


async def test_three_owners_make_a_confluence_for_who_follows_them_all(database: Database) -> None:
    await cast(database)
    assert await found_after(database, *THREE) == 1
    assert await find_next(database) is None
    (event,) = await patterns(database)
    assert (event.pattern, event.mint, event.wallets) == (Pattern.CONFLUENCE, MINT, (AHAB, BELA, CORA))
    await fan_out_all(database)
    rows = await database.fetch(
        "SELECT chat_id, gate FROM deliveries JOIN alerts USING (alert_id) WHERE alerts.kind = 'pattern'"
    )
    assert [tuple(row) for row in rows] == [(ALICE, "wanted")]


async def test_however_many_look_it_is_found_once(database: Database) -> None:
    await cast(database)
    await happened(database, *THREE)
    await fan_out_all(database)
    await asyncio.gather(*(find_next(database) for _ in range(4)))
    assert len(await patterns(database)) == 1


async def test_wallets_of_one_owner_count_once_and_the_message_names_who_paid_them(
    database: Database,
) -> None:
    await cast(database)
    funded = [payment(FUNDER, wallet, -100) for wallet in (AHAB, BELA)]
    assert await found_after(database, *funded, *THREE) == 0
    assert await found_after(database, trade(DORA, 180)) == 1
    (event,) = await patterns(database)
    assert [(one.wallets, one.funder) for one in event.owners] == [
        ((AHAB, BELA), FUNDER),
        ((CORA,), None),
        ((DORA,), None),
    ]


async def test_a_funder_of_many_ties_nobody(database: Database) -> None:
    await cast(database)
    many = [f"Many{number:02}11111111111111111111111111111111111111" for number in range(19)]
    for wallet in many:
        await follow(database, BOB, wallet=wallet)
    funded = [payment(FUNDER, wallet, -100) for wallet in (AHAB, BELA, *many)]
    assert await found_after(database, *funded, *THREE) == 1


async def test_a_new_owner_is_a_new_message_that_answers_the_first(database: Database) -> None:
    await cast(database)
    await found_after(database, *THREE)
    assert await found_after(database, trade(AHAB, 130)) == 0
    assert await found_after(database, trade(DORA, 140)) == 1
    first, second = await patterns(database)
    assert second.wallets == (AHAB, BELA, CORA, DORA)
    answers = await database.fetchval("SELECT max(answers_alert_id) FROM alert_chats")
    assert answers == await database.fetchval("SELECT min(alert_id) FROM alerts WHERE kind = 'pattern'")
    assert first.wallets == (AHAB, BELA, CORA)


async def test_another_wallet_of_a_known_owner_changes_the_message_of_who_follows_it(
    database: Database,
) -> None:
    await cast(database)
    await follow(database, BOB, wallet=CORA)
    await found_after(database, *THREE)
    await fan_out_all(database)
    claimed = await claim(database, owner="a", limit=99)
    await database.execute(
        "UPDATE deliveries SET state = 'sent', message_id = delivery_id, finished_at = now()"
    )
    assert await found_after(database, payment(CORA, DORA, 130), trade(DORA, 140)) == 1
    both, mine = await patterns(database)
    assert (both.wallets, mine.wallets) == ((AHAB, BELA, CORA), (AHAB, BELA, CORA, DORA))
    edits = await database.fetch("SELECT chat_id FROM deliveries WHERE kind = 'late_edit'")
    assert [row["chat_id"] for row in edits] == [ALICE]
    assert len(claimed) > 2
    await fan_out_all(database)
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE state = 'pending'") == 3


@pytest.mark.parametrize(
    ("settings", "number"),
    [
        (PatternSettings(off=frozenset({Pattern.CONFLUENCE})), 0),
        (PatternSettings(owners=4), 0),
        (PatternSettings(minutes=1), 0),
        (PatternSettings(owners=2), 1),
    ],
)
async def test_a_chat_sets_what_it_wants(database: Database, settings: PatternSettings, number: int) -> None:
    await cast(database)

    def change(old: ChatSettings) -> ChatSettings:
        return structs.replace(old, patterns=settings)

    await change_settings(database, ALICE, change)
    await found_after(database, *THREE)
    assert len(await patterns(database)) == number


async def test_a_muted_wallet_does_not_count(database: Database) -> None:
    await cast(database)
    watch = (await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN))[0]
    await mute_watch(database, watch_id=watch.watch_id, chat_id=ALICE, seconds=3_600)
    assert await found_after(database, *THREE) == 0


@pytest.mark.parametrize(("tag", "minutes", "number"), [("fund", 60, 0), ("fund", -1, 1), ("other", 60, 1)])
async def test_a_wallet_with_a_muted_tag_does_not_count_until_its_end(
    database: Database, tag: str, minutes: int, number: int
) -> None:
    await cast(database)
    watch = (await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN))[0]
    await database.execute("UPDATE watches SET tags = '{fund}' WHERE watch_id = $1", watch.watch_id)
    end = datetime.now(UTC) + timedelta(minutes=minutes)

    def change(old: ChatSettings) -> ChatSettings:
        return structs.replace(old, muted_tags={tag: end})

    await change_settings(database, ALICE, change)
    assert await found_after(database, *THREE) == number


async def test_who_sells_nearly_all_together_leaves(database: Database) -> None:
    await cast(database)
    sales = [trade(wallet, second, Kind.SELL, after=5) for second, wallet in enumerate((AHAB, BELA, CORA))]
    assert await found_after(database, *sales) == 1
    (event,) = await patterns(database)
    assert (event.pattern, len(event.owners)) == (Pattern.LEAVING, 3)


async def test_slices_and_sleepers_are_news_once_for_all_that_follow_the_wallet(database: Database) -> None:
    await cast(database)
    await found_after(database, trade(AHAB, -40 * 86_400))
    assert await found_after(database, *(trade(AHAB, 60 * number) for number in range(5))) == 2
    assert await found_after(database, trade(AHAB, 400)) == 0
    found = await patterns(database)
    assert [event.pattern for event in found] == [Pattern.AWAKENING, Pattern.ACCUMULATION]
    assert (found[0].silent_seconds, found[1].times) == (40 * 86_400, 5)
    await fan_out_all(database)
    rows = await database.fetch(
        "SELECT chat_id FROM deliveries JOIN alerts USING (alert_id) WHERE alerts.kind = 'pattern'"
        " AND watch_id IS NOT NULL ORDER BY chat_id"
    )
    assert [row["chat_id"] for row in rows] == [ALICE, ALICE, BOB, BOB]


async def test_what_was_reverted_counts_no_more(database: Database) -> None:
    await cast(database)
    await happened(database, *THREE)
    await fan_out_all(database)
    await database.execute(
        "DELETE FROM pattern_sightings WHERE alert_id = (SELECT min(alert_id) FROM alerts)"
    )
    assert await find_next(database) == 0
    assert NOW


@pytest.mark.parametrize("is_decided", [True, False])
async def test_a_trade_that_died_with_its_fork_meets_nobody(*, database: Database, is_decided: bool) -> None:
    await cast(database)
    await happened(database, *THREE[:2])
    await store(database, Batch(chain=CHAIN, activities=THREE[2:], provisional=True))
    if is_decided:
        await fan_out_all(database)
    assert await revert(database, chain=CHAIN, absent=[(THREE[2].signature, THREE[2].wallet)]) == 1
    await fan_out_all(database)
    assert await find_next(database) == 0
