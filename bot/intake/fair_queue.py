"""Whose update may be handled next: who has asked how much recently.

By it the update queue and the replies go to whoever has had least. Chats that ask more than their share get a
message, sent beside the workers that handle updates.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from bot.dialog.update_context import NO_USE, UpdateContext, during_update
from bot.intake.newcomers import Newcomers, use_of_one
from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.processes.lifecycle import Nursery, Stop
from storage.chats.update_leases import MAX_COPIES
from storage.chats.updates import DEFAULT_SHARES, ReceivedUpdate

log = logging.getLogger(__name__)

FADE_SECONDS = 60.0
"""Time constant in seconds: after this long, a request counts a third."""
LOUD = 5.0
"""From this recent use on, requests are counted across all instances."""
_LOUD = math.log(LOUD)
MAX_KNOWN = 20_000
"""Chats and people kept; the longest inactive one is dropped."""
SENDERS = 16
"""Messages that wait for the limits of their chats at once."""
MAX_WAITING = 1_000
"""Chats that wait for their message; more get none."""
TAKE_OVER_SECONDS = 15.0
"""How often it is checked whether an instance that was killed has left some."""
RETRY_SECONDS = 1.0
MAX_PAUSE_SECONDS = 60.0
PATIENCE_SECONDS = 3_600.0
"""For so long a message that Telegram does not take is tried again: nothing else says what was skipped."""
SendLimitMessage = Callable[[ReceivedUpdate], Awaitable[None]]


class LimitMessageStore(Protocol):
    """What chats are still to be told; each method raises Unavailable while PostgreSQL does not answer."""

    async def begin(self, update_id: int) -> int | None:
        """Return how many copies may have reached the chat; None: another instance sends it, or has."""
        ...

    async def postpone(self, update_id: int, *, seconds: float, copies: int) -> None:
        """Try again after so many seconds.

        Args:
            update_id: of the request that is over its share.
            seconds: from now on.
            copies: how many may have reached the chat by now.
        """
        ...

    async def end(self, update_id: int) -> None:
        """It was sent, or is given up."""
        ...

    async def take_over(self) -> list[ReceivedUpdate]:
        """Updates whose chats are not notified, and of whose instance nothing was heard."""
        ...


class RecentUse:
    """Requests of chats and persons, each counting less as time passes.

    All fade alike, so the order of two does not change while neither asks: the logarithm of what they had,
    seen from the beginning of time, can be compared at any moment.

    Args:
        share: requests of one person in a minute.
        newcomers: chats that together count as a few people; None: there are none.
    """

    __slots__ = ("_of_newcomers", "_share", "_use", "newcomers")

    def __init__(self, share: int = DEFAULT_SHARES.per_minute, newcomers: Newcomers | None = None) -> None:
        self._share = math.log(share) if share > 0 else NO_USE
        self.newcomers = newcomers or Newcomers()
        self._of_newcomers = NO_USE
        """What all of them together had."""
        self._use: dict[int, float] = {}
        """By the id of the chat or the person: a person and the private chat with them have one id."""

    def record(self, *, chat_id: int, user_id: int, at: float) -> None:
        """Record a request.

        Args:
            chat_id: where.
            user_id: whose; 0: nobody's.
            at: when, by the monotonic clock.
        """
        self._add(chat_id, at)
        if user_id and user_id != chat_id:
            self._add(user_id, at)
        if chat_id in self.newcomers:
            self._of_newcomers = _sum(self._of_newcomers, at / FADE_SECONDS)

    def of(self, *, chat_id: int, user_id: int) -> float:
        """Return the use of the chat or the person, whichever is more; comparable with others.

        Of a newcomer what one of all of them is counted for is added.
        """
        own = self.own(chat_id, user_id)
        if chat_id not in self.newcomers:
            return own
        all_ = use_of_one(self._of_newcomers)
        return _sum(own, all_) if all_ > NO_USE else own

    def own(self, chat_id: int, user_id: int) -> float:
        """The same among newcomers."""
        chat = self._use.get(chat_id, NO_USE)
        if not user_id or user_id == chat_id:
            return chat
        return max(chat, self._use.get(user_id, NO_USE))

    def recent(self, *, chat_id: int, user_id: int, at: float) -> float:
        """The requests of the chat or the person, whichever has more, that count now.

        Args:
            chat_id: where the request was made.
            user_id: who made it; 0: nobody is known, and the chat counts alone.
            at: seconds, on the clock by which uses are noted.
        """
        return math.exp(self.own(chat_id, user_id) - at / FADE_SECONDS)

    def is_heavy(self, *, chat_id: int, user_id: int, at: float) -> bool:
        """Whether the chat or the person has asked so much recently that their shares are to be checked.

        Args:
            chat_id: where the request was made.
            user_id: who made it; 0: nobody is known.
            at: seconds, on the clock by which uses are noted.
        """
        return self.own(chat_id, user_id) > _LOUD + at / FADE_SECONDS

    def is_over_share(self, *, chat_id: int, user_id: int, at: float) -> bool:
        """Return whether the chat or the person has asked more recently than a person may.

        Args:
            chat_id: where the request was made.
            user_id: who made it; 0: nobody is known.
            at: seconds, on the clock by which uses are noted.
        """
        return self.own(chat_id, user_id) > self._share + at / FADE_SECONDS

    def _add(self, key: int, at: float) -> None:
        self._use[key] = _sum(self._use.pop(key, NO_USE), at / FADE_SECONDS)
        if len(self._use) > MAX_KNOWN:
            del self._use[next(iter(self._use))]


def _sum(one: float, other: float) -> float:
    """The logarithm of both together."""
    more, less = max(one, other), min(one, other)
    return more + math.log1p(math.exp(less - more))


@dataclass(slots=True)
class _Message:
    """One that is to be sent."""

    update: ReceivedUpdate
    until: float
    """By the monotonic clock; then it is given up."""
    copies: int = 0
    """That may have reached the chat."""


class LimitMessages:
    """The chats that wait for one; what Telegram does not take is tried again.

    They are stored as well: one whose instance was killed is sent by another one.

    Args:
        send: sends one to the chat of this update.
        use_of: what the chat and the person of an update had recently.
        stored: those that are stored.
    """

    def __init__(
        self,
        send: SendLimitMessage,
        use_of: Callable[[ReceivedUpdate], Callable[[], float]],
        stored: LimitMessageStore,
    ) -> None:
        self._send = send
        self._use_of = use_of
        self._stored = stored
        self._unended: set[int] = set()
        """Updates whose chats were notified, which PostgreSQL does not know yet."""
        self._waiting: asyncio.Queue[_Message] = asyncio.Queue()
        self._in_hand: set[int] = set()
        """Updates whose messages wait, are sent or pause: what this instance is long at is not taken over."""

    def put(self, update: ReceivedUpdate) -> None:
        """Send one to the chat of this update soon."""
        if len(self._in_hand) < MAX_WAITING and update.update_id not in self._in_hand:
            self._in_hand.add(update.update_id)
            self._waiting.put_nowait(_Message(update, monotonic() + PATIENCE_SECONDS))

    def start(self, tasks: Nursery, stop: Stop) -> None:
        """Send until the stop."""
        for number in range(SENDERS):
            tasks.start_forever(f"limit messages {number}", lambda: self._run(stop))
        tasks.start_forever("abandoned limit messages", lambda: self._take_over(stop))

    async def _run(self, stop: Stop) -> None:
        while not stop.is_set():
            message, pause = await self._waiting.get(), None
            try:
                pause = await self._send_one(message)
            except Unavailable as error:  # PostgreSQL is
                pause = _pause(message, error)
            finally:
                self._end_or_pause(message, pause)

    async def _send_one(self, message: _Message) -> float | None:
        """Send it, unless another instance does; return after how many seconds to try again; None: never."""
        update, stored = message.update, self._stored
        copies = await stored.begin(update.update_id)
        if copies is None:
            return None
        message.copies = max(message.copies, copies)
        context = UpdateContext(leave=nothing, use=self._use_of(update), copies=message.copies)
        pause = None
        try:
            with during_update(context):
                await self._send(update)
        except Unavailable as error:
            pause = _pause(message, error)
        finally:
            message.copies += context.sent
        if pause is None:
            await self._end(update.update_id)
        else:
            await stored.postpone(update.update_id, seconds=pause, copies=min(message.copies, MAX_COPIES))
        return pause

    async def _end(self, update_id: int) -> None:
        self._unended.add(update_id)
        with suppress(Unavailable):
            await self._stored.end(update_id)
            self._unended.discard(update_id)

    async def _take_over(self, stop: Stop) -> None:
        """Send what instances that were killed have not."""
        while not stop.is_set():
            for update_id in tuple(self._unended):
                await self._end(update_id)
            for update in await self._stored.take_over():
                self.put(update)
            await stop.sleep(TAKE_OVER_SECONDS)

    def _end_or_pause(self, message: _Message, pause: float | None) -> None:
        if pause is None:
            self._in_hand.discard(message.update.update_id)
        else:
            asyncio.get_running_loop().call_later(pause, self._waiting.put_nowait, message)


def _pause(message: _Message, error: Unavailable) -> float | None:
    """The seconds until the message is tried again; None: it is given up."""
    pause = min(error.retry_after or RETRY_SECONDS, MAX_PAUSE_SECONDS)
    is_over = monotonic() + pause > message.until
    outcome = "is not told of its limit" if is_over else "is told of its limit later"
    log.info("Chat %d %s: %s", message.update.chat_id, outcome, error)
    return None if is_over else pause


def nothing() -> None:
    """A message about a limit holds no worker."""
