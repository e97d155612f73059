"""Chats that the bot hardly knows yet: all of them together count as a few people, however many there are.

Whoever has asked least goes first, so that without this a flood of new accounts, each of which asks little,
would go before everybody who was there already.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Collection, Iterable

from domain.errors import Unavailable
from runtime.clock import monotonic

log = logging.getLogger(__name__)

NEWCOMERS_AS_PEOPLE = 20
"""As many people all newcomers together are."""
AGAIN_SECONDS = 600.0
"""After this long a newcomer is looked up again."""
MAX_SECONDS = 0.2
"""A look-up may take so long; nobody's update waits for it any longer."""
PAUSE_SECONDS = 5.0
"""After a look-up that failed none is made for so long."""
MAX_KNOWN = 50_000
"""Chats that are remembered; the longest known is forgotten, and looked up when it asks again."""
_LESS = math.log(NEWCOMERS_AS_PEOPLE)
_NEVER = math.inf
FindNewcomers = Callable[[Collection[int]], Awaitable[Collection[int]]]
"""Which of these chats are newcomers; raises Unavailable."""


async def _nobody(_: Collection[int]) -> Collection[int]:
    return ()


class Newcomers:
    """Who they are, as far as this instance has heard.

    Args:
        find: looks up who is one; None: nobody is.
    """

    __slots__ = ("_find", "_paused_until", "_until")

    def __init__(self, find: FindNewcomers | None = None) -> None:
        self._find = find or _nobody
        self._until: dict[int, float] = {}
        """Of each known chat until when it is a newcomer; forever: it is none."""
        self._paused_until = 0.0

    def __contains__(self, chat_id: int) -> bool:
        return self._until.get(chat_id, _NEVER) is not _NEVER

    def unknown(self, chat_ids: Iterable[int]) -> set[int]:
        """Return those of these chats of which it is to be looked up."""
        now = monotonic()
        if now < self._paused_until:
            return set()
        return {chat_id for chat_id in chat_ids if self._until.get(chat_id, 0.0) < now}

    async def learn(self, chat_ids: Collection[int]) -> None:
        """Look up which of these chats are newcomers; where that fails or takes long, none is."""
        try:
            async with asyncio.timeout(MAX_SECONDS):
                found = await self._find(chat_ids)
        except Exception as error:  # noqa: BLE001 - whatever it is, the updates of these chats are handled
            self._paused_until = monotonic() + PAUSE_SECONDS
            if not isinstance(error, Unavailable):
                log.warning("Newcomers could not be looked up: %s", type(error).__name__)
            return
        until = monotonic() + AGAIN_SECONDS
        for chat_id in chat_ids:
            self._until.pop(chat_id, None)
            self._until[chat_id] = until if chat_id in found else _NEVER
        while len(self._until) > MAX_KNOWN:
            del self._until[next(iter(self._until))]


def use_of_one(use_of_all: float) -> float:
    """What each newcomer counts for, where all together have had so much, as logarithms."""
    return use_of_all - _LESS
