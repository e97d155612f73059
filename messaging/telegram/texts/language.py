"""/language: what a chat reads, and how numbers are written there. Pure."""

from domain.rules.rules import Display
from messaging.languages.choice import LANGUAGES
from messaging.languages.locale import ENGLISH, Locale
from messaging.languages.numbers import EXAMPLE


def language_text(display: Display, *, locale: Locale = ENGLISH) -> str:
    """Return what is set; buttons follow below."""
    name = LANGUAGES.get(display.language, LANGUAGES["en"])
    return "\n".join(
        [
            locale.gettext("🌐 <b>Language</b>: {language}", language=name),
            locale.gettext("Numbers: {example}", example=locale.figure(EXAMPLE)),
            "",
            locale.gettext("Commands, and what you write behind them, are the same in every language."),
        ]
    )
