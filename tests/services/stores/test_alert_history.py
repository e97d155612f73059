"""The history of an alert: found by message, transaction, wallet and token, for one chat."""

from dataclasses import replace

import pytest
from msgspec import structs

from domain.chats import ChatTarget
from domain.patterns.found import Pattern, PatternSettings
from domain.rules.rules import FOREVER
from runtime import clock
from services.stores.alert_history import AlertHistoryStore
from storage.chats.watches import watches_of
from storage.postgres import Database
from storage.replica import Replica
from tests.storage.patterns.samples import AHAB, BELA, found_after, trade
from tests.storage.sample_data import (
    ALICE,
    BOB,
    CHAIN,
    MINT,
    WHALE,
    fan_out_all,
    follow,
    happened,
    purchase,
    tokens_without_redis,
)

pytestmark = pytest.mark.services


@pytest.fixture
async def history(database: Database) -> AlertHistoryStore:
    await follow(database, ALICE, label="Moby")
    await happened(database, purchase(1))
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET state = 'sent', message_id = 7, finished_at = now()")
    return AlertHistoryStore(
        database=database,
        replica=Replica(database=database, primary=database),
        chain=CHAIN,
        tokens=tokens_without_redis(database),
    )


async def test_each_way_leads_to_the_same_alert(history: AlertHistoryStore, target: ChatTarget) -> None:
    of_message = await history.of_message(target, 7)
    assert of_message is not None
    assert of_message.label == "Moby"
    assert of_message.delivery is not None
    assert await history.of_transaction(target, "signature-1") == of_message
    assert await history.of_wallet(target, WHALE) == of_message
    assert await history.of_token(target, MINT) == of_message


async def test_another_chat_sees_the_alert_without_a_decision(
    history: AlertHistoryStore, target: ChatTarget
) -> None:
    stranger = replace(target, chat_id=BOB)
    assert await history.of_message(stranger, 7) is None
    found = await history.of_transaction(stranger, "signature-1")
    assert found is not None
    assert found.delivery is None
    assert found.watch_id is None


async def test_what_never_happened_has_no_history(history: AlertHistoryStore, target: ChatTarget) -> None:
    assert await history.of_transaction(target, "unknown") is None
    assert await history.why_unreadable("unknown") is None
    assert await history.mints_called(target, "WIF") == []


async def test_unknown_tokens_have_no_symbols(history: AlertHistoryStore, target: ChatTarget) -> None:
    found = await history.of_message(target, 7)
    assert found is not None
    assert (await history.symbols(found)).get(MINT) is None


async def test_a_week_of_patterns_knows_sleepers_owners_and_what_is_muted(
    history: AlertHistoryStore, target: ChatTarget
) -> None:
    database, settings = history.database, PatternSettings(owners=2)
    for wallet in (AHAB, BELA):
        await follow(database, ALICE, wallet=wallet)
    await found_after(database, trade(AHAB, -40 * 86_400))
    await found_after(database, trade(AHAB, 0), trade(BELA, 60))
    watches = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    both = {Pattern.AWAKENING: 1, Pattern.CONFLUENCE: 1}
    assert await history.patterns(watches, settings) == both
    muted = [replace(one, muted_until=FOREVER) if one.wallet == AHAB else one for one in watches]
    assert await history.patterns(muted, settings) == {}
    tagged = [
        replace(one, tags=("degen",), settings=structs.replace(one.settings, muted_tags={"degen": FOREVER}))
        for one in watches
    ]
    assert await history.patterns(tagged, settings) == {Pattern.CONFLUENCE: 1}
    paid = "INSERT INTO payments VALUES ($1, $2, $3, $4, $4)"
    await database.execute(paid, CHAIN, AHAB, BELA, clock.unix() - 86_400)
    assert await history.patterns(watches, settings) == {Pattern.AWAKENING: 1}
    assert target.chat_id == ALICE
