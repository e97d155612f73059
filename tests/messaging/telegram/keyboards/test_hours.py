"""The buttons of quiet hours, zones and digests say what is chosen, and what a press makes of it."""

from domain.rules.rules import ChatSettings, Digest, Quiet
from messaging.telegram.keyboards.hours import digest_keyboard, quiet_keyboard, zone_keyboard
from tests.messaging.telegram.keyboards.reading import CALLBACKS, GROUP, read


def test_hours_zones_and_digests() -> None:
    settings = ChatSettings(zone="Asia/Tokyo", digest=Digest.HOURLY, per_hour=20)
    assert read(quiet_keyboard(CALLBACKS, settings, chat_id=GROUP))["22–7"] == ("quiet", "22.00-07.00")
    assert "• Asia/Tokyo •" in read(zone_keyboard(CALLBACKS, settings, chat_id=GROUP))
    buttons = read(digest_keyboard(CALLBACKS, settings, chat_id=GROUP))
    assert buttons["• Hourly •"] == ("digest", "hourly")
    assert buttons["• 20/h •"] == ("digest", "20 an hour")


def test_the_chosen_quiet_hours_are_marked() -> None:
    settings = ChatSettings(quiet=Quiet(begin=23 * 60, end=7 * 60))
    buttons = read(quiet_keyboard(CALLBACKS, settings, chat_id=GROUP))
    assert list(buttons)[:3] == ["22–7", "• 23–7 •", "0–8"]
    assert "No quiet hours" in buttons
    assert "• No quiet hours •" in read(quiet_keyboard(CALLBACKS, ChatSettings(), chat_id=GROUP))
