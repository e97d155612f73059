"""/whales: for everybody; the list turns in place, each whale can be followed."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import Town
from tests.bot.handlers.whales import address, found

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_without_any_it_says_so(town: Town, alice: User) -> None:
    assert "No whales have been found yet" in await town.ask(alice.id, "/whales")


async def test_the_largest_come_first_and_pages_turn_in_place(
    town: Town, alice: User, database: Database
) -> None:
    await found(database, 7)
    shown = await town.asked(alice.id, "/whales")
    text = shown.text or ""
    assert text.startswith("🐋 Whales found: 7 · page 1 of 2")
    assert "1. 1,007 SOL · seen 7 times" in text
    assert address(7) in text
    assert address(2) not in text
    _, text = await town.press_and_see(alice.id, shown, "▶")
    assert "6. 1,002 SOL" in text
    assert "7. 1,001 SOL · seen once" in text


async def test_a_whale_is_followed_by_its_button(town: Town, alice: User, database: Database) -> None:
    await found(database, 1)
    shown = await town.asked(alice.id, "/whales")
    seq = town.telegram.ledger.last
    assert shown.message is not None
    assert shown.message.reply_markup is not None
    button = shown.message.reply_markup.inline_keyboard[0][0].text
    assert button.startswith("🐋 Follow ")
    await town.press(alice.id, shown, button)
    assert "I now follow" in ((await town.said(alice.id, seq)).text or "")
    assert address(1) in await town.ask(alice.id, "/wallets")
