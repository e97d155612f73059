"""The text of a call is parsed, trimmed and measured."""

from typing import Any

import pytest

from sandbox.telegram.bot_api.formatted_params import read_formatted
from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.errors import ApiError
from sandbox.telegram.formatting.formatted_text import MAX_TEXT

NAMES = ("text", "entities")


def test_html_is_parsed_only_where_it_is_asked_for() -> None:
    parsed = read_formatted(Params({"text": " <b>hi</b> ", "parse_mode": "HTML"}), NAMES, MAX_TEXT)
    assert (parsed.text, [one.type for one in parsed.entities]) == ("hi", ["bold"])
    assert read_formatted(Params({"text": "<b>hi</b>"}), NAMES, MAX_TEXT).text == "<b>hi</b>"


def test_explicit_entities_are_taken() -> None:
    entities = [{"type": "italic", "offset": 0, "length": 2}]
    found = read_formatted(Params({"text": "hi there", "entities": entities}), NAMES, MAX_TEXT)
    assert [(one.type, one.offset, one.length) for one in found.entities] == [("italic", 0, 2)]


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"text": "x" * 4_097}, "message is too long"),
        ({"text": "x", "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        ({"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 9}]}, "ends after the end"),
        ({"text": "x", "entities": [{"type": "bold", "offset": -1, "length": 1}]}, "incorrect offset"),
    ],
)
def test_what_telegram_refuses_is_refused(values: dict[str, Any], part: str) -> None:
    with pytest.raises(ApiError, match=part):
        read_formatted(Params(values), NAMES, MAX_TEXT)
