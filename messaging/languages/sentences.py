"""A sentence that is data, in the language of a reader. Pure."""

from domain.sentences import Figure, Sentence, Value
from messaging.languages.locale import ENGLISH, Locale

_PERCENT = " %"


def rendered(sentence: Sentence, *, locale: Locale = ENGLISH) -> str:
    """The sentence as plain text; foreign text in it is hostile until escaped."""
    values = {name: _value(value, locale) for name, value in sentence.values.items()}
    if sentence.many:
        return locale.ngettext(sentence.text, sentence.many, sentence.number, **values)
    # Foreign words are looked up in vain; the empty text would find the head of the catalogue.
    return locale.gettext(sentence.text, **values) if sentence.text else ""


def _value(value: Value, locale: Locale) -> str:
    if isinstance(value, tuple):
        return ", ".join(rendered(one, locale=locale) for one in value)
    if isinstance(value, Sentence):
        return rendered(value, locale=locale)
    return _figure(value.text, locale) if isinstance(value, Figure) else value


def _figure(text: str, locale: Locale) -> str:
    """Percentages of other languages have their own sign, those of cards stand apart from it in English."""
    if text.endswith(_PERCENT) and locale.language != ENGLISH.language:
        return locale.percent(text.removesuffix(_PERCENT))
    return locale.figure(text)
