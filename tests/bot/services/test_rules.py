"""Rules and settings of a chat."""

from decimal import Decimal

import pytest
from msgspec import structs

from bot.services.chats import ChatStore
from bot.services.rules import RuleStore
from domain.chats import ChatTarget
from domain.rules.rules import DEFAULT_SETTINGS, Digest, Rules
from storage.chats.cached_chats import CachedChats
from storage.chats.watches import watches_of
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, follow

pytestmark = pytest.mark.services


@pytest.fixture
def rules(database: Database, cached: CachedChats) -> RuleStore:
    chats = ChatStore(database=database, cached=cached)
    return RuleStore(database=database, chats=chats, cached=cached)


async def test_a_chat_that_sets_something_first_becomes_known(rules: RuleStore, target: ChatTarget) -> None:
    assert await rules.settings(ALICE) == DEFAULT_SETTINGS
    changed = await rules.change_settings(target, lambda old: structs.replace(old, digest=Digest.HOURLY))
    assert changed.digest is Digest.HOURLY
    assert await rules.settings(ALICE) == changed


async def test_rules_for_all_wallets_stand_in_the_settings(rules: RuleStore, target: ChatTarget) -> None:
    await rules.change_chat_rules(target, lambda old: structs.replace(old, min_usd=Decimal(5)))
    assert (await rules.settings(ALICE)).rules == Rules(min_usd=Decimal(5))


async def test_rules_of_a_watch_change_until_it_is_gone(database: Database, rules: RuleStore) -> None:
    await follow(database, ALICE)
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert await rules.change_rules(watch, lambda old: structs.replace(old, first_buy_only=True))
    (changed,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert changed.rules.first_buy_only
    await database.execute("DELETE FROM watches")
    assert not await rules.change_rules(watch, lambda old: old)
