"""Actions of operators: failed work, broadcasts, and the audit log."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from domain.delivery.broadcasts import BroadcastProgress
from domain.errors import QueueUnavailable, Unavailable
from domain.jobs import QuestionCounts, Queue
from domain.operator_alerts import OperatorAlert
from domain.people import Act, AuditEntry
from domain.snapshot import Failure, QueueState, Requeued
from runtime.clock import monotonic, now
from runtime.settings.settings import Settings
from storage.admin import operators
from storage.admin.dead_deliveries import dead_causes, retry_dead
from storage.admin.operator_alerts import acknowledge_alerts, ended_alerts, open_alerts, silence_alerts
from storage.admin.switches import commands_off, switch_off, switch_on
from storage.chats.questions import counts_by_queue
from storage.coordination.failed_jobs import FailedJobs
from storage.delivery import broadcasts
from storage.postgres import Database

BATCH = 200
"""Failures retried at a time, so that no row is locked for long."""
SWITCHES_SECONDS = 5.0
"""So old what is known of switches may be."""
MAX_BATCHES = 25
"""Batches in one act; the reply names what is left, and the next act may retry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Failed jobs in RQ, and dead deliveries in PostgreSQL."""

    database: Database
    jobs: FailedJobs

    async def queues(self) -> list[QueueState]:
        """The state of every queue.

        Raises:
            QueueUnavailable: Redis does not answer.
        """
        states = await self.jobs.states()
        counts = await counts_by_queue(self.database)
        return [_with_questions(state, counts.get(state.queue)) for state in states]

    async def find(self, words: str = "") -> list[Failure]:
        """Return what failed, by cause, if its source or cause holds `words`; without Redis only messages."""
        found = [_failure(None, one.cause, one.number) for one in await dead_causes(self.database)]
        try:
            causes = dict(await self.jobs.causes())
        except QueueUnavailable:
            causes = {}
        found += [_failure(queue, cause, number) for (queue, cause), number in causes.items()]
        wanted = words.casefold()
        return [one for one in found if wanted in one.source or wanted in one.cause.casefold()]

    async def retry(self, failures: Sequence[Failure]) -> Requeued:
        """Try these again, in batches."""
        results = [await self._retry(one) for one in failures]
        return Requeued(
            done=sum(one.done for one in results),
            expired=sum(one.expired for one in results),
            refused=sum(one.refused for one in results),
        )

    async def _retry(self, failure: Failure) -> Requeued:
        done = expired = refused = 0
        for _ in range(MAX_BATCHES):
            part = await self._retry_batch(failure)
            done, expired, refused = done + part.done, expired + part.expired, max(refused, part.refused)
            if part.done < BATCH:
                break
        return Requeued(done=done, expired=expired, refused=refused)

    async def _retry_batch(self, failure: Failure) -> Requeued:
        if failure.queue is None:
            return Requeued(done=await retry_dead(self.database, failure.cause, limit=BATCH))
        return await self.jobs.requeue(failure.queue, failure.cause, limit=BATCH)


def _with_questions(state: QueueState, counts: QuestionCounts | None) -> QueueState:
    """Return what is stored in PostgreSQL instead of the jobs, which only wake who answers."""
    if counts is None:
        return state
    return replace(
        state,
        waiting=counts.waiting,
        oldest_seconds=counts.oldest_seconds,
        running=counts.running,
        done=counts.done,
        given_up=counts.failed,
    )


def _failure(queue: Queue | None, cause: str, number: int) -> Failure:
    source = Failure(key="", queue=queue, cause=cause, number=number).source
    key = hashlib.sha256(f"{source}|{cause}".encode()).hexdigest()[:12]
    return Failure(key=key, queue=queue, cause=cause, number=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcasts:
    """Texts for all chats."""

    database: Database

    async def draft(self, text: str, *, by: int) -> tuple[int, int]:
        """Store a text; its number, and how many chats it would go to."""
        number = await broadcasts.draft(self.database, text, by=by)
        return number, await broadcasts.reachable(self.database)

    async def start(self, number: int) -> bool:
        """Start a broadcast, or continue; false if it is running or done."""
        return await broadcasts.start(self.database, number)

    async def stop(self, number: int) -> bool:
        """Send no more of it for now; return whether it was running."""
        return await broadcasts.stop(self.database, number)

    async def progress(self, number: int | None = None) -> BroadcastProgress | None:
        """Return how far a broadcast has come, or the latest one that was started."""
        return await broadcasts.progress(self.database, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """What operators did, and what was refused to others."""

    database: Database

    async def note(self, act: Act) -> None:
        """Keep one act: when it is allowed or refused, and again with what its handler knows of it."""
        await operators.note_act(self.database, act)

    async def latest(self, *, actor_id: int | None, limit: int) -> list[AuditEntry]:
        """The latest acts, of one person or of all."""
        return await operators.latest_acts(self.database, actor_id=actor_id, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAlertBook:
    """Alerts to operators, as they are stored in PostgreSQL."""

    database: Database
    runbook: str
    """Where docs/runbook/ can be read; empty: nowhere."""

    async def lasting(self) -> list[OperatorAlert]:
        """All that lasts, the worst first."""
        return await open_alerts(self.database)

    async def ended(self, limit: int) -> list[OperatorAlert]:
        """Return what ended within a day, the latest first."""
        return await ended_alerts(self.database, limit)

    async def acknowledge(self, announced_at: datetime, operator: int) -> int:
        """Somebody takes care of what was announced at that moment; return how many of it last."""
        return await acknowledge_alerts(self.database, announced_at=announced_at, operator=operator)

    async def silence(self, announced_at: datetime, seconds: float) -> int:
        """Tell no more for a while of what was announced at that moment; return how many of it last."""
        return await silence_alerts(self.database, announced_at=announced_at, seconds=seconds)


class CommandSwitches:
    """Commands that are off, as of some seconds ago; what this process switches it sees at once.

    Args:
        database: where they are stored.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._off: Mapping[str, datetime] = {}
        self._read_at = float("-inf")

    async def off_until(self, command: str) -> datetime | None:
        """Until when a command is off; None: it works. While PostgreSQL is away, what was known continues."""
        if monotonic() - self._read_at > SWITCHES_SECONDS:
            with suppress(Unavailable):
                await self.read()
        until = self._off.get(command)
        return until if until is not None and until > now() else None

    async def read(self) -> Mapping[str, datetime]:
        """All that is off now."""
        self._read_at = monotonic()
        self._off = await commands_off(self._database)
        return self._off

    async def switch_off(self, command: str, *, seconds: float, operator: int) -> None:
        """Switch a command off for a while.

        Args:
            command: without the slash.
            seconds: from now on.
            operator: user id of who does it.
        """
        await switch_off(self._database, command, seconds=seconds, operator=operator)

    async def switch_on(self, command: str) -> None:
        """Switch a command on again."""
        await switch_on(self._database, command)


class KnownLimits:
    """The limits as they are set.

    Args:
        settings: set them.
        is_paused: whether Telegram takes nothing from anybody at present.
    """

    def __init__(self, settings: Settings, is_paused: Callable[[], Awaitable[bool]]) -> None:
        self.is_paused = is_paused
        per_minute, burst = settings.requests_per_minute, settings.request_burst
        rate, budget = settings.rpc_rate, settings.rpc_budget
        self.values: Mapping[str, str] = {
            "Messages a second": f"{settings.telegram_rate:g}",
            "Alerts an hour, one by one": _by_tier(settings.hourly_limits, zero="no limit"),
            "Wallets of a chat": _by_tier(settings.watch_limits),
            "Days of history": _by_tier(settings.history_limits),
            "API keys of a person": _by_tier(settings.api_key_limits),
            "Paper campaigns of a chat": _by_tier(settings.campaign_limits),
            "Webhooks of a chat": _by_tier(settings.webhook_limits),
            "Requests of a person": f"{per_minute:g} a minute, {burst} at once",
            "Requests to a node": ", ".join(
                f"{number:,g} {span}" for number, span in ((rate, "a second"), (budget, "a day")) if number
            )
            or "no limit",
        }
        """What is limited, and to what, in words."""


def _by_tier(limits: str, *, zero: str = "0") -> str:
    """Return `free=300,pro=0` as people read it; `zero`: what 0 means."""
    parts = (one.partition("=") for one in limits.split(","))
    return " · ".join(
        f"{tier.strip()} {f'{int(number):,}' if int(number) else zero}" for tier, _, number in parts
    )
