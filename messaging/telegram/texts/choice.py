"""Choices in words, and what can be undone. Pure."""

from collections.abc import Sequence

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import clean, escape

_MAX_NAME = 40


def write_one_of(question: str, command: str, examples: Sequence[str], *, locale: Locale = ENGLISH) -> str:
    """The question where buttons are not to be had; `question` is HTML.

    Args:
        question: Telegram HTML.
        command: without the slash.
        examples: what may be written behind it; plain text.
        locale: of the reader.
    """
    lines = [f"<code>/{escape(command)} {escape(words)}</code>" for words in dict.fromkeys(examples)]
    how = locale.gettext("Buttons don't work at the moment; write it, e.g.:")
    return "\n".join([f"{question} {how}", *lines])


def which_wallet(name: str, *, locale: Locale = ENGLISH) -> str:
    """Several followed wallets bear that name; buttons follow below."""
    return locale.gettext(
        "Several wallets are called {name}. Which one?", name=escape(clean(name, limit=_MAX_NAME))
    )


def which_token(symbol: str, *, locale: Locale = ENGLISH) -> str:
    """Several tokens bear that symbol; buttons follow below."""
    return locale.gettext(
        "Several tokens are called {symbol}. Which one?", symbol=escape(clean(symbol, limit=16))
    )


def unknown_token(symbol: str, *, locale: Locale = ENGLISH) -> str:
    """No token of that symbol is known; plain text."""
    return locale.gettext(
        "“{symbol}” is no token seen in this chat. Send its mint address.", symbol=symbol[:_MAX_NAME]
    )


def undone(*, locale: Locale = ENGLISH) -> str:
    """A tap has put back what was changed."""
    return locale.gettext("↩️ Undone.")


def too_late(*, locale: Locale = ENGLISH) -> str:
    """A note over a button, plain text."""
    return locale.gettext("Too late to undo: that was more than a minute ago.")
