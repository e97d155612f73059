"""Who has asked how much lately: by it the update queue and the replies go to whoever has had least."""

from __future__ import annotations

import math

from bot.dialog.update_context import NO_USE

FADE_SECONDS = 60.0
"""What was asked so long ago counts a third."""
LOUD = 5.0
"""Who has asked so much lately is counted when it asks again, by all instances together."""
MAX_KNOWN = 20_000
"""Chats and persons kept; the longest quiet one is forgotten."""


class RecentUse:
    """Requests of chats and persons, each counting less as time passes.

    All fade alike, so the order of two does not change while neither asks: the logarithm of what they had,
    seen from the beginning of time, can be compared at any moment.
    """

    __slots__ = ("_use",)

    def __init__(self) -> None:
        self._use: dict[tuple[str, int], float] = {}

    def record(self, *, chat_id: int, user_id: int, at: float) -> None:
        """One more request.

        Args:
            chat_id: where.
            user_id: whose; 0: nobody's.
            at: when, by the monotonic clock.
        """
        self._add(("chat", chat_id), at)
        if user_id:
            self._add(("person", user_id), at)

    def of(self, *, chat_id: int, user_id: int) -> float:
        """What the chat or the person has had, whichever had more; comparable with that of others."""
        chat = self._use.get(("chat", chat_id), NO_USE)
        return max(chat, self._use.get(("person", user_id), NO_USE))

    def is_loud(self, *, chat_id: int, user_id: int, at: float) -> bool:
        """Whether the chat or the person has asked so much lately that their shares are to be looked at."""
        return self.of(chat_id=chat_id, user_id=user_id) - at / FADE_SECONDS > math.log(LOUD)

    def _add(self, key: tuple[str, int], at: float) -> None:
        known = self._use.pop(key, NO_USE)
        now = at / FADE_SECONDS
        more, less = max(known, now), min(known, now)
        self._use[key] = more + math.log1p(math.exp(less - more))
        if len(self._use) > MAX_KNOWN:
            del self._use[next(iter(self._use))]
