"""What a chat reads: by its language and its own way to write numbers."""

import subprocess
import sys

import pytest

from domain.rules.rules import Display
from messaging.languages.choice import LANGUAGES, language_for, load_languages, locale_for, locale_of
from messaging.languages.locale import ENGLISH


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("es-MX", "es"),
        ("ru", "ru"),
        ("zh-hans", "zh"),
        ("zh_TW", "zh"),
        ("EN", "en"),
        ("de", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_client(tag: str, language: str) -> None:
    assert language_for(tag) == language


def test_who_has_chosen_nothing_reads_english() -> None:
    assert locale_of("") is locale_of("en") is locale_of("tlh") is locale_for(Display()) is ENGLISH


@pytest.mark.parametrize(
    ("language", "numbers", "figure"),
    [
        ("es", "", "1.234,5"),
        ("ru", "", "1\u00a0234,5"),
        ("zh", "", "1,234.5"),
        ("ru", "comma", "1,234.5"),
        ("en", "space", "1\u00a0234,5"),
        ("en", "no such", "1,234.5"),
    ],
)
def test_numbers_follow_the_language_unless_the_chat_says_otherwise(
    language: str, numbers: str, figure: str
) -> None:
    assert locale_for(Display(language=language, numbers=numbers)).figure("1,234.5") == figure


def test_each_language_has_a_name_of_its_own() -> None:
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)


def test_who_speaks_english_alone_is_spared_the_import_of_babel() -> None:
    code = "import sys, messaging.languages.choice as it; it.locale_of('en'); print('babel' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.strip() == "False"


def test_after_languages_are_loaded_none_is_read_at_its_first_use() -> None:
    locale_of.cache_clear()
    load_languages()
    read = locale_of.cache_info().misses
    assert {locale_of(language).language for language in LANGUAGES} == set(LANGUAGES)
    assert locale_of.cache_info().misses == read
