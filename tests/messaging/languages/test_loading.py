"""Catalogues are read as translators write them, dates and numbers as the CLDR has them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from messaging.languages.loading import load_locale, path_of, read_catalogue

AT = datetime(2026, 11, 5, 14, 3, tzinfo=UTC)
PO = """
msgid ""
msgstr ""
"Language: ru\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n % 10 == 1 && n % 100 != 11 ? 0 : n % 10 >= 2 && n % 10 <= 4"
" && (n % 100 < 12 || n % 100 > 14) ? 1 : 2);\\n"

msgid "Buy"
msgstr "Покупка"

#, fuzzy
msgid "Sell"
msgstr "наверное"

msgid "{number} sale"
msgid_plural "{number} sales"
msgstr[0] "{number} продажа"
msgstr[1] "{number} продажи"
msgstr[2] "{number} продаж"
"""


def test_a_catalogue_knows_its_plurals_and_leaves_the_rest_in_english(tmp_path: Path) -> None:
    (tmp_path / "ru.po").write_text(PO, encoding="utf-8")
    catalogue = read_catalogue(tmp_path / "ru.po")
    assert catalogue.gettext("Buy") == "Покупка"
    assert catalogue.gettext("Sell") == "Sell"
    assert catalogue.gettext("Burn") == "Burn"
    forms = [
        catalogue.ngettext("{number} sale", "{number} sales", number)[9:] for number in (1, 2, 5, 11, 21)
    ]
    assert forms == ["продажа", "продажи", "продаж", "продаж", "продажа"]


@pytest.mark.parametrize(
    ("language", "day", "date", "percent"),
    [
        ("es", "5 nov", "5 nov 2026", "0,3\u00a0%"),
        ("ru", "5 нояб.", "5 нояб. 2026\u202fг.", "0,3\u00a0%"),
        ("zh", "11月5日", "2026年11月5日", "0.3%"),
    ],
)
def test_a_language_has_its_dates_and_its_percent_sign(
    language: str, day: str, date: str, percent: str
) -> None:
    locale = load_locale(language)
    assert locale.day(AT) == day
    assert locale.date(AT).replace("\u00a0", "\u202f") == date.replace("\u00a0", "\u202f")
    assert locale.percent("0.3") == percent


def test_a_language_without_a_catalogue_is_an_error() -> None:
    assert not path_of("de").exists()
    with pytest.raises(OSError, match="whale_watcher"):
        load_locale("de")
