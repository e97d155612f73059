"""/tag, and rules, mutes and lists by tag."""

import pytest

from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats
from tests.storage.sample_data import settings_of

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def tag_one(chats: TelegramChats, user_id: int) -> None:
    await chats.ask(user_id, f"/watch {WHALE} Moby")
    await chats.ask(user_id, f"/watch {OTHER_WHALE} Dick")
    assert "🏷 Moby #kol #degen" in await chats.ask(user_id, "/tag Moby kol #degen")


async def test_tags_are_added_removed_and_listed(chats: TelegramChats, alice: User) -> None:
    await tag_one(chats, alice.id)
    assert "🏷 Moby #degen" in await chats.ask(alice.id, "/tag Moby -kol")
    assert "#degen · 1 wallet" in await chats.ask(alice.id, "/tag")
    assert "can't be a tag" in await chats.ask(alice.id, "/tag Moby <b>")
    assert "has no tags" in await chats.ask(alice.id, "/tag Dick")
    assert "no wallet called" in await chats.ask(alice.id, "/tag Nemo kol")


async def test_the_list_of_a_tag_stays_while_its_buttons_are_pressed(
    chats: TelegramChats, alice: User
) -> None:
    await tag_one(chats, alice.id)
    card = await chats.ask_message(alice.id, "/wallets #kol")
    assert (card.text or "").startswith("Following 1 wallet tagged #kol\n🐋 Moby #kol #degen")
    _, text = await chats.press_and_read_edit(alice.id, card, "🔕 Mute Moby 1 h")
    assert "tagged #kol" in text
    assert "Dick" not in text
    assert "No wallet is tagged #nemo" in await chats.ask(alice.id, "/wallets #nemo")


async def test_rules_of_a_tag_are_set_by_words_and_buttons(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await tag_one(chats, alice.id)
    card = await chats.ask_message(alice.id, "/rules #kol min 5000")
    assert "Rules for wallets tagged #kol" in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "$10K")
    assert "Minimum: $10,000" in text or "Minimum: $10K" in text
    rules = (await settings_of(database, alice.id)).tag_rules["kol"]
    assert rules.min_usd == 10_000
    assert "10" in (await chats.ask(alice.id, "/rules Moby")).split("Minimum: ")[1][:9]
    await chats.press_and_read_edit(alice.id, card, "Reset")
    assert (await settings_of(database, alice.id)).tag_rules == {}


async def test_a_tag_is_muted_and_unmuted(chats: TelegramChats, alice: User, database: Database) -> None:
    await tag_one(chats, alice.id)
    card = await chats.ask_message(alice.id, "/mute #kol")
    assert card.text == "Mute #kol for how long?"
    _, text = await chats.press_and_read_edit(alice.id, card, "8 h")
    assert "#kol" in text
    assert "kol" in (await settings_of(database, alice.id)).muted_tags
    assert "#kol" in await chats.ask(alice.id, "/unmute #kol")
    assert (await settings_of(database, alice.id)).muted_tags == {}
