"""What a person reads who typed something that cannot be used, in their language. Pure."""

from domain.errors import BadInput
from messaging.languages.locale import ENGLISH, Locale


def refusal(error: BadInput, *, locale: Locale = ENGLISH) -> str:
    """Why it cannot be used, and what to write instead; plain text."""
    if callable(error.message):
        return error.message(locale=locale)
    return locale.gettext(error.message, **error.values)
