"""Translates texts, and formats numbers and dates for a reader's language.

A text is written in English where it is said, and looked up in the catalogue of the language:

    locale.gettext("Mute <b>{name}</b> for how long?", name=name)
    locale.ngettext("{number} wallet", "{number} wallets", len(wallets))

Messages are whole sentences. What stands in braces is filled in after the translation, so a value is never
translated, and has to be escaped before where the message is HTML.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from domain.sentences import Figure, Sentence, Value
from messaging.languages.numbers import ENGLISH_NUMBERS, NumberSymbols


class Catalogue(Protocol):
    """The translations of one language, as gettext knows them; what is missing comes back as it is."""

    def gettext(self, message: str) -> str:
        """The message in the language."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form of the message for a number.

        Args:
            msgid1: the English message for one.
            msgid2: the English message for any other number.
            n: which decides the form; a language may have more than two.
        """

    def pgettext(self, context: str, message: str) -> str:
        """The message where it means what the context says."""


class Dates(Protocol):
    """How a language writes dates."""

    def day(self, moment: datetime) -> str:
        """`29 Nov`."""

    def date(self, moment: datetime) -> str:
        """`29 Nov 2026`."""


class EnglishDates:
    """Day, short month, year."""

    def day(self, moment: datetime) -> str:
        """`29 Nov`."""
        return f"{moment:%d %b}"

    def date(self, moment: datetime) -> str:
        """`29 Nov 2026`."""
        return f"{moment:%d %b %Y}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """A language and a way to write numbers. Texts are pure functions of facts and of this."""

    language: str = "en"
    catalogue: Catalogue | None = None
    """None: English, as the texts are written."""
    numbers: NumberSymbols = ENGLISH_NUMBERS
    dates: Dates = field(default_factory=EnglishDates)

    def with_english_numbers(self) -> Locale:
        """The same language with numbers in English form, as programs read them."""
        return self if self.numbers is ENGLISH_NUMBERS else replace(self, numbers=ENGLISH_NUMBERS)

    def gettext(self, message: str, /, **values: object) -> str:
        """A message in this language, with the values in place of `{name}`."""
        # Under the empty message a catalogue keeps its own head.
        text = message if self.catalogue is None or not message else self.catalogue.gettext(message)
        return text.format_map(values) if values else text

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """The same where one English text means several things; `context` says which.

        Args:
            context: as it stands in the catalogue, for translators.
            message: the English text, with names in braces where values stand.
            values: by those names; HTML must be escaped already.
        """
        text = message if self.catalogue is None else self.catalogue.pgettext(context, message)
        return text.format_map(values) if values else text

    def ngettext(self, one: str, many: str, number: int, /, **values: object) -> str:
        """A message in the form that agrees with a number, which stands in place of `{number}`.

        Args:
            one: the English message for one.
            many: the English message for any other number.
            number: which decides the form; written as the reader writes numbers.
            values: what stands at other names in braces; HTML must be escaped already.
        """
        if self.catalogue is None:
            text = one if number == 1 else many
        else:
            text = self.catalogue.ngettext(one, many, number)
        return text.format_map({"number": self.number(number), **values})

    def number(self, number: int) -> str:
        """`1,234`: a whole number, its thousands apart."""
        return self.figure(f"{number:,}")

    def figure(self, text: str) -> str:
        """A number or price in English form, such as `$15.9K` or `1,234.5`, with the signs of this locale."""
        numbers = self.numbers
        return text if numbers is ENGLISH_NUMBERS else text.translate(numbers.table)

    def percent(self, text: str) -> str:
        """`0.3%` of `0.3`."""
        return self.figure(text) + self.numbers.percent

    def day(self, moment: datetime) -> str:
        """`29 Nov`."""
        return self.dates.day(moment)

    def date(self, moment: datetime) -> str:
        """`29 Nov 2026`."""
        return self.dates.date(moment)

    def day_and_time(self, moment: datetime) -> str:
        """`29 Nov 14:03`."""
        return f"{self.dates.day(moment)} {moment:%H:%M}"


ENGLISH = Locale()
_PERCENT = " %"


def gettext_noop(message: str) -> str:
    """Marks a message that stands in a table, and is looked up where it is said."""
    return message


def ngettext_noop(one: str, many: str) -> tuple[str, str]:
    """The same of a message with a form for one and a form for many."""
    return one, many


def rendered(sentence: Sentence, *, locale: Locale = ENGLISH) -> str:
    """The sentence as plain text; foreign text in it is hostile until escaped."""
    values = {name: _value(value, locale) for name, value in sentence.values.items()}
    if sentence.many:
        return locale.ngettext(sentence.text, sentence.many, sentence.number, **values)
    # Foreign words are looked up without success; the empty text would find the head of the catalogue.
    return locale.gettext(sentence.text, **values) if sentence.text else ""


def _value(value: Value, locale: Locale) -> str:
    if isinstance(value, tuple):
        return ", ".join(rendered(one, locale=locale) for one in value)
    if isinstance(value, Sentence):
        return rendered(value, locale=locale)
    return _figure(value.text, locale) if isinstance(value, Figure) else value


def _figure(text: str, locale: Locale) -> str:
    """Percentages carry the sign of the reader's language: `44%` in English, `44 %` in others."""
    if text.endswith(_PERCENT):
        return locale.percent(text.removesuffix(_PERCENT))
    return locale.figure(text)
