"""Renders errors of user input in the person's language. Pure.

A message of words alone is plain text. One that a function says is Telegram HTML, since it may show how a
command is written; its values are escaped there.
"""

from domain.errors import BadInput
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape, plain


def refusal(error: BadInput, *, locale: Locale = ENGLISH) -> str:
    """Why it cannot be used, and what to write instead; plain text."""
    if callable(error.message):
        return plain(error.message(locale=locale))
    return locale.gettext(error.message, **error.values)


def refusal_html(error: BadInput, *, locale: Locale = ENGLISH) -> str:
    """The same as Telegram HTML."""
    if callable(error.message):
        return error.message(locale=locale)
    return escape(refusal(error, locale=locale))
