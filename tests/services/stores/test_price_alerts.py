"""Price alerts as handlers see them; setting and deleting: tests/storage/delivery/test_chat_alerts.py."""

import pytest

from domain.chats import ChatKind, ChatTarget
from services.stores.price_alerts import PriceAlertStore
from storage.market.tokens import Token, save_tokens
from storage.postgres import Database
from tests.storage.price_alerts import WANTED, waiting
from tests.storage.sample_data import ALICE, CHAIN, tokens_without_redis

pytestmark = pytest.mark.services
MINT = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"


async def test_those_of_a_topic_are_listed_with_names_and_deleted(database: Database) -> None:
    store = PriceAlertStore(database=database, chain=CHAIN, tokens=tokens_without_redis(database))
    here = ChatTarget(chat_id=ALICE, kind=ChatKind.PRIVATE)
    one = await waiting(database)
    assert one is not None
    assert await store.of(here) == [one]
    await save_tokens(database, [Token(chain=CHAIN, mint=MINT, symbol="<T>", name=None, decimals=5)])
    assert await store.names([MINT, WANTED.mint]) == {MINT: "&lt;T&gt;", WANTED.mint: "BONK"}
    assert await store.delete(here, one.price_alert_id) == one
    assert await store.of(here) == []
