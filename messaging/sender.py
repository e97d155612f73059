"""Hands due deliveries to Telegram: chats in parallel, each in its order, and never without a mark before.

claim ──> admitted by the limits ──> marked `sending` ──> sent ──> settled
              └── not now: given back, due later
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from domain.deliveries import STOPPED_WAIT, Claimed, Fate, Outcome, Settlement, settle
from domain.errors import Unavailable
from messaging.batching import Batching
from messaging.limiter import Limiter
from messaging.methods import Message
from runtime import metrics
from runtime.clock import monotonic, unix
from runtime.lifecycle import Stop

log = logging.getLogger(__name__)

MOST_HELD = 500
"""Deliveries claimed at a time."""
MOST_IN_FLIGHT = 64
"""Messages on their way to Telegram at a time."""
PATIENCE = 2.0
"""Seconds that a claimed delivery waits for the limits before it is given back."""
TURN_SECONDS = 15.0
"""How long a chat's deliveries are worked on before the rest is given back; well within the lease."""
NOTING_SECONDS = 20.0
"""How long an outcome is tried to be noted while the outbox is away; within the lease of the mark."""
_NOTING_PAUSE = 0.5
POLL_SECONDS = 2.0
"""How often is looked for due deliveries when nobody says that there are any."""
_NEVER = float("inf")
_SHORTEST_WAIT = 0.01

Symbols = Mapping[str, str | None]


class Outbox(Protocol):
    """The deliveries, kept where nothing is lost; each method raises Unavailable when that is away."""

    async def claim(self, most: int) -> list[Claimed]:
        """Take the right to send, oldest first."""
        ...

    async def mark(self, delivery_ids: Sequence[int]) -> set[int]:
        """Commit that these are being sent; those that may be."""
        ...

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Note what became of marked ones."""
        ...

    async def release(self, delivery_ids: Sequence[int], wait: float) -> None:
        """Give back what was not marked; due again after so many seconds."""
        ...

    async def close_chat(self, chat_id: int, reason: str) -> None:
        """Nothing can be sent there any more."""
        ...

    async def migrate_chat(self, old_id: int, new_id: int) -> None:
        """The group has a new id."""
        ...


Send = Callable[[Message], Awaitable[Outcome]]
Compose = Callable[[Claimed, Symbols], Message]
LookUp = Callable[[Sequence[Claimed]], Awaitable[Symbols]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a delivery becomes a message in a chat."""

    send: Send
    compose: Compose
    look_up: LookUp
    """The symbols of the tokens in these deliveries, as the chain says them."""


class Sender:
    """Sends until it is stopped. Two senders, in one process or in many, never send the same delivery."""

    def __init__(self, outbox: Outbox, telling: Telling, limiter: Limiter) -> None:
        self._outbox = outbox
        self._telling = telling
        self._limiter = limiter
        self._marks = Batching(self._mark)
        self._notes = Batching(self._note)
        self._flights = asyncio.Semaphore(MOST_IN_FLIGHT)
        self._news = asyncio.Event()
        self._held = 0
        self._strays: list[int] = []
        """Claims that could not be given back because the outbox was away."""
        self._look_at = 0.0
        self._postponed = _NEVER
        self._stopped_until = 0.0

    def poke(self) -> None:
        """Deliveries may be due: look at once. Call it in the sender's event loop."""
        self._news.set()

    async def run(self, stop: Stop) -> None:
        """Send what is due, until the stop; then finish what is in flight and give back the rest.

        While the outbox is away it is asked again and again; what is in flight is not disturbed by that.
        """
        async with asyncio.TaskGroup() as chats, asyncio.TaskGroup() as watch:
            task = watch.create_task(self._wake_at(stop))
            while not stop.is_set():
                self._news.clear()
                try:
                    await self._start(chats, stop)
                except Unavailable as error:
                    log.warning("No deliveries can be claimed: %s", error)
                await self._wait()
            task.cancel()

    async def _wake_at(self, stop: Stop) -> None:
        await stop.wait()
        self.poke()

    async def _start(self, chats: asyncio.TaskGroup, stop: Stop) -> None:
        """Claim as much as there is room for and begin to send it."""
        now = monotonic()
        self._look_at = now + POLL_SECONDS
        if self._postponed <= now:
            self._postponed = _NEVER
        room = MOST_HELD - self._held
        if room <= 0 or self._stopped_until > now:
            return
        if self._strays:
            await self._outbox.release(self._strays, 0.0)
            self._strays = []
        claimed = sorted(await self._outbox.claim(room), key=lambda one: (one.chat_id, one.delivery_id))
        if not claimed:
            return
        symbols = await self._telling.look_up(claimed)
        for chat_id, group in groupby(claimed, key=lambda one: one.chat_id):
            turn = _Turn(chat_id, list(group), symbols, monotonic() + TURN_SECONDS)
            chats.create_task(self._serve(turn, stop))

    async def _wait(self) -> None:
        """For news, or until it is time to look again."""
        left = min(self._look_at, self._postponed) - monotonic()
        try:
            async with asyncio.timeout(max(left, _SHORTEST_WAIT)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _serve(self, turn: _Turn, stop: Stop) -> None:
        """Send a chat's deliveries in their order; what cannot go now is given back."""
        held = len(turn.deliveries)
        self._held += held
        try:
            wait = await self._send_all(turn, stop)
            self._postponed = min(self._postponed, monotonic() + wait)
            if turn.deliveries:
                await self._outbox.release([one.delivery_id for one in turn.deliveries], wait)
        except Unavailable as error:
            log.debug("The deliveries of a chat are put off: %s", error)
            self._strays += [one.delivery_id for one in turn.deliveries]
        finally:
            self._held -= held
            self._news.set()

    async def _send_all(self, turn: _Turn, stop: Stop) -> float:
        """Send from the front until something stops it; the seconds that the rest is to wait."""
        while turn.deliveries and not stop.is_set() and monotonic() < turn.ends_at:
            if self._stopped_until > monotonic():
                return STOPPED_WAIT
            wait = await self._limiter.admit(turn.chat_id, patience=PATIENCE)
            if wait > 0 or stop.is_set():
                return wait
            claimed = turn.deliveries[0]
            async with self._flights:
                marked = await self._marks.submit(claimed.delivery_id)
                del turn.deliveries[0]
                outcome = await self._send(claimed, turn.symbols) if marked else None
            if outcome is not None and outcome.fate not in _SETTLED:
                return settle(claimed, outcome).wait
        return 0.0

    async def _send(self, claimed: Claimed, symbols: Symbols) -> Outcome:
        """Send what was marked, and note what came of it."""
        outcome = await self._say(claimed, symbols)
        await self._follow_up(claimed, outcome)
        await self._notes.submit(settle(claimed, outcome))
        return outcome

    async def _say(self, claimed: Claimed, symbols: Symbols) -> Outcome:
        try:
            message = self._telling.compose(claimed, symbols)
        except Exception:
            log.exception("Alert %d cannot be put into words; it is tried again", claimed.alert_id)
            return Outcome(fate=Fate.REFUSED, reason="it could not be put into words")
        return await self._telling.send(message)

    async def _follow_up(self, claimed: Claimed, outcome: Outcome) -> None:
        """What an outcome means beyond its delivery."""
        _count(claimed, outcome)
        if outcome.retry_after is not None:
            await self._limiter.refused(claimed.chat_id, outcome.retry_after)
        if outcome.fate is Fate.CHAT_GONE:
            await self._outbox.close_chat(claimed.chat_id, outcome.reason)
        if outcome.fate is Fate.MIGRATED and outcome.new_chat_id is not None:
            await self._outbox.migrate_chat(claimed.chat_id, outcome.new_chat_id)
        if outcome.fate is Fate.STOPPED:
            self._stand_still(outcome)

    def _stand_still(self, outcome: Outcome) -> None:
        if self._stopped_until <= monotonic():
            log.error(
                "Telegram refuses the bot's token (%s): nothing is sent, nothing is lost;"
                " looking again in %g s. Put a valid token into BOT_TOKEN and restart.",
                outcome.reason,
                STOPPED_WAIT,
            )
        self._stopped_until = monotonic() + STOPPED_WAIT

    async def _mark(self, delivery_ids: Sequence[int]) -> list[bool]:
        marked = await self._outbox.mark(delivery_ids)
        return [delivery_id in marked for delivery_id in delivery_ids]

    async def _note(self, settlements: Sequence[Settlement]) -> list[None]:
        """Keep at it while the outbox is away: what is not noted in time would be sent again."""
        end = monotonic() + NOTING_SECONDS
        while True:
            try:
                await self._outbox.settle(settlements)
            except Unavailable:
                if monotonic() > end:
                    raise
                await asyncio.sleep(_NOTING_PAUSE)
            else:
                return [None] * len(settlements)


@dataclass(slots=True)
class _Turn:
    """The deliveries of one chat that are held; the front one is next."""

    chat_id: int
    deliveries: list[Claimed]
    symbols: Symbols
    ends_at: float
    """When the rest is given back, by the monotonic clock."""


_SETTLED = frozenset({Fate.ACCEPTED, Fate.IMPOSSIBLE})
"""After these the next message of the chat may go; after all others it waits, so that the order is kept."""


def _count(claimed: Claimed, outcome: Outcome) -> None:
    metrics.notify.labels(outcome.fate.value).inc()
    if outcome.fate is Fate.LOST:
        metrics.notify_ambiguous.inc()
    if outcome.fate is Fate.ACCEPTED:
        metrics.notify_latency_seconds.observe(max(0.0, unix() - claimed.happened_at.timestamp()))
    else:
        log.warning("Delivery %d: %s (%s)", claimed.delivery_id, outcome.fate.value, outcome.reason)
