"""/quiet, /timezone, /digest and their buttons."""

import pytest

from domain.rules.rules import Digest, Quiet
from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TelegramChats
from tests.storage.sample_data import settings_of

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_quiet_hours_are_written_or_chosen_by_button(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "Quiet hours: off" in await chats.ask(alice.id, "/quiet")
    card = await chats.ask_message(alice.id, "/quiet 23:00-07:30")
    assert "Quiet hours: 23:00–07:30" in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "⬜ Full exits at once")
    assert "Full exits: sent at once" in text
    _, text = await chats.press_and_read_edit(alice.id, card, "22–7")
    assert "Quiet hours: 22:00–07:00" in text
    settings = await settings_of(database, alice.id)
    assert (settings.quiet, settings.exits_wake) == (Quiet(begin=1320, end=420), True)
    _, text = await chats.press_and_read_edit(alice.id, card, "No quiet hours")
    assert "Quiet hours: off" in text


async def test_the_time_zone_is_written_or_chosen_by_button(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    card = await chats.ask_message(alice.id, "/timezone europe/berlin")
    assert "Time zone: Europe/Berlin, now " in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "Asia/Tokyo")
    assert "Time zone: Asia/Tokyo" in text
    assert (await settings_of(database, alice.id)).zone == "Asia/Tokyo"
    assert "Time zone: America/New_York" in await chats.ask(alice.id, "/timezone new york")
    assert "Time zone: UTC+2 (no daylight saving)" in await chats.ask(alice.id, "/timezone +2")
    assert "This time zone is not known" in await chats.ask(alice.id, "/timezone Atlantis")


async def test_digests_and_the_limit_are_written_or_chosen_by_button(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    card = await chats.ask_message(alice.id, "/digest daily 19:30")
    assert "Digest: daily at 19:30" in (card.text or "")
    _, text = await chats.press_and_read_edit(alice.id, card, "Hourly")
    assert "Digest: every hour" in text
    _, text = await chats.press_and_read_edit(alice.id, card, "20/h")
    assert "Up to 20 alerts an hour" in text
    settings = await settings_of(database, alice.id)
    assert (settings.digest, settings.per_hour) == (Digest.HOURLY, 20)
    assert "Up to 300 alerts an hour; the rest in a digest\nThe operator set this limit." in await chats.ask(
        alice.id, "/digest no limit"
    )
    await database.execute("UPDATE chats SET tier = 'pro'")
    assert "Hourly limit: none" in await chats.ask(alice.id, "/digest")
    assert "Up to 400 alerts an hour" in await chats.ask(alice.id, "/digest 400 an hour")
    await database.execute("UPDATE chats SET tier = 'free'")
    assert "Up to 300 alerts an hour" in await chats.ask(alice.id, "/digest")


async def test_in_a_group_only_admins_set_hours(chats: TelegramChats, alice: User, bob: User) -> None:
    group = await chats.group({alice.id: "creator", bob.id: "member"})
    for command in ("/quiet 23-7", "/timezone UTC", "/digest hourly", "/mute x 1h"):
        assert "Only admins" in await chats.ask(bob.id, command, MessageTarget(chat_id=group))
