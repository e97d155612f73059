"""The gate of a channel: nothing passes while Telegram does not answer properly (domain/circuits.py)."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol, TypeVar

from domain.circuits import CLOSED, Asker, Leave, Timing
from domain.delivery.results import SendResult, SendStatus
from messaging.sending.steadiness import Steadiness
from runtime.clock import monotonic
from runtime.observability import metrics
from runtime.shared_calls import SingleFlight

log = logging.getLogger(__name__)
T = TypeVar("T")

POLL_SECONDS = 0.2
"""How often the shared state is checked while something waits."""
_CLOSED_LOOK_SECONDS = 0.05
"""The same while nothing is known to be wrong."""
MAX_WAIT = 2.0
"""Who waits longer is told to ask again after so many seconds, so that it goes soon after the end."""
_ANSWER_SECONDS = 1.0
_LOCAL_SECONDS = 5.0
"""How long the shared state is not asked again after it gave no answer."""

_FOR_ALL = frozenset({Leave.GO, Leave.WAIT})
"""Answers that are not for one asker alone."""

Probe = Callable[[], Awaitable[bool]]
"""Asks the channel for something that changes nothing; whether it answered properly."""


class CircuitStore(Protocol):
    """Where the state of a breaker is kept; None: there is no answer."""

    async def ask(self, asker: Asker, timing: Timing) -> tuple[Leave, float] | None:
        """What the asker may do, and with WAIT the seconds to wait."""
        ...

    async def failed(self, timing: Timing, chance: float) -> bool | None:
        """A send got no answer."""
        ...

    async def probed(self, timing: Timing, chance: float, *, answered: bool) -> bool | None:
        """Report the result of the probe.

        Args:
            timing: how the pauses grow.
            chance: from 0 to 1, how far into its random half the next pause reaches.
            answered: whether the probe got an answer.
        """
        ...

    async def close(self) -> bool | None:
        """A message was answered."""
        ...


class LocalCircuit:
    """The state of one process."""

    __slots__ = ("_circuit",)

    def __init__(self) -> None:
        self._circuit = CLOSED

    @property
    def is_closed(self) -> bool:
        """Whether everybody may go."""
        return self._circuit == CLOSED

    async def ask(self, asker: Asker, timing: Timing) -> tuple[Leave, float]:
        """What the asker may do, and with WAIT the seconds to wait."""
        self._circuit, leave, wait = self._circuit.ask(asker, monotonic(), timing)
        return leave, wait

    async def failed(self, timing: Timing, chance: float) -> bool:
        """A send got no answer."""
        self._circuit = self._circuit.failed(monotonic(), timing, chance)
        return True

    async def probed(self, timing: Timing, chance: float, *, answered: bool) -> bool:
        """Report the result of the probe.

        Args:
            timing: how the pauses grow.
            chance: from 0 to 1, how far into its random half the next pause reaches.
            answered: whether the probe got an answer.
        """
        self._circuit = self._circuit.probed(monotonic(), timing, chance, answered=answered)
        return True

    async def close(self) -> bool:
        """A message was answered."""
        self._circuit = CLOSED
        return True


class CircuitBreaker:
    """What one process knows of a channel, and what all processes know together.

    Args:
        shared: the state for all processes; one that does not answer is replaced by this process's own.
        probe: asks the channel whether it answers.
        timing: its times.
    """

    def __init__(self, shared: CircuitStore, probe: Probe, *, timing: Timing | None = None) -> None:
        self._shared = shared
        self._local = LocalCircuit()
        self._probe = probe
        self._timing = timing or Timing()
        self._shared_asks: SingleFlight[float] = SingleFlight()
        self._asking = asyncio.Lock()
        self._is_closed = True
        """As it was last seen."""
        self._seen_until = 0.0
        """Until when what was last seen is taken to hold."""
        self._failed_at = float("-inf")
        """When a send of this process last got no answer."""
        self._local_until = 0.0
        self._closed = asyncio.Event()
        self._steadiness = Steadiness()
        self._next_proof_at = 0.0

    @property
    def is_closed(self) -> bool:
        """Whether the channel answered when it was last checked."""
        return self._is_closed

    def has_failed_since(self, began: float) -> bool:
        """Whether the channel failed after `began`, by the monotonic clock, and has not answered since."""
        return not self._is_closed and self._failed_at > began

    async def pass_(self, *, patience: float, is_repeat: bool) -> float:
        """Wait until a message may go: 0.0; or, if that takes too long, in how many seconds to ask again."""
        asker = Asker.REPEATED if is_repeat else Asker.FIRST
        if not is_repeat and self._seen(asker) == 0.0:
            return 0.0  # as nearly always
        end = monotonic() + patience
        while (wait := await self._proven(asker) or await self._ask(asker)) > 0:
            left = end - monotonic()
            if left <= 0:
                return min(wait, MAX_WAIT)
            await self._sleep(min(wait, left, POLL_SECONDS))
        return 0.0

    async def standstill(self) -> float:
        """Probe, if it is time to; for how many seconds no message can go: 0.0: some can."""
        return min(await self._ask(Asker.SENDER), MAX_WAIT)

    async def observe(self, result: SendResult, *, began: float) -> None:
        """Learn from what came of a message that began to be sent at that time, by the monotonic clock."""
        if result.held_back:
            return
        if result.is_outage:
            await self._fail(result)
        elif result.status is not SendStatus.REFUSED and began > self._failed_at:
            self._steadiness.answered()
            if not self._is_closed:
                await self._close()

    async def _proven(self, asker: Asker) -> float:
        """The seconds to wait until so much was answered in a row that a possible repeat can be risked.

        Probes make up for messages that do not go: one at a time, and only while others may go, whom one that
        gets no answer does not stop.
        """
        if asker is not Asker.REPEATED or self._steadiness.is_enough:
            return 0.0
        wait = max(await self._ask(Asker.SENDER), self._next_proof_at - monotonic())
        if wait > 0:
            return wait
        self._next_proof_at = monotonic() + self._timing.probe
        await self._is_probe_answered()
        self._next_proof_at = monotonic() + self._steadiness.pause
        return self._steadiness.pause

    async def _ask(self, asker: Asker) -> float:
        """The seconds to wait; 0.0: go. Who asks meanwhile gets the same answer, and waits for no turn.

        To probe and to try are for one asker; the others ask again.
        """
        if (seen := self._seen(asker)) is not None:
            return seen
        answer: tuple[Leave, float] | None = None

        async def ask() -> float:
            nonlocal answer
            leave, wait = answer = await self._ask_state(asker)
            return wait if leave in _FOR_ALL else POLL_SECONDS / 10

        waits = await (ask() if asker is Asker.REPEATED else self._shared_asks.run(asker, ask))
        if answer is None:
            return waits
        leave, wait = answer
        return await self._probe_once() if leave is Leave.PROBE else wait

    async def _ask_state(self, asker: Asker) -> tuple[Leave, float]:
        """What the shared state says now, or has just said to another asker."""
        async with self._asking:
            if (seen := self._seen(asker)) is not None:
                return (Leave.GO if self._is_closed else Leave.WAIT), seen
            began = monotonic()
            leave, wait = await self._update(lambda circuit: circuit.ask(asker, self._timing))
            if leave is Leave.GO and self._failed_at >= began:
                return Leave.WAIT, POLL_SECONDS / 10  # the answer is older than what is known here
            await self._keep(leave)
            self._see(leave, wait)
        return leave, wait

    def _seen(self, asker: Asker) -> float | None:
        """The seconds to wait by what was seen a moment ago; None: it is to be checked again."""
        left = self._seen_until - monotonic()
        if left <= 0 or self._must_look(asker):
            return None
        return 0.0 if self._is_closed else left

    def _must_look(self, asker: Asker) -> bool:
        """A possible repeat has but one chance: it goes by no state that was seen a moment ago."""
        return self._is_closed and asker is Asker.REPEATED

    async def _keep(self, leave: Leave) -> None:
        """Let this process stand still on its own as well, should the shared state be unavailable next."""
        if leave is Leave.GO:
            await self._local.close()
        elif self._local.is_closed:
            self._steadiness.failed()  # as another process has seen
            await self._local.failed(self._timing, _chance())

    def _see(self, leave: Leave, wait: float) -> None:
        self._is_closed = leave is Leave.GO
        seconds = {Leave.GO: _CLOSED_LOOK_SECONDS, Leave.WAIT: min(wait, POLL_SECONDS)}.get(leave, 0.0)
        self._seen_until = monotonic() + seconds
        metrics.telegram_standstill.set(leave is not Leave.GO)

    async def _probe_once(self) -> float:
        answered = await self._is_probe_answered()
        await self._update(lambda circuit: circuit.probed(self._timing, _chance(), answered=answered))
        return POLL_SECONDS / 10

    async def _is_probe_answered(self) -> bool:
        answered = False
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.probe):
                answered = await self._probe()
        metrics.telegram_probes.labels("answered" if answered else "unanswered").inc()
        (self._steadiness.answered if answered else self._steadiness.failed)()
        return answered

    async def _fail(self, result: SendResult) -> None:
        if self._is_closed:
            log.warning("Telegram does not answer properly (%s): nothing goes until it does", result.reason)
        self._steadiness.failed()
        self._is_closed = False
        self._seen_until = 0.0
        self._failed_at = monotonic()
        self._closed.clear()
        await self._tell_both(lambda circuit: circuit.failed(self._timing, _chance()))

    async def _close(self) -> None:
        log.warning("Telegram answers again")
        await self._tell_both(lambda circuit: circuit.close())
        self._is_closed = True
        self._seen_until = 0.0
        self._closed.set()
        metrics.telegram_standstill.set(0)

    async def _sleep(self, seconds: float) -> None:
        """For so long, or until a message is answered."""
        self._closed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closed.wait()

    async def _tell_both(self, what: Callable[[CircuitStore], Awaitable[T | None]]) -> None:
        """This process's own state is kept as well, for the time when the shared one does not answer."""
        await what(self._local)
        await self._update(what)

    async def _update(self, what: Callable[[CircuitStore], Awaitable[T | None]]) -> T:
        if self._local_until <= monotonic():
            with suppress(TimeoutError):
                async with asyncio.timeout(_ANSWER_SECONDS):
                    if (answer := await what(self._shared)) is not None:
                        return answer
            self._local_until = monotonic() + _LOCAL_SECONDS
        answer = await what(self._local)
        assert answer is not None  # noqa: S101 - it always answers
        return answer


def _chance() -> float:
    return random.random()  # noqa: S311 - spreads pauses, guards nothing
