"""Which languages there are, and the locale of a chat by what it has chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import Protocol

from messaging.languages.locale import ENGLISH, Locale
from messaging.languages.numbers import NUMBER_FORMATS

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"en": "English", "es": "Español", "ru": "Русский", "zh": "中文"}
)
"""By ISO 639 code, as their speakers call them."""


def language_for(tag: str) -> str:
    """The language for people whose client speaks that of an IETF tag, such as `es-MX`; else English."""
    code = tag.lower().replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else "en"


class Reader(Protocol):
    """What says in which language something is read: a delivery, a question, what a chat has set."""

    @property
    def language(self) -> str:
        """As `locale_of` takes it."""

    @property
    def numbers(self) -> str:
        """The same."""


def locale_for(reader: Reader) -> Locale:
    """Return what the reader reads."""
    return locale_of(reader.language, reader.numbers)


@lru_cache(maxsize=64)
def locale_of(language: str, numbers: str = "") -> Locale:
    """Return what a chat reads.

    Args:
        language: one of `LANGUAGES`; empty or not known: English.
        numbers: one of `NUMBER_FORMATS`; empty or not known: as the language writes them.
    """
    is_english = language in {"", ENGLISH.language} or language not in LANGUAGES
    locale = ENGLISH if is_english else _loaded(language)
    chosen = NUMBER_FORMATS.get(numbers)
    if chosen is None or chosen == (locale.numbers.group, locale.numbers.decimal):
        return locale
    group, decimal = chosen
    return replace(locale, numbers=replace(locale.numbers, group=group, decimal=decimal))


def load_languages() -> None:
    """Read every catalogue, so that nobody waits for the first use of a language.

    It takes a second, which a program with an event loop spends in a thread, before it serves anybody.
    """
    for language in LANGUAGES:
        locale_of(language)


def _loaded(language: str) -> Locale:
    """Babel takes a tenth of a second to be imported, which a program that speaks English alone is spared."""
    loading = import_module("messaging.languages.loading")
    locale: Locale = loading.load_locale(language)
    return locale
