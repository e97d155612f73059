"""The dispatcher's stages: each does what is due, and may be repeated. Table: workers/dispatcher.py."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from domain.jobs import (
    QUESTION_QUEUES,
    AnswerPayload,
    CampaignsPayload,
    DeliverPayload,
    Queue,
    RetentionPayload,
    SearchStepPayload,
)
from domain.rules.lanes import NO_HOURLY_LIMITS, HourlyLimits
from runtime.clock import monotonic
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop, failpoint
from storage.chats.questions import counts_by_queue, unanswered_questions
from storage.coordination.leases import is_open
from storage.coordination.queues import Queues
from storage.coordination.wake_ups import WakeUps
from storage.delivery.broadcasts import finish_broadcasts
from storage.delivery.corrections import correct_next
from storage.delivery.deliveries import backlog, close_undeliverable, recover
from storage.delivery.digests import gather_due
from storage.delivery.fan_out import fan_out_next
from storage.delivery.late_facts import edit_next
from storage.delivery.spam_lines import count_spam
from storage.delivery.system_messages import address_next, name_unconfirmed
from storage.delivery.trade_prices import AT_ONCE, note_trades
from storage.market.position_rebuilds import rebuild_next
from storage.paper.campaigns import has_campaigns
from storage.postgres import Database
from storage.pushes.results import end_orphans
from storage.redis import RedisClient
from storage.webhooks.closing import close_without_tries
from storage.whales.searches import stalled_searches
from workers.decide import decide
from workers.maintenance import CLEANUP

log = logging.getLogger(__name__)

CallSenders = Callable[[], Awaitable[int]]
"""Wakes the senders; returns how many were reached."""
UNANSWERED_SECONDS = 5.0
"""A question this old that no worker has leased is enqueued again."""


async def wake_no_senders() -> int:
    """Wakes no sender: there is none."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatcherConfig:
    """What an operator may set."""

    coalesce_seconds: float = 0.0
    """Seconds for which a wallet's alerts are coalesced; 0: they are not."""
    hourly_limits: HourlyLimits = field(default_factory=lambda: NO_HOURLY_LIMITS)
    """Alerts an hour by tier."""
    stable_seconds: float = 60.0
    """An outage is announced when the feed has been stable for this long."""
    chain: str = ""
    """That is watched."""
    canary_seconds: float = 0.0
    """Seconds between two canaries; 0: none is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """The shared state of a dispatcher's stages."""

    database: Database
    queues: Queues
    wake_ups: WakeUps
    """Wait for alerts that were stored."""
    call_senders: CallSenders = wake_no_senders
    config: DispatcherConfig = DispatcherConfig()
    redis_servers: Mapping[str, RedisClient] = field(default_factory=dict)
    """Whose figures are shown, by what they are for: queues, caches."""
    began: float = field(default_factory=monotonic)
    """When it did, by the monotonic clock."""
    folder: Path = Path()
    """On the disk whose figures are shown."""
    decided: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the fan-out when it has decided alerts: patterns may be in them."""
    due: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by a stage that made deliveries due: the senders are called at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One row of the dispatcher's table: it runs repeatedly, with a wait after each run."""

    name: str
    """In the log, as in "No NAME at present"."""
    run: Callable[[Dispatch, Stop], Awaitable[None]]
    """Does what is due; raises Unavailable when a server is unavailable, and is run again."""
    seconds: float
    """Between two runs, at most."""
    until: Callable[[Dispatch, float], Awaitable[object]] | None = None
    """Waits for something that ends the pause sooner; None: nothing does."""


async def fan_out(dispatch: Dispatch, stop: Stop) -> None:
    """Decide every open alert; senders are called after each transaction that made deliveries."""
    while not stop.is_set():
        done = await fan_out_next(
            dispatch.database,
            decide,
            coalesce_seconds=dispatch.config.coalesce_seconds,
            hourly_limits=dispatch.config.hourly_limits,
        )
        if done is None:
            return
        dispatch.decided.set()
        if done.wanted:
            failpoint("fanned-out")
            dispatch.due.set()
        if not done.has_more:
            return  # whoever stores an alert from now on says so


async def until_alerts(dispatch: Dispatch, seconds: float) -> None:
    """Until a scanner says that it stored alerts."""
    await dispatch.wake_ups.wait(seconds)


async def wake_senders(dispatch: Dispatch, _: Stop) -> None:
    """Call the senders when something became due; a job waits for them where none has heard the call.

    Without news the backlog is checked: jobs may be lost, and deliveries become due as time passes.
    """
    if dispatch.due.is_set():
        dispatch.due.clear()
        if not await dispatch.call_senders():
            await _enqueue_wake_up(dispatch)
        return
    waiting = await backlog(dispatch.database)
    metrics.outbox_pending.set(waiting.due)
    metrics.outbox_oldest_pending_seconds.set(waiting.oldest_seconds)
    if waiting.due:
        await _enqueue_wake_up(dispatch)


async def until_due(dispatch: Dispatch, seconds: float) -> None:
    """Until another stage made deliveries due."""
    try:
        async with asyncio.timeout(seconds):
            await dispatch.due.wait()
    except TimeoutError:
        return


async def _enqueue_wake_up(dispatch: Dispatch) -> None:
    """One job wakes a sender; while one waits to be taken, another would say nothing new."""
    if await dispatch.queues.depth(Queue.NOTIFICATIONS) == 0:
        await dispatch.queues.send(Queue.NOTIFICATIONS, DeliverPayload())


async def recover_deliveries(dispatch: Dispatch, _: Stop) -> None:
    """Take back what dead senders had marked, and end what waits for what is closed or gone."""
    recovered = await recover(dispatch.database)
    if any(recovered):
        metrics.deliveries_ambiguous.inc(recovered.messages)
        log.warning(
            "%d messages and %d pushes were claimed by a sender that ended",
            recovered.messages,
            recovered.pushes,
        )
        dispatch.due.set()
    if closed := await close_undeliverable(dispatch.database) + await end_orphans(dispatch.database):
        log.info("%d deliveries ended with their chats, watches or webhooks", closed)
    if closed := await close_without_tries(dispatch.database):
        log.info("%d webhooks without success are switched off, though nothing was to be pushed", closed)
        dispatch.due.set()


async def name_alerts(dispatch: Dispatch, _: Stop) -> None:
    """Name what may not have arrived, once nothing more can be done about it."""
    while named := await name_unconfirmed(dispatch.database):
        metrics.deliveries_named.inc(named)
        log.warning("%d deliveries may not have arrived; their chats are notified", named)
        dispatch.due.set()


async def gather_digests(dispatch: Dispatch, _: Stop) -> None:
    """Make digests of what was deferred and is due."""
    while await gather_due(dispatch.database):
        dispatch.due.set()


async def correct_alerts(dispatch: Dispatch, _: Stop) -> None:
    """Stop alerts that were reverted, and correct the messages that show them."""
    while (done := await correct_next(dispatch.database)).has_more:
        log.info("%d deliveries suppressed, %d messages to be corrected", done.suppressed, done.addressed)
        dispatch.due.set()


async def note_trade_prices(dispatch: Dispatch, stop: Stop) -> None:
    """Note pools and prices of trades whose alerts are decided."""
    while not stop.is_set() and await note_trades(dispatch.database) == AT_ONCE:
        continue


async def edit_alerts(dispatch: Dispatch, _: Stop) -> None:
    """Let messages be edited that can show what became known after they were sent."""
    if await edit_next(dispatch.database):
        dispatch.due.set()


async def rebuild_positions(dispatch: Dispatch, stop: Stop) -> None:
    """Book positions again that alerts out of turn, or reverted ones, have made stale."""
    while not stop.is_set() and await rebuild_next(dispatch.database):
        metrics.positions_rebuilt.inc()


async def count_silent_spam(dispatch: Dispatch, _: Stop) -> None:
    """Make the daily lines about spam."""
    while await count_spam(dispatch.database):
        dispatch.due.set()


async def announce_outages(dispatch: Dispatch, _: Stop) -> None:
    """Address each chat that an outage touched, once the outage is over."""
    stable_seconds = dispatch.config.stable_seconds
    while (step := await address_next(dispatch.database, stable_seconds=stable_seconds)) is not None:
        dispatch.due.set()
        if step.is_last:
            metrics.outages_announced.inc()
            log.info("Every chat that an outage touched gets a message about it")


async def end_broadcasts(dispatch: Dispatch, _: Stop) -> None:
    """Call broadcasts done of which nothing waits."""
    if ended := await finish_broadcasts(dispatch.database):
        log.info("%d broadcasts are finished", ended)


async def enqueue_questions(dispatch: Dispatch, _: Stop) -> None:
    """Wake who answers questions that are due, unless a job that does so waits already; count them all."""
    for queue, counts in (await counts_by_queue(dispatch.database)).items():
        for state in ("waiting", "running", "done", "failed"):
            metrics.queue_questions.labels(queue.value, state).set(getattr(counts, state))
        metrics.queue_oldest_seconds.labels(queue.value).set(counts.oldest_seconds)
    depths = {queue: await dispatch.queues.depth(queue) for queue in Queue}
    unanswered = await unanswered_questions(dispatch.database, older_than=UNANSWERED_SECONDS)
    for question_id, kind in unanswered:
        queue = QUESTION_QUEUES[kind]
        if not depths[queue]:
            await dispatch.queues.send(queue, AnswerPayload(question_id=question_id, kind=kind))
            depths[queue] = 1


async def enqueue_searches(dispatch: Dispatch, _: Stop) -> None:
    """Enqueue silent whale searches again: their job died, or their end is still to be announced."""
    silent = await stalled_searches(dispatch.database)
    if silent and await dispatch.queues.depth(Queue.WHALE_SEARCH) == 0:
        for search_id, step_number in silent:
            log.warning("Whale search %d is silent; it is resumed", search_id)
            await dispatch.queues.send(
                Queue.WHALE_SEARCH, SearchStepPayload(search_id=search_id, step_number=step_number)
            )


async def enqueue_campaigns(dispatch: Dispatch, _: Stop) -> None:
    """Let paper campaigns continue, behind all that people wait for."""
    if await has_campaigns(dispatch.database) and not await dispatch.queues.depth(Queue.MAINTENANCE):
        await dispatch.queues.send(Queue.MAINTENANCE, CampaignsPayload())


async def enqueue_maintenance(dispatch: Dispatch, _: Stop) -> None:
    """Enqueue what is due by the clock, once at a time."""
    if await dispatch.queues.depth(Queue.MAINTENANCE):
        return
    if await is_open(dispatch.database, CLEANUP):
        await dispatch.queues.send(Queue.MAINTENANCE, RetentionPayload())
