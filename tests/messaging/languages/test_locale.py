"""Texts are looked up and then filled in; English is said as it is written."""

from dataclasses import replace
from datetime import UTC, datetime

from messaging.languages.locale import ENGLISH, gettext_noop, ngettext_noop
from messaging.languages.numbers import NumberSymbols
from tests.messaging.languages.pseudo import PSEUDO

AT = datetime(2026, 11, 5, 14, 3, tzinfo=UTC)


def test_values_stand_in_their_places_in_english() -> None:
    assert ENGLISH.gettext("{who} sold {what}", who="Ahab", what="WIF") == "Ahab sold WIF"
    assert ENGLISH.gettext("100 % {sure}") == "100 % {sure}"
    assert ENGLISH.pgettext("a switch", "off") == "off"


def test_the_form_agrees_with_the_number_whose_thousands_stand_apart() -> None:
    forms = ngettext_noop("{number} sale", "{number} sales")
    assert [ENGLISH.ngettext(*forms, number) for number in (0, 1, 1200)] == [
        "0 sales",
        "1 sale",
        "1,200 sales",
    ]


def test_a_value_is_never_taken_for_a_message_or_a_place() -> None:
    assert ENGLISH.gettext("{name} is muted", name="{number} %s") == "{number} %s is muted"
    assert PSEUDO.gettext("{name} is muted", name="Ahab") == "⟦Ahab is muted⟧"


def test_numbers_have_the_signs_of_the_locale_and_exact_ones_those_of_programs() -> None:
    locale = replace(ENGLISH, numbers=NumberSymbols("\u00a0", ",", "\u00a0%"))
    assert locale.figure("$1,234.5") == "$1\u00a0234,5"
    assert locale.number(1_200) == "1\u00a0200"
    assert locale.percent("0.3") == "0,3\u00a0%"
    assert locale.with_english_numbers().figure("1,234.5") == "1,234.5"
    assert ENGLISH.with_english_numbers() is ENGLISH


def test_dates_in_english() -> None:
    assert ENGLISH.day(AT) == "05 Nov"
    assert ENGLISH.date(AT) == "05 Nov 2026"
    assert ENGLISH.day_and_time(AT) == "05 Nov 14:03"


def test_a_mark_changes_nothing() -> None:
    assert gettext_noop("Buy") == "Buy"
