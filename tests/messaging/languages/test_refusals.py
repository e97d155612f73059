"""What cannot be used is refused in the language of who wrote it."""

from functools import partial

from domain.errors import BadInput
from messaging.languages.locale import ENGLISH, Locale
from messaging.languages.refusals import refusal
from tests.messaging.languages.pseudo import PSEUDO


def said(limit: int, *, locale: Locale = ENGLISH) -> str:
    return locale.gettext("Up to {limit}.", limit=limit)


def test_an_error_with_values_is_translated_before_they_are_filled_in() -> None:
    error = BadInput("“{word}” is not a time.", word="{soon}")
    assert str(error) == "“{soon}” is not a time."
    assert refusal(error, locale=PSEUDO) == "⟦“{soon}” is not a time.⟧"


def test_an_error_may_say_how_it_is_said() -> None:
    error = BadInput(partial(said, 5))
    assert str(error) == "Up to 5."
    assert refusal(error, locale=PSEUDO) == "⟦Up to 5.⟧"
