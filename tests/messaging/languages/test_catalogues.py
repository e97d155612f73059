"""The catalogues: nothing missing, unused or stale, and no translation that breaks a message.

`make languages` mends what is stale; what is missing, people translate.
"""

import re
import string
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from messaging.languages.choice import LANGUAGES, locale_of
from messaging.languages.loading import path_of
from messaging.telegram.texts.help import COMMANDS, purpose_of
from tools.languages import ROOT, files, is_translated

TRANSLATED = sorted(set(LANGUAGES) - {"en"})
TAG = re.compile(r"</?[a-z][^<>]*>")
COMMAND = re.compile(r"(?<![\w/<}])/[a-z]{2,}")
MAX_BUTTON, MAX_NOTE, MAX_DESCRIPTION = 24, 200, 256
SHORT_NOTE = 120
"""English texts up to here may be notes over a button, which hold 200 characters."""


@cache
def catalogue(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [one for one in catalogue(language) if one.id]


def sources(message: Message) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, list | tuple) else (message.id,)


def forms(message: Message) -> tuple[str, ...]:
    """Return what is translated of it."""
    found = message.string or ""
    return tuple(filter(None, (found,) if isinstance(found, str) else found))


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_catalogues_hold_what_the_code_says_and_nothing_else() -> None:
    stale = [str(path.relative_to(ROOT)) for path, text in files().items() if path.read_text() != text]
    assert stale == [], "run make languages"


def test_the_bot_says_nothing_of_itself_in_the_first_person() -> None:
    template = {text for one in messages(TRANSLATED[0]) for text in sources(one)}
    said_by_people = {"Until I resume"}
    alphabet = "0, O, I and l"
    first_person = re.compile(r"\b(I|I'm|I've|me)\b")
    assert {one for one in template if first_person.search(one.replace(alphabet, ""))} == said_by_people


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_is_complete(language: str) -> None:
    assert [one.id for one in messages(language) if not is_translated(one)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_fuzzy(language: str) -> None:
    assert [one.id for one in messages(language) if one.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_in_the_same_values(language: str) -> None:
    """One form may leave its number out, as English does where there is one."""
    wrong = [
        (one.id, form)
        for one in messages(language)
        for form in forms(one)
        if not places(sources(one)[0]) - {"number"} <= places(form) <= places("".join(sources(one)))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_same_tags(language: str) -> None:
    wrong = [
        (one.id, form)
        for one in messages(language)
        for form in forms(one)
        if sorted(TAG.findall(form)) != sorted(TAG.findall(sources(one)[-1]))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_names_the_same_commands(language: str) -> None:
    wrong = [
        (one.id, form)
        for one in messages(language)
        for form in forms(one)
        if set(COMMAND.findall(TAG.sub(" ", form))) != set(COMMAND.findall(TAG.sub(" ", sources(one)[-1])))
    ]
    assert wrong == []


def is_button(message: Message) -> bool:
    return all(path.startswith("messaging/telegram/keyboards/") for path, _ in message.locations)


def fixed(text: str) -> str:
    """The text without what is filled in."""
    return re.sub(r"{\w+}", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_has_24_characters_at_most_without_names_and_numbers(language: str) -> None:
    every = messages(TRANSLATED[0] if language == "en" else language)
    texts = [
        form for one in every if is_button(one) for form in (sources(one) if language == "en" else forms(one))
    ]
    assert texts or language != "en"
    assert [text for text in texts if len(fixed(text)) > MAX_BUTTON] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_may_be_a_note_over_a_button_fits(language: str) -> None:
    notes = [one for one in messages(language) if len(sources(one)[-1]) <= SHORT_NOTE]
    assert [form for one in notes for form in forms(one) if len(form) > MAX_NOTE] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_of_the_menu_is_described_in_256_characters(language: str) -> None:
    locale = locale_of(language)
    described = {name: purpose_of(arguments, what, locale=locale) for name, arguments, what in COMMANDS}
    assert {name: text for name, text in described.items() if len(text) > MAX_DESCRIPTION} == {}
