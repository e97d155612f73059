"""Texts of messages, kept for the next followers of the same alert."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

MAX_TEXTS = 1_000
"""Texts kept for the next followers of the same alert."""


class TextCache(OrderedDict[tuple[object, ...], str]):
    """Texts by what they were made of; the one used longest ago goes when there are too many."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def text(self, key: tuple[object, ...], make: Callable[[], str]) -> str:
        """The text of this key, made if it is not kept."""
        found = self.get(key)
        if found is None:
            found = self[key] = make()
            if len(self) > self._limit:
                self.popitem(last=False)
        else:
            self.move_to_end(key)
        return found
