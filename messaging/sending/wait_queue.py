"""The queue before the limits: fair by past use, then first come, first served.

Lanes with a share may take no more than that of the whole bot's rate; the others may take all of it.

One of those who wait asks for all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from domain.rate_limits import RateLimit
from domain.rules.lanes import Lane
from runtime.clock import monotonic

_MIN_SLEEP = 0.001
_SOON = 0.1
"""Seconds; more than an answer of the limits takes."""
_MAX_PASSING = 20
"""Who may pass in one go."""
_GRACE_SECONDS = 1.0
"""After its time one waits so much longer to be asked for at all."""
_AGAIN_SECONDS = 1.0
"""The wait of one that was never near the front, since others with less use came before it."""
AskAll = Callable[[Sequence[Sequence[RateLimit]]], Awaitable[Sequence[float]]]
Use = Callable[[], float]
"""What whoever waits has had recently, as it is now; who has had less goes first."""
MIN_SHARED_RATE = 6.0
"""Messages a second below which there is nothing to share among lanes."""
_BROADCAST_SHARE = 0.5
"""The rest is left to alerts and replies."""
_REPLIES_SHARE = 0.5
"""A flood of questions leaves the other half to alerts."""
_REPLIES_BURST = 0.25
"""Replies that go at once after a rest, in seconds of the rate."""
_MIN_REPLIES_BURST = 4


def no_use() -> float:
    """Of those among whom first come is first served."""
    return 0.0


@dataclass(slots=True, eq=False)
class _Waiting:
    """One who waits."""

    rules: Sequence[RateLimit]
    end: float
    """Until when, by the monotonic clock."""
    use: Use
    called: asyncio.Event = field(default_factory=asyncio.Event)
    """There is an answer, or nobody asks at present."""
    answer: float | None = None
    ready_at: float = 0.0
    """Not before this it makes sense to ask again."""


class WaitQueue:
    """Who waits for leave, in order; who waits for its own chat holds up nobody.

    Args:
        ask_all: of each request charges every rule or none; for each 0.0 or the seconds to wait.
    """

    __slots__ = ("_ask_all", "_asker", "_news", "_waiting")

    def __init__(self, ask_all: AskAll) -> None:
        self._ask_all = ask_all
        self._waiting: list[_Waiting] = []
        self._asker: _Waiting | None = None
        """Who asks for all at present."""
        self._news = asyncio.Event()

    @property
    def is_empty(self) -> bool:
        """Whether nobody waits."""
        return not self._waiting

    async def pass_(self, rules: Sequence[RateLimit], end: float, *, use: Use = no_use) -> float:
        """Wait until every rule admits at once: 0.0; or, when that would be after `end`, the wait.

        Whoever leaves without leave has charged nothing.

        Args:
            rules: all of which must admit.
            end: until when, by the monotonic clock.
            use: what it has had recently.
        """
        one = _Waiting(rules, end, use)
        self._waiting.append(one)
        self._news.set()
        try:
            while one.answer is None:
                await self._ask_or_wait(one)
        finally:
            self._leave(one)
        return one.answer

    async def _ask_or_wait(self, one: _Waiting) -> None:
        if self._asker not in {None, one}:
            await one.called.wait()
            one.called.clear()
            return
        self._asker = one
        await self._advance()

    def _leave(self, one: _Waiting) -> None:
        """Go, and let the next one ask if it was this one who did."""
        if one in self._waiting:
            self._waiting.remove(one)
        if self._asker in {None, one}:
            self._asker = None
            if self._waiting:
                self._waiting[0].called.set()

    async def _advance(self) -> None:
        """Let pass who may; sleep when nobody may yet."""
        self._news.clear()
        now = monotonic()
        if self._end_waits(now):
            return
        nearest = self._nearest(now)
        front = _ready(nearest, now)
        if not front:
            ready_at = min(one.ready_at for one in nearest or self._waiting)
            await self._sleep(min(ready_at, *(one.end + _GRACE_SECONDS for one in self._waiting)) - now)
            return
        waits = await self._ask_all([one.rules for one in front])
        for one, wait in zip(front, waits, strict=True):
            _answer(one, wait)
        self._waiting = [one for one in self._waiting if one.answer is None]

    def _end_waits(self, now: float) -> bool:
        """Answer those whose time is over, however many come before them; return whether there were any."""
        over = [one for one in self._waiting if one.end + _GRACE_SECONDS <= now]
        for one in over:
            _answer(one, max(one.ready_at - now, _AGAIN_SECONDS))
        self._waiting = [one for one in self._waiting if one.answer is None]
        return bool(over)

    def _nearest(self, now: float) -> list[_Waiting]:
        """The first of those who may expect leave now or soon, in their order.

        Answers take their time, so whoever asked a moment earlier would pass those who come before it.
        """
        return sorted((one for one in self._waiting if one.ready_at <= now + _SOON), key=_use)[:_MAX_PASSING]

    async def _sleep(self, seconds: float) -> None:
        """Until somebody may pass, or somebody new comes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, _MIN_SLEEP)):
                await self._news.wait()


def _ready(nearest: Sequence[_Waiting], now: float) -> list[_Waiting]:
    """Return who may expect leave now, and those before them."""
    ready = [number for number, one in enumerate(nearest, 1) if one.ready_at <= now]
    return list(nearest[: ready[-1]]) if ready else []


def _use(one: _Waiting) -> float:
    return one.use()


def _answer(one: _Waiting, wait: float) -> None:
    again_at = monotonic() + wait
    if wait <= 0 or again_at > one.end:
        one.answer = max(wait, 0.0)
        one.called.set()
    else:
        one.ready_at = again_at


def share_rules(rate: float) -> dict[Lane, tuple[RateLimit, ...]]:
    """The rules of each lane that has a share, for a bot of this rate in messages a second."""
    broadcasts = RateLimit(scope="broadcasts", interval=1.0 / max(rate * _BROADCAST_SHARE, 0.05), burst=1)
    if rate <= MIN_SHARED_RATE:
        return {Lane.BROADCAST: (broadcasts,)}
    burst = max(_MIN_REPLIES_BURST, round(rate * _REPLIES_BURST))
    replies = RateLimit(scope="replies", interval=1.0 / (rate * _REPLIES_SHARE), burst=burst)
    return {Lane.BROADCAST: (broadcasts,), Lane.REPLIES: (replies,)}
