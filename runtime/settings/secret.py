"""A text that must not be shown: tokens, passwords, addresses with keys in them.

Read from settings, revealed at the edge.
"""

from __future__ import annotations

from typing import final


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
