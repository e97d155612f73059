"""A text that must not be shown: tokens, passwords, addresses with keys; and how settings are shown.

Read from settings, revealed at the edge.
"""

from __future__ import annotations

from typing import final

from runtime.observability.logs import redact


@final
class Secret:
    """Holds a text and shows it only by `reveal()`. An empty secret is false: it was not set."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. Never pass it to a log, an error or a message."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __repr__(self) -> str:
        return "Secret(***)" if self._text else "Secret()"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("A secret is not pickled")


def masked(value: object) -> str:
    """A setting's value for people, without its secrets."""
    if isinstance(value, tuple):
        return ", ".join(map(masked, value)) or "(unset)"
    if isinstance(value, Secret):
        return _masked_secret(value.reveal()) if value else "(unset)"
    return env_text(value) or "(unset)"


def _masked_secret(secret: str) -> str:
    """The host of an address, the id of a token, nothing of anything else."""
    return redact(secret) if "://" in secret or redact(secret) != secret else "***"


def env_text(value: object) -> str:
    """A setting's value as one writes it in `.env`; empty for a secret."""
    if isinstance(value, frozenset):
        return ",".join(map(str, sorted(value)))
    if isinstance(value, Secret | tuple):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
