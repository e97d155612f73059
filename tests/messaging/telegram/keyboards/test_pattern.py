"""Buttons of patterns."""

from domain.patterns.found import Owner, Pattern, PatternFound, PatternSettings
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.pattern import pattern_rows, patterns_keyboard, with_rows_above
from messaging.telegram.texts.alert import texts_of

CALLBACKS = Callbacks("1:token")
HOME = "Ho1111111111111111111111111111111111111111"


def test_a_move_offers_to_follow_the_new_address() -> None:
    event = PatternFound(
        chain="solana",
        pattern=Pattern.MOVE,
        owners=(Owner(wallets=("a",), at=1.0),),
        first_at=1.0,
        last_at=2.0,
        to=HOME,
    )
    ((follow, settings),) = pattern_rows(CALLBACKS, texts_of(event), event, chat_id=7)
    assert HOME in str(follow["callback_data"])
    assert "Patterns" in str(settings["text"])
    assert with_rows_above([[follow]], {"inline_keyboard": [[settings]]}) == {
        "inline_keyboard": [[follow], [settings]]
    }


def test_the_card_has_a_switch_for_each_and_ticks_what_is_set() -> None:
    settings = PatternSettings(off=frozenset({Pattern.MOVE}), owners=3, minutes=60)
    rows = patterns_keyboard(CALLBACKS, settings, chat_id=7)["inline_keyboard"]
    texts = [str(button["text"]) for row in rows for button in row]  # type: ignore[attr-defined]
    assert "▫️ Moved house" in texts
    assert "✅ Bought together" in texts
    assert "✅ 3 in 60 min" in texts
