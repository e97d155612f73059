"""What is said in the language of a reader, with numbers and dates as the reader writes them.

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

from messaging.languages.numbers import ENGLISH_NUMBERS, NumberSymbols


class Catalogue(Protocol):
    """The translations of one language, as gettext knows them; what is missing comes back as it is."""

    def gettext(self, message: str) -> str:
        """The message in the language."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The form of the message for a number."""

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
        """A message in this language, with the values in the place of `{name}`."""
        # Under the empty message a catalogue keeps its own head.
        text = message if self.catalogue is None or not message else self.catalogue.gettext(message)
        return text.format_map(values) if values else text

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """The same where one English text means several things; `context` says which."""
        text = message if self.catalogue is None else self.catalogue.pgettext(context, message)
        return text.format_map(values) if values else text

    def ngettext(self, one: str, many: str, number: int, /, **values: object) -> str:
        """A message in the form that agrees with a number, which stands in the place of `{number}`."""
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


def gettext_noop(message: str) -> str:
    """Marks a message that stands in a table, and is looked up where it is said."""
    return message


def ngettext_noop(one: str, many: str) -> tuple[str, str]:
    """The same of a message with a form for one and a form for many."""
    return one, many
