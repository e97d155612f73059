"""Enforces Telegram's limits across processes; without Redis each process keeps to a small share.

Limits as published: 30 messages a second for the whole bot, one a second in a chat with short
bursts, 20 a minute in a group, and silence for as long as a 429 says. All lanes draw on the same counts;
an upper lane may run further ahead, so that under pressure what is free is always its own first.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Protocol

from domain.delivery.results import SendResult
from domain.rate_limits import FREE_RATE, PAID_RATE, RateLimit
from domain.rules.lanes import Lane
from messaging.sending.circuit_breaker import CircuitBreaker
from messaging.sending.wait_queue import MIN_SHARED_RATE, Use, WaitQueue, no_use, share_rules
from runtime.clock import monotonic
from runtime.observability import metrics
from runtime.shared_calls import WriteBatcher

WHOLE_BOT = "telegram"
"""Scope of the limit over all chats; a pause of it silences every process."""
_CHAT_INTERVAL = 1.0
_CHAT_BURSTS = {Lane.REPLIES: 4, Lane.URGENT: 4, Lane.NORMAL: 3, Lane.BULK: 2, Lane.BROADCAST: 2}
"""Messages that a chat takes at once, by lane: the upper ones still go when the lower ones have to wait."""
_GROUP_INTERVAL = 60.0 / (20 - max(_CHAT_BURSTS.values()))
"""Burst and steady rate together never make more than 20 in any minute."""
_BOT_SPARE = {Lane.REPLIES: 2, Lane.URGENT: 1, Lane.NORMAL: 0, Lane.BULK: -1, Lane.BROADCAST: -1}
"""Messages of the whole bot that a lane may be ahead of the normal one: so it goes first."""
_LOCAL_SLOWDOWN = 4.0
"""So many times slower a process goes when it cannot count together with the others."""
_MAX_LOCAL = 10_000
_AT_ONCE = 100
"""Requests counted in one go."""
_ANSWER_SECONDS = 1.0
"""How long the shared count may take; a server that hangs must not hold up messages."""
_MIN_STALE_SECONDS = 0.1
_FAILED_WAIT = 0.1
"""The wait where Telegram was seen to fail while a message waited for its leave."""
_LOCAL_SECONDS = 5.0
"""How long it is not asked again after it gave no answer."""


def stale_seconds(rate: float) -> float:
    """Return how long ago a message may have been admitted; later it has to ask the bot's limit again.

    Where a commit or the machine was slow, admitted messages go late and meet those that are admitted then;
    there is room for as many as lie between our rate and Telegram's limit. A rate beyond every limit of
    Telegram's is none, and nothing is late for it.
    """
    limit = FREE_RATE if rate <= FREE_RATE else PAID_RATE
    return max(_MIN_STALE_SECONDS, (limit - rate) / rate) if rate <= PAID_RATE else math.inf


class SharedLimits(Protocol):
    """Counts for all processes together."""

    async def admit_all(self, requests: Sequence[Sequence[RateLimit]]) -> list[float] | None:
        """Of each request charge every rule or none: 0.0 charged, else seconds to wait; None: no answer."""
        ...

    async def pause(self, scope: str, seconds: float) -> None:
        """Nothing passes this scope for this long."""
        ...


class LocalLimits:
    """The same for one process, by the same rules; forgets the longest unused beyond a bound."""

    __slots__ = ("_empty_at", "_slower")

    def __init__(self, *, slower: float = _LOCAL_SLOWDOWN) -> None:
        self._slower = slower
        self._empty_at: dict[str, float] = {}

    async def admit_all(self, requests: Sequence[Sequence[RateLimit]]) -> list[float]:
        """Of each request charge every rule or none; the seconds to wait."""
        return [self.admit(rules) for rules in requests]

    def admit(self, rules: Sequence[RateLimit]) -> float:
        """Charge every rule or none; the seconds to wait."""
        now = monotonic()
        wait = max((self._wait(rule, now) for rule in rules), default=0.0)
        if wait <= 0:
            for rule in rules:
                self._charge(rule, now)
        return max(wait, 0.0)

    def _wait(self, rule: RateLimit, now: float) -> float:
        spare = rule.interval * self._slower * (rule.burst - 1)
        return self._empty_at.get(rule.scope, now) - spare - now

    def _charge(self, rule: RateLimit, now: float) -> None:
        empty = max(self._empty_at.pop(rule.scope, now), now) + rule.interval * self._slower
        self._empty_at[rule.scope] = empty
        if len(self._empty_at) > _MAX_LOCAL:
            del self._empty_at[next(iter(self._empty_at))]


class Limiter:
    """Says when the next message may go to a chat.

    Args:
        shared: counts for all processes.
        rate: messages a second over all chats, in any second; the upper lanes may be two above it.
        local: counts here while `shared` does not answer.
        breaker: lets nothing pass while Telegram does not answer properly; None: everything passes.
        gather_seconds: between two counts, in which what comes gathers.
    """

    __slots__ = (
        "_asking",
        "_bot",
        "_breaker",
        "_local",
        "_local_until",
        "_paused",
        "_queues",
        "_shared",
        "_shares",
        "rate",
    )

    def __init__(
        self,
        shared: SharedLimits,
        *,
        rate: float,
        local: LocalLimits | None = None,
        breaker: CircuitBreaker | None = None,
        gather_seconds: float = 0.0,
    ) -> None:
        self._shared = shared
        self._breaker = breaker
        self._local = local or LocalLimits()
        self.rate = rate
        self._bot = {lane: _bot_rule(rate, lane) for lane in Lane}
        self._shares = share_rules(rate)
        self._queues = {lane: WaitQueue(self._ask_all) for lane in Lane}
        self._asking = WriteBatcher(self._ask_all, limit=_AT_ONCE, interval=gather_seconds)
        self._paused: dict[str, float] = {}
        self._local_until = 0.0

    async def admit(
        self,
        chat_id: int,
        *,
        patience: float,
        lane: Lane = Lane.NORMAL,
        is_repeat: bool = False,
        use: Use = no_use,
    ) -> float:
        """Wait for leave to send one message to a chat, up to `patience` seconds.

        Args:
            chat_id: the chat.
            patience: seconds.
            lane: of the message.
            is_repeat: its first copy may have arrived.
            use: what its chat or person has had recently; of those who wait here in the lane, who has had
                less goes first.

        Returns:
            0.0: send now; above: not now, but probably in so many seconds.
        """
        began = monotonic()
        wait = await self._pass_breaker(patience, is_repeat=is_repeat)
        if wait <= 0:
            passed = monotonic()
            wait = await self._admit(chat_id, lane, began + patience, use)
            if self.has_failed_since(passed):
                wait = wait or _FAILED_WAIT
        metrics.telegram_limiter_wait_seconds.observe(monotonic() - began)
        return wait

    async def again(self, *, patience: float, lane: Lane) -> float:
        """Wait for leave of the whole bot once more, for a message that did not go when it was admitted.

        It would arrive beside those that are admitted now; its chat has been charged and is not again.

        Returns:
            0.0: send now; above: not now, but probably in so many seconds.
        """
        return await self._pass((self._bot[lane],), lane, monotonic() + patience)

    async def refused(self, chat_id: int, retry_after: float) -> None:
        """Telegram said 429: that chat is silent for so long, and so is every chat if another one is already.

        A 429 does not say whom it means; two chats at once mean the whole bot.
        """
        metrics.telegram_retry_after_seconds.observe(retry_after)
        scope = _chat_scope(chat_id)
        others = [
            name
            for name in tuple(self._paused)
            if name not in {scope, WHOLE_BOT} and self._pause_left(name) > 0
        ]
        for name in (scope, WHOLE_BOT) if others else (scope,):
            self._paused[name] = max(self._paused.get(name, 0.0), monotonic() + retry_after)
            await self._pause_shared(name, retry_after)

    async def standstill(self) -> float:
        """For how many seconds Telegram takes nothing from anybody; 0.0: continue."""
        return 0.0 if self._breaker is None else await self._breaker.standstill()

    @property
    def is_standing_still(self) -> bool:
        """Whether Telegram answered nobody when it was last checked."""
        return self._breaker is not None and not self._breaker.is_closed

    def has_failed_since(self, began: float) -> bool:
        """Whether Telegram failed after `began`, by the monotonic clock, and has not answered since."""
        return self._breaker is not None and self._breaker.has_failed_since(began)

    async def observe(self, result: SendResult, *, began: float) -> None:
        """Learn from what came of a message that began to be sent at that time, by the monotonic clock."""
        if self._breaker is not None:
            await self._breaker.observe(result, began=began)

    async def _pass_breaker(self, patience: float, *, is_repeat: bool) -> float:
        if self._breaker is None:
            return 0.0
        return await self._breaker.pass_(patience=patience, is_repeat=is_repeat)

    def _admit(self, chat_id: int, lane: Lane, end: float, use: Use) -> Awaitable[float]:
        """Chat, group, share and the whole bot admit together, or none is charged."""
        rules = (self._bot[lane], *self._shares.get(lane, ()), *_rules(chat_id, lane))
        return self._pass(rules, lane, end, use)

    async def _pass(self, rules: Sequence[RateLimit], lane: Lane, end: float, use: Use = no_use) -> float:
        queue = self._queues[lane]
        if queue.is_empty and await self._asking.begin(rules) <= 0:
            return 0.0
        return await queue.pass_(rules, end, use=use)

    async def _ask_all(self, requests: Sequence[Sequence[RateLimit]]) -> list[float]:
        """One answer each; what is paused here is not asked for."""
        if not self._paused:
            return await self._count(requests)
        waits = [max(self._pause_left(rule.scope) for rule in rules) for rules in requests]
        asked = [rules for rules, wait in zip(requests, waits, strict=True) if wait <= 0]
        answers = iter(await self._count(asked)) if asked else iter(())
        return [wait if wait > 0 else next(answers) for wait in waits]

    async def _count(self, requests: Sequence[Sequence[RateLimit]]) -> list[float]:
        shared = await self._ask_shared(requests)
        return await self._local.admit_all(requests) if shared is None else shared

    async def _ask_shared(self, requests: Sequence[Sequence[RateLimit]]) -> list[float] | None:
        if self._local_until > monotonic():
            return None
        waits = None
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_SECONDS):
                waits = await self._shared.admit_all(requests)
        if waits is None:
            self._local_until = monotonic() + _LOCAL_SECONDS
        metrics.telegram_limits_local.set(waits is None)
        return waits

    async def _pause_shared(self, scope: str, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self._shared.pause(scope, seconds)

    def _pause_left(self, scope: str) -> float:
        left = self._paused.get(scope, 0.0) - monotonic()
        if left <= 0:
            self._paused.pop(scope, None)
        return max(left, 0.0)


def _bot_rule(rate: float, lane: Lane) -> RateLimit:
    """A burst of a fiftieth of the rate catches up what a late wake-up lost; both together make the rate."""
    if rate <= MIN_SHARED_RATE:
        return RateLimit(scope=WHOLE_BOT, interval=1.0 / rate, burst=1)
    burst = max(2, round(rate / 50))
    return RateLimit(scope=WHOLE_BOT, interval=1.0 / (rate - burst + 1), burst=burst + _BOT_SPARE[lane])


def _rules(chat_id: int, lane: Lane) -> tuple[RateLimit, ...]:
    burst = _CHAT_BURSTS[lane]
    chat = RateLimit(scope=_chat_scope(chat_id), interval=_CHAT_INTERVAL, burst=burst)
    if chat_id > 0:
        return (chat,)
    return chat, RateLimit(scope=f"group:{chat_id}", interval=_GROUP_INTERVAL, burst=burst)


def _chat_scope(chat_id: int) -> str:
    return f"chat:{chat_id}"
