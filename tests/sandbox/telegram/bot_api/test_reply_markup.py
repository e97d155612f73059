"""Keyboards as they come in calls."""

from typing import Any

import pytest

from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.bot_api.reply_markup import read_inline_keyboard
from sandbox.telegram.errors import ApiError


def keyboard(*rows: list[dict[str, Any]]) -> Params:
    return Params({"reply_markup": {"inline_keyboard": list(rows)}})


def test_an_inline_keyboard_is_kept_without_empty_rows() -> None:
    kept = read_inline_keyboard(keyboard([{"text": "x", "callback_data": "y"}], []))
    assert kept is not None
    assert [[button.text for button in row] for row in kept.inline_keyboard] == [["x"]]
    assert read_inline_keyboard(keyboard([])) is None


def test_keyboards_of_other_kinds_are_taken_and_not_shown() -> None:
    for markup in ({"remove_keyboard": True}, {"force_reply": True}, {"keyboard": [["x"]]}, "", None):
        assert read_inline_keyboard(Params({"reply_markup": markup})) is None


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[1]", "can't parse reply keyboard markup JSON object"),
        ({"nonsense": 1}, "can't parse reply keyboard markup JSON object"),
        ({"inline_keyboard": "x"}, "can't parse inline keyboard button"),
        ({"inline_keyboard": [[{"callback_data": "x"}]]}, "can't parse inline keyboard button"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": ""}]]}, "BUTTON_DATA_INVALID"),
        (
            {"inline_keyboard": [[{"text": "x", "callback_data": "y", "url": "https://e.com"}]]},
            "can't parse inline keyboard button: exactly one of the optional fields must be used",
        ),
    ],
)
def test_what_is_no_keyboard_is_refused(markup: object, complaint: str) -> None:
    with pytest.raises(ApiError) as refused:
        read_inline_keyboard(Params({"reply_markup": markup}))
    assert refused.value.description == f"Bad Request: {complaint}"
