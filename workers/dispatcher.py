"""The dispatcher: decides who is told of an alert, wakes the senders, and takes up what others dropped.

alert stored ──wake-up or poll──> fan-out ──> deliveries ──> a letter on the notifications queue
                                                 ^── reaper: what dead senders held
what was held is due ──> one digest per chat among the deliveries
an outage is over, or an alert was reverted ──> notices for the chats that it touched
question or scan session without a letter ──> a letter on its queue

Several may run: every step is a conditional write or may be repeated.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from domain.errors import Unavailable
from domain.jobs import AnswerLetter, BroadcastLetter, DeliverLetter, Queue, StepLetter, TidyLetter
from domain.rules import decisions
from domain.rules.decisions import Decision
from domain.rules.tiers import NO_HOURLY_LIMITS, HourlyLimits
from domain.rules.watches import Watch
from runtime.observability import metrics
from runtime.processes.failpoints import failpoint
from runtime.processes.lifecycle import Nursery, Stop
from storage.chats.questions import forgotten_questions
from storage.coordination.queues import Queues
from storage.coordination.ticks import is_open
from storage.coordination.wake_ups import WakeUps
from storage.delivery.alerts import Alert, fan_out_next
from storage.delivery.broadcasts import running
from storage.delivery.corrections import correct_next
from storage.delivery.deliveries import backlog, close_undeliverable, recover
from storage.delivery.digests import gather_due
from storage.delivery.outage_messages import address_next
from storage.postgres import Database
from storage.scans.whale_searches import silent_scans
from workers.maintenance import CLEANUP

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""How often PostgreSQL is asked for alerts and due deliveries that no wake-up told of."""
REAP_SECONDS = 2.0
REMIND_SECONDS = 2.0
FORGOTTEN_SECONDS = 5.0
"""A question this old that nobody works on is asked again."""


CallSenders = Callable[[], Awaitable[int]]
"""Calls the senders; how many heard it."""


async def _nobody() -> int:
    """There is no sender to be called."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatcherConfig:
    """What an operator may set."""

    coalesce_seconds: float = 0.0
    """Seconds in which a wallet's alerts are held to be told together; 0: none is."""
    hourly_limits: HourlyLimits = field(default_factory=lambda: NO_HOURLY_LIMITS)
    """Alerts an hour by tier."""
    stable_seconds: float = 60.0
    """An outage is told when the feed has been well for so long."""


DEFAULT = DispatcherConfig()


class Dispatcher:
    """The stages of one dispatcher process, over PostgreSQL, RQ and the wake-ups."""

    def __init__(
        self,
        database: Database,
        queues: Queues,
        wake_ups: WakeUps,
        *,
        call_senders: CallSenders = _nobody,
        config: DispatcherConfig = DEFAULT,
    ) -> None:
        self._database = database
        self._config = config
        self._call_senders = call_senders
        self._queues = queues
        self._wake_ups = wake_ups
        self._due = asyncio.Event()

    def start(self, tasks: Nursery, stop: Stop) -> None:
        """Start all stages; each starts again by itself when it fails."""
        tasks.start_forever("fan-out", lambda: self.fan_out(stop))
        tasks.start_forever("waker", lambda: self.wake_senders(stop))
        tasks.start_forever("reaper", lambda: self.reap(stop))
        tasks.start_forever("questions", lambda: self.ask_again(stop))
        tasks.start_forever("digests", lambda: self.gather(stop))
        tasks.start_forever("corrections", lambda: self.correct(stop))
        tasks.start_forever("outages", lambda: self.address(stop))
        tasks.start_forever("periodic", lambda: self.remind(stop))
        tasks.start_forever("scan sessions", lambda: self.resume_scans(stop))

    async def fan_out(self, stop: Stop) -> None:
        """Decide every open alert, at each wake-up and at least each second."""
        while not stop.is_set():
            await _attempt("fan-out", lambda: self._fan_out_all(stop))
            await self._wake_ups.wait(POLL_SECONDS)

    async def wake_senders(self, stop: Stop) -> None:
        """Keep one letter on the notifications queue while deliveries are due."""
        while not stop.is_set():
            if await self._wait_for_due():
                await _attempt("waking", self._wake)
            else:
                await _attempt("waking", self._wake_for_backlog)

    async def reap(self, stop: Stop) -> None:
        """Take up what dead senders held and end what waits for closed chats."""
        while not stop.is_set():
            await _attempt("reaping", self._reap)
            await stop.sleep(REAP_SECONDS)

    async def ask_again(self, stop: Stop) -> None:
        """Write the letters of forgotten questions again; kept apart, because it waits for Redis."""
        while not stop.is_set():
            await _attempt("asking again", self._ask_forgotten)
            await stop.sleep(REAP_SECONDS)

    async def gather(self, stop: Stop) -> None:
        """Make digests of what was held and is due."""
        while not stop.is_set():
            await _attempt("gathering", self._gather)
            await stop.sleep(POLL_SECONDS)

    async def correct(self, stop: Stop) -> None:
        """Let chats hear of alerts that were reverted."""
        while not stop.is_set():
            await _attempt("correcting", self._correct)
            await stop.sleep(POLL_SECONDS)

    async def address(self, stop: Stop) -> None:
        """Let chats hear of outages that are over."""
        while not stop.is_set():
            await _attempt("telling of outages", self._address)
            await stop.sleep(REAP_SECONDS)

    async def remind(self, stop: Stop) -> None:
        """Write the letters of work that is due by the clock, or is not through."""
        while not stop.is_set():
            await _attempt("periodic work", self._remind)
            await stop.sleep(REMIND_SECONDS)

    async def resume_scans(self, stop: Stop) -> None:
        """Write the letters of silent scan sessions again: their job died, or an end is still to be told."""
        while not stop.is_set():
            await _attempt("resuming of scan sessions", self._resume_silent)
            await stop.sleep(REAP_SECONDS)

    async def _fan_out_all(self, stop: Stop) -> None:
        while not stop.is_set():
            wanted = await fan_out_next(
                self._database,
                decide,
                coalesce_seconds=self._config.coalesce_seconds,
                hourly_limits=self._config.hourly_limits,
            )
            if wanted is None:
                return
            if wanted:
                failpoint("payload")
                self._due.set()

    async def _wait_for_due(self) -> bool:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._due.wait()
        except TimeoutError:
            return False
        self._due.clear()
        return True

    async def _wake(self) -> None:
        """Call the senders; a letter waits for them where none has heard it."""
        if not await self._call_senders():
            await self._enqueue_wake_up()

    async def _wake_for_backlog(self) -> None:
        """For letters that were lost, and for deliveries whose wait is over."""
        waiting = await backlog(self._database)
        metrics.outbox_pending.set(waiting.due)
        metrics.outbox_oldest_pending_seconds.set(waiting.oldest_seconds)
        if waiting.due:
            await self._enqueue_wake_up()

    async def _enqueue_wake_up(self) -> None:
        """One letter wakes a sender; while one waits to be read, another would say nothing new."""
        if await self._queues.depth(Queue.NOTIFICATIONS) == 0:
            await self._queues.send(Queue.NOTIFICATIONS, DeliverLetter())

    async def _reap(self) -> None:
        if recovered := await recover(self._database):
            metrics.notify_ambiguous.inc(recovered)
            log.warning("%d deliveries were in the hands of a sender that ended", recovered)
            self._due.set()
        if closed := await close_undeliverable(self._database):
            log.info("%d deliveries ended with their closed chats", closed)

    async def _gather(self) -> None:
        while await gather_due(self._database):
            self._due.set()

    async def _correct(self) -> None:
        while (done := await correct_next(self._database)).has_more:
            log.info("%d deliveries suppressed, %d chats are told otherwise", done.suppressed, done.addressed)

    async def _address(self) -> None:
        while (
            step := await address_next(self._database, stable_seconds=self._config.stable_seconds)
        ) is not None:
            if step.is_last:
                metrics.outages_told.inc()
                log.info("Every chat that an outage touched is to hear of it")

    async def _remind(self) -> None:
        """One letter at a time: its worker takes up whatever there is."""
        if await self._queues.depth(Queue.MAINTENANCE):
            return
        if await is_open(self._database, CLEANUP):
            await self._queues.send(Queue.MAINTENANCE, TidyLetter())
        elif await running(self._database) is not None:
            await self._queues.send(Queue.MAINTENANCE, BroadcastLetter())

    async def _ask_forgotten(self) -> None:
        """A queue that still holds letters is left to its worker: the question may be among them."""
        waiting = {queue: await self._queues.depth(queue) for queue in Queue}
        for queue, depth in waiting.items():
            metrics.rq_jobs.labels(queue.value, "queued").set(depth)
        for question_id, queue in await forgotten_questions(self._database, older_than=FORGOTTEN_SECONDS):
            if not waiting[queue]:
                await self._queues.send(queue, AnswerLetter(question_id=question_id))

    async def _resume_silent(self) -> None:
        """The same: letters that wait are left to the worker."""
        silent = await silent_scans(self._database)
        if silent and await self._queues.depth(Queue.BACKFILL) == 0:
            for search_id, step_number in silent:
                log.warning("Scan session %d is silent; it is taken up again", search_id)
                await self._queues.send(
                    Queue.BACKFILL, StepLetter(search_id=search_id, step_number=step_number)
                )


async def _attempt(what: str, step: Callable[[], Awaitable[None]]) -> None:
    """Do a step; a server that is away is noted, and the step comes again with the next round."""
    try:
        await step()
    except Unavailable as error:
        log.warning("No %s at present; nothing is lost: %s", what, error)


def decide(watch: Watch, alert: Alert) -> Decision:
    """The domain's decision, counted."""
    decision = decisions.decide(
        watch,
        alert.activity,
        seen_at=alert.created_at,
        now=alert.now,
        facts=alert.facts,
        reverted=alert.reverted,
    )
    metrics.decisions.labels(decision.gate.value).inc()
    return decision
