"""/mute and its buttons."""

import pytest
from msgspec import structs

from domain.rules.rules import FOREVER
from sandbox.telegram.shapes import User
from storage.chats.rules import settings_of
from storage.ingest.activities import Batch, store
from storage.market.tokens import Token, save_tokens
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats
from tests.storage.sample_data import MINT as BONK
from tests.storage.sample_data import fan_out_all, purchase

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


async def muted_for(database: Database) -> float:
    seconds = await database.fetchval("SELECT extract(epoch FROM muted_until - now()) FROM watches")
    return float(seconds)


async def test_a_wallet_is_muted_for_as_long_as_one_says(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby Dick")
    assert "is muted until" in await chats.ask(alice.id, "/mute Moby Dick 1d")
    assert 86_000 < await muted_for(database) <= 86_400
    assert "is muted for good" in await chats.ask(alice.id, "/mute Moby Dick forever")
    assert await muted_for(database) > 99 * 365 * 86_400
    assert "🔕" in await chats.ask(alice.id, "/wallets")
    assert "I tell you again" in await chats.ask(alice.id, f"/mute {WHALE} off")
    assert await muted_for(database) <= 0


async def test_what_is_missing_is_asked_for_with_buttons(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "Write it like" in await chats.ask(alice.id, "/mute")
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    message = await chats.ask_message(alice.id, "/mute")
    _, text = await chats.press_and_read_edit(alice.id, message, "Moby")
    assert "For how long" in text
    _, text = await chats.press_and_read_edit(alice.id, message, "8 h")
    assert "Moby is muted until" in text
    assert 28_000 < await muted_for(database) <= 28_800


async def test_a_token_is_muted_whoever_trades_it(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "Muted until" in await chats.ask(alice.id, f"/mute {MINT} 1h")
    assert (await settings_of(database, alice.id)).muted_tokens.keys() == {MINT}
    message = await chats.ask_message(alice.id, f"/mute {MINT}")
    _, text = await chats.press_and_read_edit(alice.id, message, "forever")
    assert "for good" in text
    assert (await settings_of(database, alice.id)).muted_tokens == {MINT: FOREVER}
    assert "I tell you again" in await chats.ask(alice.id, f"/mute {MINT} off")
    assert (await settings_of(database, alice.id)).muted_tokens == {}


async def test_a_name_of_neither_wallet_nor_token_is_refused(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Moby")
    assert "You follow no wallet called" in await chats.ask(alice.id, "/mute Nemo 1h")
    assert "Write it like" in await chats.ask(alice.id, "/mute Moby soon")


async def test_a_token_is_muted_by_its_symbol(chats: TelegramChats, alice: User, database: Database) -> None:
    assert "Muted until" in await chats.ask(alice.id, "/mute $wif 1d")
    assert (await settings_of(database, alice.id)).muted_tokens.keys() == {MINT}


async def test_tokens_that_share_a_symbol_are_asked_about(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    fake = Token(chain="solana", mint=BONK, symbol="WIF", name=None, decimals=5)
    await save_tokens(database, [fake])
    event = structs.replace(purchase(), chain="solana", wallet=WHALE)
    await store(database, Batch(chain="solana", activities=[event]))
    await fan_out_all(database)
    message = await chats.ask_message(alice.id, "/mute wif 1h")
    assert "More than one token is called wif" in (message.text or "")
    _, text = await chats.press_and_read_edit(alice.id, message, BONK)
    assert "For how long" in text
    _, text = await chats.press_and_read_edit(alice.id, message, "8 h")
    assert "Muted until" in text
    assert (await settings_of(database, alice.id)).muted_tokens.keys() == {BONK}
