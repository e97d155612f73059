"""How text is trimmed and its entities are brought into Telegram's form."""

import pytest

from sandbox.telegram.formatting.formatted_text import clean, fix
from sandbox.telegram.formatting.html import parse_html


def fields(source: str) -> tuple[str, list[tuple[str, int, int]]]:
    formatted = fix(*parse_html(source))
    return formatted.text, [(one.type, one.offset, one.length) for one in formatted.entities]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("  <b> x </b>\n", "x", [("bold", 0, 1)]),
        ("<b>a <code>b</code> c</b>", "a b c", [("bold", 0, 2), ("code", 2, 1), ("bold", 3, 2)]),
        ("<code><b>x</b></code>", "x", [("code", 0, 1)]),
        ("<blockquote><code>x</code> y</blockquote>", "x y", [("blockquote", 0, 3), ("code", 0, 1)]),
        ("<code>https://e.com /start</code>", "https://e.com /start", [("code", 0, 20)]),
        (
            "<b>@whales</b> /start",
            "@whales /start",
            [("bold", 0, 7), ("mention", 0, 7), ("bot_command", 8, 6)],
        ),
        ("<i><b>x</b></i>", "x", [("bold", 0, 1), ("italic", 0, 1)]),
    ],
)
def test_entities_come_in_telegrams_form(
    source: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    assert fields(source) == (text, entities)


def test_characters_telegram_drops_are_dropped() -> None:
    assert clean("a\r\nb\x00c\u202ed\u2029e") == "a\nb cde"
    assert clean("🐳 é\t") == "🐳 é\t"
