"""The buttons under an alert."""

from collections.abc import Sequence

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from domain.rules.rules import Display
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import LESS, MUTE, SCAN, WHY, AlertSubject, alert_keyboard, mute_words

CALLBACKS = Callbacks("7000000001:AASandboxSandboxSandboxSandboxSandb")
MINT = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


def row_of(*, watch_id: int | None, mint: str | None) -> Sequence[InlineKeyboardButton]:
    """The buttons as the library reads them."""
    keyboard = alert_keyboard(CALLBACKS, AlertSubject(watch_id=watch_id, mint=mint), chat_id=-5)
    read = InlineKeyboardMarkup.de_json(dict(keyboard))
    return read.inline_keyboard[0]


def test_copy_chart_and_scan_stand_above_mute_why_and_less() -> None:
    keyboard = alert_keyboard(CALLBACKS, AlertSubject(watch_id=12, mint=MINT, label="Toly-2"), chat_id=-5)
    (copy, _, scan), (mute, why, less) = InlineKeyboardMarkup.de_json(dict(keyboard)).inline_keyboard
    asked = CALLBACKS.read(str(scan.callback_data), chat_id=-5, user_id=1)
    assert (asked.verb, asked.arguments) == (SCAN, (MINT,))
    assert copy.copy_text is not None
    assert copy.copy_text.text == MINT
    muted = CALLBACKS.read(str(mute.callback_data), chat_id=-5, user_id=1)
    assert (mute.text, muted.verb, muted.arguments) == ("🔕 Mute Toly-2", MUTE, ("12", "3600"))
    verbs = [CALLBACKS.read(str(b.callback_data), chat_id=-5, user_id=1).verb for b in (why, less)]
    assert verbs == [WHY, LESS]


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("", "🔕 Mute 1 h"),
        ("\u202egnihsif", "🔕 Mute gnihsif"),
        ("a whale whose name is long", "🔕 Mute a whale whose n…"),
    ],
)
def test_the_wallet_is_muted_by_its_name_which_is_made_harmless(label: str, words: str) -> None:
    assert mute_words(label) == words


def test_the_chart_link_is_there_where_a_site_shows_it() -> None:
    def row(chart: str) -> list[str]:
        keyboard = alert_keyboard(
            CALLBACKS, AlertSubject(watch_id=12, mint=MINT), chat_id=-5, display=Display(chart=chart)
        )
        return [one.text for one in InlineKeyboardMarkup.de_json(dict(keyboard)).inline_keyboard[0]]

    assert row("birdeye") == ["📋 Copy mint", "📈 Chart", "🛡 Scan"]
    assert row("") == ["📋 Copy mint", "🛡 Scan"]


def test_what_makes_no_sense_is_left_out() -> None:
    assert [button.text for button in row_of(watch_id=12, mint=None)] == ["🔕 Mute 1 h", "❔ Why", "🤏 Less"]
    assert [button.text for button in row_of(watch_id=None, mint=None)] == ["❔ Why"]


def test_a_channel_gets_links_alone() -> None:
    keyboard = alert_keyboard(
        CALLBACKS, AlertSubject(watch_id=1, mint=MINT), chat_id=-5, display=Display(only_links=True, trade="")
    )
    (row,) = InlineKeyboardMarkup.de_json(dict(keyboard)).inline_keyboard
    assert [button.text for button in row] == ["📈 Chart", "📋 Copy mint"]
    assert all(button.callback_data is None for button in row)
    none = alert_keyboard(
        CALLBACKS, AlertSubject(watch_id=1, mint=None), chat_id=-5, display=Display(only_links=True)
    )
    assert none == {"inline_keyboard": []}


def test_a_group_that_wants_it_gets_the_noise_button() -> None:
    keyboard = alert_keyboard(
        CALLBACKS, AlertSubject(watch_id=1, mint=None), chat_id=-5, display=Display(noise=True)
    )
    assert InlineKeyboardMarkup.de_json(dict(keyboard)).inline_keyboard[-1][-1].text == "🤫 Noise"
