"""Choices in words, and what can be undone. Pure."""

from collections.abc import Sequence

from messaging.telegram.escaping import clean, escape

_MAX_NAME = 40


def write_one_of(question: str, command: str, examples: Sequence[str]) -> str:
    """The question where buttons are not to be had; `question` is HTML."""
    lines = [f"<code>/{escape(command)} {escape(words)}</code>" for words in dict.fromkeys(examples)]
    return "\n".join([f"{question} Buttons don't work at the moment; write it, e.g.:", *lines])


def which_wallet(name: str) -> str:
    """Several followed wallets bear that name; buttons stand below."""
    return f"Several wallets are called {escape(clean(name, limit=_MAX_NAME))}. Which one?"


def which_token(symbol: str) -> str:
    """Several tokens bear that symbol; buttons stand below."""
    return f"Several tokens are called {escape(clean(symbol, limit=16))}. Which one?"


def unknown_token(symbol: str) -> str:
    """No token of that symbol is known; plain text."""
    return f"“{symbol[:_MAX_NAME]}” is no token seen in this chat. Send its mint address."


def undone() -> str:
    """A tap has put back what was changed."""
    return "↩️ Undone."


def too_late() -> str:
    """A note over a button, plain text."""
    return "Too late to undo: that was more than a minute ago."
