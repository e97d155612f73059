"""The buttons of rules and mutes: all fit Telegram's limits and can be read again."""

from decimal import Decimal

from domain.activity.activity import Kind
from domain.rules.rules import Rules
from messaging.telegram.keyboards.rules import (
    MUTE_TOKEN,
    MUTE_WALLET,
    mute_times,
    pause_keyboard,
    rules_keyboard,
)
from tests.messaging.telegram.keyboards.reading import CALLBACKS, GROUP, read

MAX_TEXT = 2**62
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def test_rules_show_what_they_are_and_what_a_button_makes_of_them() -> None:
    rules = Rules(min_usd=Decimal(1000), kinds_off=frozenset({Kind.SELL}), full_exit_only=True)
    buttons = read(rules_keyboard(CALLBACKS, rules, chat_id=GROUP, about=MAX_TEXT))
    number = str(MAX_TEXT)
    assert buttons["• $1K •"] == ("rule", number, "min", "1000")
    assert buttons["⬜ Sell"] == ("rule", number, "on", "sell")
    assert buttons["✅ Remove liquidity"] == ("rule", number, "off", "liquidity_remove")
    assert buttons["✅ Full exits only"] == ("rule", number, "exit", "off")


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
