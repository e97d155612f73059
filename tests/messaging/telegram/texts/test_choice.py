"""Choices in words."""

from messaging.telegram.escaping import plain
from messaging.telegram.texts import choice as texts


def test_without_buttons_the_command_is_written_out() -> None:
    text = texts.write_one_of("Which one?", "mute", ["ADDRESS 1h", "ADDRESS 1h"])
    assert plain(text).splitlines() == [
        "Which one? Buttons don't work at the moment; write it, e.g.:",
        "/mute ADDRESS 1h",
    ]


def test_foreign_words_are_escaped() -> None:
    assert "<b>" not in texts.which_wallet("<b>")
    assert "<b>" not in texts.which_token("<b>")
    assert "<b>" not in texts.write_one_of("", "mute", ["<b>"])


def test_notes_over_buttons_are_plain_and_short() -> None:
    assert len(texts.too_late()) <= 200
    assert "<" not in texts.too_late() + texts.unknown_token("WIF")
