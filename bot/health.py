"""The bot's heartbeat and health checks, the gauge of waiting updates, and what operators are told unasked.

They are told when a part of the system is down for over a minute, and when it works again.

And what was given up since they were last told: messages that can never arrive, requests that were put out
of the way of others. And what was discovered, as a stored cursor that had to be set back.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import Unavailable
from domain.health import CheckResult, HealthState, healthy
from messaging.telegram.texts.operators import (
    Outage,
    discoveries_text,
    losses_text,
    outage_text,
    recovery_text,
)
from runtime.clock import now
from runtime.observability.metrics import updates_pending
from runtime.processes.health import Health
from runtime.processes.lifecycle import Stop
from storage.chats.updates import open_updates
from storage.coordination.instances import Heartbeat
from storage.coordination.leases import take_lease
from storage.postgres import Database

log = logging.getLogger(__name__)
CHECK_SECONDS = 15.0
LASTING_SECONDS = 60.0
"""What is over sooner is not told."""
LOSSES_SECONDS = 600.0
"""What is given up within this time comes in one message."""
LEASE = "operator-alerts"
"""Of several bots, the one that has it tells."""
Components = Callable[[], Awaitable[Sequence[tuple[str, CheckResult]]]]
Losses = Callable[[], Awaitable[Mapping[str, int]]]
Discoveries = Callable[[], Awaitable[Mapping[str, str]]]
"""What was discovered lately: a sentence by what it is about."""
Send = Callable[[int, str], Awaitable[object]]
"""Sends a text to an operator; raises Unavailable if it was surely not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotHealth:
    """What this process reports of itself."""

    database: Database
    instance_id: str
    intake: str
    """How updates come: webhook or polling."""

    def add_checks(self, health: Health) -> None:
        """Add the check behind readiness: a bot that can store an update is ready."""
        health.add("postgresql", self._can_store)

    @property
    def heartbeat(self) -> Heartbeat:
        """The heartbeat; each beat also sets the gauge of waiting updates."""
        return Heartbeat(self.database, instance_id=self.instance_id, program="bot", detail=self._detail)

    async def _detail(self) -> dict[str, object]:
        waiting = await open_updates(self.database)
        updates_pending.set(waiting)
        return {"updates": self.intake, "waiting": waiting}

    async def _can_store(self) -> CheckResult:
        waiting = await open_updates(self.database)
        return healthy(f"answers; {waiting} updates wait")


@dataclass(kw_only=True)
class _Episode:
    since: datetime
    sentence: str
    is_announced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemReports:
    """What the system says of itself, again and again."""

    components: Components
    """The health of each part of the system."""
    losses: Losses
    """How much was given up so far, by what and why."""
    discoveries: Discoveries
    """What operators should know although nothing is down."""


class OperatorAlerts:
    """Looks at the components again and again; remembers what it has told while the process lives."""

    def __init__(
        self,
        reports: SystemReports,
        send: Send,
        operators: Collection[int],
        may_tell: Callable[[], Awaitable[bool]],
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Build it.

        Args:
            reports: what the system says of itself.
            send: sends a text to one operator.
            operators: all of them.
            may_tell: whether this process tells, where there are several.
            clock: the time.
        """
        self._reports = reports
        self._known_discoveries: set[str] | None = None
        """Those that were told; None: those before this process are not known."""
        self._send = send
        self._operators = operators
        self._may_tell = may_tell
        self._clock = clock
        self._episodes: dict[str, _Episode] = {}
        self._known_losses: dict[str, int] | None = None
        """As they were told; None: those before this process are not known."""
        self._losses_reported_at: datetime | None = None

    async def run(self, stop: Stop) -> None:
        """Look until the stop."""
        while await stop.sleep(CHECK_SECONDS):
            if self._operators and await self._may_tell():
                await self.check_once()

    async def check_once(self) -> None:
        """Look once; tell what has lasted, and what is over."""
        unhealthy = {
            name: result.sentence
            for name, result in await self._reports.components()
            if result.state is HealthState.UNHEALTHY
        }
        self._note(unhealthy)
        await self._tell_begun()
        await self._tell_over(unhealthy)
        with suppress(Unavailable):  # which is among the parts that are down
            await self._tell_losses(await self._reports.losses())
            await self._tell_discoveries(await self._reports.discoveries())

    async def _tell_discoveries(self, found: Mapping[str, str]) -> None:
        if self._known_discoveries is None:
            self._known_discoveries = set(found)
        new = [sentence for about, sentence in found.items() if about not in self._known_discoveries]
        if new and await self._sent(discoveries_text(new)):
            self._known_discoveries |= found.keys()

    async def _tell_losses(self, found: Mapping[str, int]) -> None:
        if self._known_losses is None:
            self._known_losses = dict(found)
        known = {what: min(number, found.get(what, 0)) for what, number in self._known_losses.items()}
        new = {what: more for what, number in found.items() if (more := number - known.get(what, 0)) > 0}
        self._known_losses = known
        if not new or not self._may_tell_losses() or not await self._sent(losses_text(new)):
            return
        self._known_losses, self._losses_reported_at = dict(found), self._clock()

    def _may_tell_losses(self) -> bool:
        last = self._losses_reported_at
        return last is None or self._clock() - last >= timedelta(seconds=LOSSES_SECONDS)

    def _note(self, unhealthy: dict[str, str]) -> None:
        for name, sentence in unhealthy.items():
            episode = self._episodes.setdefault(name, _Episode(since=self._clock(), sentence=sentence))
            episode.sentence = sentence

    async def _tell_begun(self) -> None:
        lasting = self._clock() - timedelta(seconds=LASTING_SECONDS)
        begun = {
            name: episode
            for name, episode in self._episodes.items()
            if not episode.is_announced and episode.since <= lasting
        }
        if begun and await self._sent(outage_text(_outages(begun))):
            for episode in begun.values():
                episode.is_announced = True

    async def _tell_over(self, unhealthy: Collection[str]) -> None:
        over = {name: episode for name, episode in self._episodes.items() if name not in unhealthy}
        announced = {name: episode for name, episode in over.items() if episode.is_announced}
        if announced and not await self._sent(recovery_text(_outages(announced), now=self._clock())):
            return
        for name in over:
            del self._episodes[name]

    async def _sent(self, text: str) -> bool:
        """Send it to each operator; whether Telegram can be reached."""
        results = await asyncio.gather(
            *(self._send(operator, text) for operator in self._operators), return_exceptions=True
        )
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            log.warning("Operators could not be told: %s", type(failures[0]).__name__)
        return len(failures) < len(results)


def _outages(episodes: dict[str, _Episode]) -> list[Outage]:
    return [Outage(part=name, sentence=one.sentence, since=one.since) for name, one in episodes.items()]


async def tells_here(database: Database, owner: str) -> bool:
    """Whether this bot tells; without the database each does, for that is to be told."""
    try:
        return (await take_lease(database, name=LEASE, owner=owner, seconds=4 * CHECK_SECONDS)) is not None
    except Unavailable:
        return True
