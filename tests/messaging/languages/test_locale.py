"""Texts are looked up and then filled in; English is said as it is written."""

from dataclasses import replace
from datetime import UTC, datetime

from domain.sentences import Figure, clauses, counted, sentence
from messaging.languages.choice import locale_of
from messaging.languages.locale import ENGLISH, gettext_noop, ngettext_noop, rendered
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


RUSSIAN, SPANISH, CHINESE = locale_of("ru"), locale_of("es"), locale_of("zh")


def test_english_is_as_it_was_written() -> None:
    assert rendered(sentence("{dollars} in its pools.", dollars=Figure("$1,234"))) == "$1,234 in its pools."


def test_numbers_and_percentages_are_the_readers() -> None:
    share = sentence("The creator holds {percent} of the supply.", percent=Figure("0.3 %"))
    assert rendered(share) == "The creator holds 0.3% of the supply."
    assert rendered(share, locale=SPANISH) == "El creador tiene 0,3\u00a0% del suministro."
    assert rendered(share, locale=CHINESE) == "创建者持有供应量的 0.3%。"


def test_words_inside_are_looked_up_as_well() -> None:
    reason = sentence("Not known: {why}.", why=sentence("the node refuses this method"))
    assert rendered(reason, locale=RUSSIAN) == "Неизвестно: узел отказывает в этом методе."
    tail = clauses(sentence("{percent} can be withdrawn", percent=Figure("1,000 %")), sentence("wallet"))
    assert rendered(tail, locale=RUSSIAN) == "вывести можно 1\u00a0000\u00a0%; кошелёк."


def test_a_number_has_the_form_of_the_language() -> None:
    old = [
        rendered(counted("It is {number} day old.", "It is {number} days old.", days), locale=RUSSIAN)
        for days in (21, 3, 5)
    ]
    assert old == ["Ему 21 день.", "Ему 3 дня.", "Ему 5 дней."]


def test_foreign_text_is_left_alone_and_an_empty_one_says_nothing() -> None:
    assert rendered(
        sentence("{who} can stop all transfers.", who="Not known: {why}."), locale=SPANISH
    ).startswith("Not known: {why}.")
    assert rendered(sentence(""), locale=SPANISH) == ""
