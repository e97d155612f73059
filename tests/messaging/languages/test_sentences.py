"""Sentences that are data, in the reader's language with the reader's numbers."""

from domain.sentences import Figure, clauses, counted, sentence
from messaging.languages.choice import locale_of
from messaging.languages.sentences import rendered

RUSSIAN, SPANISH, CHINESE = locale_of("ru"), locale_of("es"), locale_of("zh")


def test_english_is_as_it_was_written() -> None:
    assert rendered(sentence("{dollars} in its pools.", dollars=Figure("$1,234"))) == "$1,234 in its pools."


def test_numbers_and_percentages_are_the_readers() -> None:
    share = sentence("The creator holds {percent} of the supply.", percent=Figure("0.3 %"))
    assert rendered(share) == "The creator holds 0.3 % of the supply."
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
