"""Reads the catalogue and the customs of a language, from this folder and from Babel's copy of the CLDR."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale as Customs
from babel.dates import format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from messaging.languages.locale import Locale
from messaging.languages.numbers import NumberSymbols

FOLDER = Path(__file__).parent
DOMAIN = "whale_watcher"


def path_of(language: str) -> Path:
    """Return where the catalogue of a language stands."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@dataclass(frozen=True, slots=True)
class LocalDates:
    """Dates as a language writes them."""

    customs: Customs

    def day(self, moment: datetime) -> str:
        """`29 нояб.`."""
        return format_skeleton("MMMd", moment, locale=self.customs)

    def date(self, moment: datetime) -> str:
        """`29 нояб. 2026 г.`."""
        return format_skeleton("yMMMd", moment, locale=self.customs)


def load_locale(language: str) -> Locale:
    """The locale of a language that has a catalogue.

    Raises:
        OSError: there is none.
    """
    customs = Customs.parse(language)
    symbols = customs.number_symbols["latn"]
    return Locale(
        language=language,
        catalogue=read_catalogue(path_of(language)),
        numbers=NumberSymbols(symbols["group"], symbols["decimal"], customs.percent_formats[None].suffix[0]),
        dates=LocalDates(customs),
    )


def read_catalogue(path: Path) -> GNUTranslations:
    """The translations in a .po file, but for those that are marked as fuzzy."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
