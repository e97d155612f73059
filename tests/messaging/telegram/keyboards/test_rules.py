"""The buttons of rules and hours: all fit Telegram's limits and can be read again."""

from decimal import Decimal

from telegram import InlineKeyboardMarkup

from domain.activity.activity import Kind
from domain.rules.rules import ChatSettings, Digest, Quiet, Rules
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.rules import (
    MUTE_TOKEN,
    MUTE_WALLET,
    digest_keyboard,
    mute_times,
    pause_keyboard,
    quiet_keyboard,
    rules_keyboard,
    zone_keyboard,
)

CALLBACKS = Callbacks("1:token")
GROUP = -1_002_345_678_901
MAX_TEXT = 2**62
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def read(keyboard: InlineKeyboardMarkup) -> dict[str, tuple[str, ...]]:
    found = {}
    for row in keyboard.inline_keyboard:
        for button in row:
            callback = CALLBACKS.read(str(button.callback_data), chat_id=GROUP, user_id=1)
            found[button.text] = (callback.verb, *callback.arguments)
    return found


def test_rules_show_what_they_are_and_what_a_button_makes_of_them() -> None:
    rules = Rules(min_usd=Decimal(1000), kinds_off=frozenset({Kind.SELL}), full_exit_only=True)
    buttons = read(rules_keyboard(CALLBACKS, rules, chat_id=GROUP, about=MAX_TEXT))
    number = str(MAX_TEXT)
    assert buttons["• $1K •"] == ("rule", number, "min", "1000")
    assert buttons["⬜ Sell"] == ("rule", number, "on", "sell")
    assert buttons["✅ Remove liquidity"] == ("rule", number, "off", "liquidity_remove")
    assert buttons["✅ Full exits only"] == ("rule", number, "exit", "off")


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


def test_a_pause_can_be_resumed() -> None:
    assert read(pause_keyboard(CALLBACKS, chat_id=GROUP))["8 h"] == ("pause", "8h")
    assert read(pause_keyboard(CALLBACKS, chat_id=GROUP, is_paused=True)) == {"▶ Resume": ("pause", "off")}


def test_rules_that_were_reset_can_be_taken_back() -> None:
    buttons = read(rules_keyboard(CALLBACKS, Rules(), chat_id=GROUP, about=0, undo_key="k"))
    assert buttons["↩️ Undo reset"] == ("undo", "k")
    assert "Reset" not in buttons


def test_a_mint_leaves_room_for_its_time() -> None:
    buttons = read(mute_times(CALLBACKS, MUTE_TOKEN, MINT, chat_id=GROUP))
    assert buttons["Forever"] == ("tm", MINT, "f")
    assert "Unmute" in read(mute_times(CALLBACKS, MUTE_WALLET, MAX_TEXT, chat_id=GROUP))
