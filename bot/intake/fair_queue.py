"""Whose update may be handled next: who has asked how much lately.

By it the update queue and the replies go to whoever has had least. Chats that ask more than their share get a
message, sent beside the workers that handle updates.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable

from bot.dialog.update_context import NO_USE
from domain.errors import Unavailable
from runtime.processes.lifecycle import Nursery, Stop
from storage.chats.updates import DEFAULT_SHARES, ReceivedUpdate

log = logging.getLogger(__name__)

FADE_SECONDS = 60.0
"""What was asked so long ago counts a third."""
LOUD = 5.0
"""Who has asked so much lately is counted when it asks again, by all instances together."""
MAX_KNOWN = 20_000
"""Chats and persons kept; the longest quiet one is forgotten."""
SENDERS = 16
"""Messages that wait for the limits of their chats at once."""
MAX_WAITING = 1_000
"""Chats that wait for their message; more get none."""
SendLimitMessage = Callable[[ReceivedUpdate], Awaitable[None]]


class RecentUse:
    """Requests of chats and persons, each counting less as time passes.

    All fade alike, so the order of two does not change while neither asks: the logarithm of what they had,
    seen from the beginning of time, can be compared at any moment.

    Args:
        share: requests of one person in a minute.
    """

    __slots__ = ("_share", "_use")

    def __init__(self, share: int = DEFAULT_SHARES.per_minute) -> None:
        self._share = share
        self._use: dict[int, float] = {}
        """By the id of the chat or the person: a person and the private chat with them have one id."""

    def record(self, *, chat_id: int, user_id: int, at: float) -> None:
        """One more request.

        Args:
            chat_id: where.
            user_id: whose; 0: nobody's.
            at: when, by the monotonic clock.
        """
        self._add(chat_id, at)
        if user_id and user_id != chat_id:
            self._add(user_id, at)

    def of(self, *, chat_id: int, user_id: int) -> float:
        """What the chat or the person has had, whichever had more; comparable with that of others."""
        chat = self._use.get(chat_id, NO_USE)
        if not user_id or user_id == chat_id:
            return chat
        return max(chat, self._use.get(user_id, NO_USE))

    def recent(self, *, chat_id: int, user_id: int, at: float) -> float:
        """The requests of the chat or the person, whichever has more, that count now."""
        return math.exp(self.of(chat_id=chat_id, user_id=user_id) - at / FADE_SECONDS)

    def is_loud(self, *, chat_id: int, user_id: int, at: float) -> bool:
        """Whether the chat or the person has asked so much lately that their shares are to be looked at."""
        return self.recent(chat_id=chat_id, user_id=user_id, at=at) > LOUD

    def is_beyond_share(self, *, chat_id: int, user_id: int, at: float) -> bool:
        """Whether the chat or the person has asked more lately than a person may."""
        return self.recent(chat_id=chat_id, user_id=user_id, at=at) > self._share

    def _add(self, key: int, at: float) -> None:
        known = self._use.pop(key, NO_USE)
        now = at / FADE_SECONDS
        more, less = max(known, now), min(known, now)
        self._use[key] = more + math.log1p(math.exp(less - more))
        if len(self._use) > MAX_KNOWN:
            del self._use[next(iter(self._use))]


class LimitMessages:
    """The chats that wait for one.

    Args:
        send: sends one to the chat of this update.
    """

    def __init__(self, send: SendLimitMessage) -> None:
        self._send = send
        self._waiting: asyncio.Queue[ReceivedUpdate] = asyncio.Queue(MAX_WAITING)

    def put(self, update: ReceivedUpdate) -> None:
        """Send one to the chat of this update soon."""
        if not self._waiting.full():
            self._waiting.put_nowait(update)

    def start(self, tasks: Nursery, stop: Stop) -> None:
        """Send until the stop."""
        for number in range(SENDERS):
            tasks.start_forever(f"limit notices {number}", lambda: self._run(stop))

    async def _run(self, stop: Stop) -> None:
        while not stop.is_set():
            update = await self._waiting.get()
            try:
                await self._send(update)
            except Unavailable as error:
                log.info("Chat %d did not hear that it asks too much: %s", update.chat_id, error)


def nothing() -> None:
    """A message about a limit has no worker to give back."""


def once(call: Callable[[], None]) -> Callable[[], None]:
    """The same call, which does nothing after the first time."""
    calls = [call]

    def first() -> None:
        if calls:
            calls.pop()()

    return first
