"""/pause and /unmute."""

import pytest

from domain.rules.rules import FOREVER
from runtime import clock
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats
from tests.storage.sample_data import settings_of

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]
WIF = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


async def paused_seconds(database: Database, chat_id: int) -> float:
    until = (await settings_of(database, chat_id)).paused_until
    return 0.0 if until is None else (until - clock.now()).total_seconds()


@pytest.mark.parametrize("words", ["/pause 1h", "/mute all 1h", "/mute 1h", "/mute everything 1 hour"])
async def test_all_alerts_are_paused_for_a_while(
    chats: TelegramChats, alice: User, database: Database, words: str
) -> None:
    assert "All alerts paused until" in await chats.ask(alice.id, words)
    assert 3_500 < await paused_seconds(database, alice.id) <= 3_600


async def test_without_a_time_it_is_asked_for_and_resumed_by_a_button(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    message = await chats.ask_message(alice.id, "/pause")
    assert "for how long?" in (message.text or "")
    _, text = await chats.press_and_read_edit(alice.id, message, "Until I resume")
    assert "paused until you resume them" in text
    assert (await settings_of(database, alice.id)).paused_until == FOREVER
    assert "⏸" in await chats.ask(alice.id, "/pause")
    _, text = await chats.press_and_read_edit(alice.id, message, "▶ Resume")
    assert "Alerts are on" in text
    assert await paused_seconds(database, alice.id) == 0


async def test_a_wallet_a_token_or_all_is_unmuted(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, "/mute Moby 1d")
    await chats.ask(alice.id, "/mute WIF 1d")
    assert "Moby unmuted." in await chats.ask(alice.id, "/unmute Moby")
    assert "WIF unmuted." in await chats.ask(alice.id, "/unmute WIF")
    assert "Nothing is muted." in await chats.ask(alice.id, "/unmute")
    for words in ("/mute Moby forever", "/mute WIF forever", "/pause forever"):
        await chats.ask(alice.id, words)
    assert "Everything unmuted." in await chats.ask(alice.id, "/unmute all")
    settings = await settings_of(database, alice.id)
    assert (settings.muted_tokens, settings.paused_until) == ({}, None)
    assert not await database.fetchval("SELECT count(*) FROM watches WHERE muted_until > now()")


async def test_what_is_muted_is_offered(chats: TelegramChats, alice: User, database: Database) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Moby")
    await chats.ask(alice.id, f"/mute {WHALE} 1d")
    await chats.ask(alice.id, f"/mute {OTHER_WHALE} 1d")
    await chats.ask(alice.id, f"/mute {WIF} 1d")
    message = await chats.ask_message(alice.id, "/unmute")
    _, text = await chats.press_and_read_edit(alice.id, message, "WIF")
    assert "WIF unmuted." in text
    message = await chats.ask_message(alice.id, "/unmute")
    _, text = await chats.press_and_read_edit(alice.id, message, "Moby Toke…Q5DA")
    assert "Moby Toke…Q5DA unmuted." in text


async def test_an_unknown_name_is_refused(chats: TelegramChats, alice: User) -> None:
    assert "is called “Nemo”" in await chats.ask(alice.id, "/unmute Nemo")
    assert "“soon” is not a time" in await chats.ask(alice.id, "/pause soon")
