"""The buttons of the first screen."""

from datetime import UTC, datetime

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.addresses import examples_keyboard
from messaging.telegram.keyboards.start import with_zones, without_zones
from tests.bot.conftest import WHALE

CALLBACKS = Callbacks("1:token")
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_zones_show_their_time_below_the_other_buttons_and_go_alone() -> None:
    examples = examples_keyboard(CALLBACKS, [("Moby", WHALE)], chat_id=5)
    zones = ("Asia/Tokyo", "America/New_York", "America/Argentina/Buenos_Aires")
    keyboard = with_zones(CALLBACKS, examples, zones, chat_id=5, now=NOW)
    assert keyboard is not None
    texts = [[one.text for one in row] for row in keyboard.inline_keyboard]
    assert texts == [["🐋 Moby"], ["🕐 21:00 Tokyo", "🕐 07:00 New York"], ["🕐 09:00 Buenos Aires"]]
    assert without_zones(keyboard, CALLBACKS, chat_id=5) == examples


def test_without_examples_and_zones_there_is_no_keyboard() -> None:
    assert with_zones(CALLBACKS, None, (), chat_id=5, now=NOW) is None
