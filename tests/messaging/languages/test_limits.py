"""Every message of the catalogues, filled with long values, is one that Telegram takes."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.pofile import read_po

from messaging.languages.choice import LANGUAGES, locale_of
from messaging.languages.locale import Locale
from sandbox.telegram.formatting.html import parse_html
from tools.languages import ROOT, TEMPLATE, Said, messages_in

MAX_MESSAGE, MAX_NOTE = 4_096, 200
LONG = "W" * 64
"""Longer than a name may be, and as long as an address with what stands beside it."""
NAME = "W" * 32
"""As long as a name in a note may be."""
NUMBERS = (1, 3, 1_234_567)
PLACEHOLDER = re.compile(r"{(\w+)}")


@cache
def all_said() -> tuple[Said, ...]:
    with TEMPLATE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    return tuple(
        Said(
            path="",
            line=0,
            one=forms[0],
            many=forms[-1] if len(forms) > 1 else "",
            context=message.context or "",
        )
        for message in messages
        for forms in [(message.id,) if isinstance(message.id, str) else tuple(message.id)]
    )


def renderings(said: Said, locale: Locale, value: str) -> Iterator[str]:
    """The message with each form, every place filled."""
    values = dict.fromkeys(PLACEHOLDER.findall(said.one + said.many), value)
    if said.many:
        for number in NUMBERS:
            yield locale.ngettext(said.one, said.many, number, **(values | {"number": locale.number(number)}))
    elif said.context:
        yield locale.pgettext(said.context, said.one, **values)
    else:
        yield locale.gettext(said.one, **values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_html_that_telegram_takes_and_fits_a_message(language: str) -> None:
    locale = locale_of(language)
    texts = [text for said in all_said() for text in renderings(said, locale, LONG)]
    assert len(texts) > len(all_said())
    assert [text for text in texts if len(parse_html(text)[0]) > MAX_MESSAGE] == []


@cache
def notes() -> tuple[Said, ...]:
    """Return what handlers answer to a press of a button, by the functions that they call for it."""
    called = {name for path in (ROOT / "bot").rglob("*.py") for name in _called_for_notes(path.read_text())}
    return tuple(
        said
        for path in (ROOT / "messaging" / "telegram" / "texts").glob("*.py")
        for function in ast.parse(path.read_text()).body
        if isinstance(function, ast.FunctionDef) and function.name in called
        for said in messages_in(path.name, ast.unparse(function))
    )


def _called_for_notes(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "note" and isinstance(node.value, ast.Call):
            function = node.value.func
            yield function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_handlers_answer_over_a_button_fits(language: str) -> None:
    locale = locale_of(language)
    texts = [text for said in notes() for text in renderings(said, locale, NAME)]
    assert len(texts) > 10
    assert [text for text in texts if len(text) > MAX_NOTE] == []
