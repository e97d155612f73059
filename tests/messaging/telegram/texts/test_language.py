"""The card of /language."""

from domain.rules.rules import Display
from messaging.languages.choice import locale_for
from messaging.telegram.texts.language import language_text


def test_the_card_names_the_language_and_shows_its_numbers() -> None:
    display = Display(language="es", numbers="space")
    text = language_text(display, locale=locale_for(display))
    assert "Español" in text
    assert "1\u00a0234,5" in text


def test_who_has_chosen_nothing_reads_english() -> None:
    assert language_text(Display()).startswith("🌐 <b>Language</b>: English\nNumbers: 1,234.5")
