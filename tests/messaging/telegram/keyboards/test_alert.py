"""The buttons under an alert."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.rules import Display
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import LESS, MUTE, SCAN, WHY, alert_keyboard

CALLBACKS = Callbacks("7000000001:AASandboxSandboxSandboxSandboxSandb")
MINT = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


def row_of(*, watch_id: int | None, mint: str | None) -> Sequence[InlineKeyboardButton]:
    """The buttons as the library reads them."""
    keyboard = alert_keyboard(CALLBACKS, chat_id=-5, watch_id=watch_id, mint=mint)
    read = InlineKeyboardMarkup.de_json(dict(keyboard))
    return read.inline_keyboard[0]


def test_scan_copy_and_mute_stand_in_one_row() -> None:
    scan, copy, mute = row_of(watch_id=12, mint=MINT)
    asked = CALLBACKS.read(str(scan.callback_data), chat_id=-5, user_id=1)
    assert (asked.verb, asked.arguments) == (SCAN, (MINT,))
    assert copy.copy_text is not None
    assert copy.copy_text.text == MINT
    muted = CALLBACKS.read(str(mute.callback_data), chat_id=-5, user_id=1)
    assert (muted.verb, muted.arguments) == (MUTE, ("12", "3600"))


def test_what_makes_no_sense_is_left_out() -> None:
    assert [button.text for button in row_of(watch_id=12, mint=None)] == ["🔕 Mute 1 h"]
    assert [button.text for button in row_of(watch_id=None, mint=None)] == ["❔ Why"]


def test_why_and_less_stand_below() -> None:
    keyboard = alert_keyboard(CALLBACKS, chat_id=-5, watch_id=12, mint=MINT)
    why, less = InlineKeyboardMarkup.de_json(dict(keyboard)).inline_keyboard[1]
    verbs = [CALLBACKS.read(str(b.callback_data), chat_id=-5, user_id=1).verb for b in (why, less)]
    assert verbs == [WHY, LESS]


def test_a_channel_gets_links_alone() -> None:
    keyboard = alert_keyboard(
        CALLBACKS, chat_id=-5, watch_id=1, mint=MINT, display=Display(only_links=True, trade="")
    )
    (row,) = InlineKeyboardMarkup.de_json(dict(keyboard)).inline_keyboard
    assert [button.text for button in row] == ["📈 Chart", "📋 Copy mint"]
    assert all(button.callback_data is None for button in row)
    none = alert_keyboard(CALLBACKS, chat_id=-5, watch_id=1, mint=None, display=Display(only_links=True))
    assert none == {"inline_keyboard": []}


def test_a_group_that_wants_it_gets_the_noise_button() -> None:
    keyboard = alert_keyboard(CALLBACKS, chat_id=-5, watch_id=1, mint=None, display=Display(noise=True))
    assert InlineKeyboardMarkup.de_json(dict(keyboard)).inline_keyboard[-1][-1].text == "🤫 Noise"
