"""/price and /token: a question for a worker at once; the list of price alerts and its buttons."""

from decimal import Decimal

import pytest
from msgspec import structs

from domain.tokens.price_alerts import Condition, PriceAlert
from sandbox.telegram.shapes import User
from storage.delivery.chat_alerts import add_price_alert, price_alerts_of
from storage.ingest.activities import Batch, store
from storage.market.tokens import Token, save_tokens
from storage.postgres import Database
from tests.bot.conftest import WHALE, TelegramChats
from tests.storage.sample_data import fan_out_all, purchase

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]
BONK = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
OTHER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"


async def asked(database: Database) -> list[tuple[str, str]]:
    rows = await database.fetch("SELECT kind, subject FROM questions ORDER BY question_id")
    return [(row["kind"], row["subject"]) for row in rows]


async def test_a_price_a_chart_and_an_alert_are_asked_of_a_worker(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    words = [
        f"/price {BONK}",
        "/price bonk 10%",
        "/price $BONK above 0.00002",
        f"/token {BONK}",
        f"/token {BONK} 7d light",
    ]
    for one in words:
        assert "Reading the price" in await chats.ask(alice.id, one)
    await chats.ask(alice.id, "/cancel")
    assert await asked(database) == [
        ("price", BONK),
        ("price", f"{BONK} percent 0.1"),
        ("price", f"{BONK} above 0.00002"),
        ("token", f"{BONK} 1d"),
        ("token", f"{BONK} 2l"),
    ]


async def test_what_is_not_understood_is_answered_at_once(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "/price WIF 10%" in await chats.ask(alice.id, f"/price {BONK} soon")
    assert "/token WIF 7d" in await chats.ask(alice.id, "/token")
    assert "NOSUCH" in await chats.ask(alice.id, "/price NOSUCH")
    assert await asked(database) == []


async def test_a_symbol_of_several_tokens_asks_which_and_keeps_the_rest(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await save_tokens(database, [Token(chain="solana", mint=BONK, symbol="WIF", name=None, decimals=5)])
    event = structs.replace(purchase(), chain="solana", wallet=WHALE)
    await store(database, Batch(chain="solana", activities=[event]))
    await fan_out_all(database)
    message = await chats.ask_message(alice.id, "/price wif below 1.5")
    assert "Several tokens are called wif" in (message.text or "")
    await chats.press_and_read_edit(alice.id, message, BONK)
    await chats.ask(alice.id, "/cancel")
    assert await asked(database) == [("price", f"{BONK} below 1.5")]


async def test_alerts_are_listed_and_deleted(chats: TelegramChats, alice: User, database: Database) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "No price alerts" in await chats.ask(alice.id, "/price")
    for target in ("0.1", "0.2"):
        alert = PriceAlert(
            price_alert_id=0,
            chat_id=alice.id,
            topic_id=0,
            chain="solana",
            mint=OTHER,
            condition=Condition.PERCENT,
            target=Decimal(target),
            anchor=Decimal(4),
            is_armed=True,
        )
        await add_price_alert(database, alert, limit=9)
    listed = await chats.ask_message(alice.id, "/price")
    assert "1. 9WzD…AWWM every 10%, counted from $4" in (listed.text or "")
    _, text = await chats.press_and_read_edit(alice.id, listed, "🗑 1")
    assert "Price alert deleted" in text
    assert "1. 9WzD…AWWM every 20%" in text
    (left,) = await price_alerts_of(database, chat_id=alice.id, topic_id=0, chain="solana")
    assert left.target == Decimal("0.2")
