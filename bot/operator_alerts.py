"""Alerts operators when something fails and when it recovers, and pings a dead-man's switch.

One bot checks at a time, under a lease. Sent alerts are stored in PostgreSQL, so a restart repeats none.
Without PostgreSQL each bot tells, from memory: that it is unavailable is to be announced, and is stored when
it is back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import aiohttp

from domain.errors import DatabaseUnavailable, Unavailable
from domain.health import CheckResult
from domain.operator_alerts import AlertLevel, News, OperatorAlert, changes_of, follow
from messaging.telegram.texts.operator_alerts import begun_text, over_text
from messaging.telegram.texts.operators import discoveries_text, losses_text
from runtime.clock import now
from runtime.deadlines import abandon_after
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from storage.admin.operator_alerts import open_alerts, record_alerts, save_alerts
from storage.coordination.leases import take_lease
from storage.postgres import Database

log = logging.getLogger(__name__)
T = TypeVar("T")
CHECK_SECONDS = 15.0
DATABASE_SECONDS = 2.0
"""What PostgreSQL may take for each thing that is asked of it here."""
LOSSES_SECONDS = 600.0
"""What is given up within this time comes in one message."""
ALIVE_SECONDS = 60.0
_ALIVE_TIMEOUT = aiohttp.ClientTimeout(total=10)
LEASE = "operator-alerts"
"""Of several bots, the one that has it tells."""
Components = Callable[[], Awaitable[Sequence[tuple[str, CheckResult]]]]
Losses = Callable[[], Awaitable[Mapping[str, int]]]
Discoveries = Callable[[], Awaitable[Mapping[str, str]]]
"""What was discovered recently: a sentence by what it is about."""
Send = Callable[[int, str, datetime | None], Awaitable[object]]
"""Sends a text to an operator, with buttons for the alerts told at that moment.

Raises Unavailable if it was surely not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemReports:
    """Reports about the system, read repeatedly."""

    components: Components
    """The health of each part of the system."""
    losses: Losses
    """How much was given up so far, by what and why."""
    discoveries: Discoveries
    """What operators should know although nothing is down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who is notified, how, and of what."""

    operators: Collection[int]
    send: Send
    may_announce: Callable[[], Awaitable[bool]]
    """Whether this process tells, where there are several."""
    judges: bool = True
    """Whether operators are alerted how parts are; else Prometheus tells that, and this the rest."""
    runbook: str = ""
    """Where docs/runbook/ can be read; empty: nowhere."""


class AlertMemory:
    """The open alerts: in PostgreSQL where it answers, and here while it does not."""

    def __init__(self, database: Database | None = None) -> None:
        self._database = database
        self._alerts: list[OperatorAlert] = []
        self._is_stored = database is not None
        self._unstored: frozenset[str] = frozenset()
        """Names of those that began while PostgreSQL was unavailable, and of which it knows nothing yet."""

    async def read(self) -> list[OperatorAlert]:
        """All that lasts, with what was announced while PostgreSQL was unavailable."""
        if self._database is not None:
            with suppress(Unavailable):
                stored = await _unless_it_hangs(open_alerts(self._database))
                names = {one.name for one in stored}
                kept = () if self._is_stored else [one for one in self._alerts if one.name not in names]
                self._unstored = frozenset(one.name for one in kept)
                self._alerts = [*stored, *kept]
        return self._alerts

    async def write(self, alerts: Sequence[OperatorAlert]) -> None:
        """Let those of these that have not ended be all that lasts; what PostgreSQL missed is recorded."""
        lasting = [one for one in alerts if one.ended_at is None]
        self._alerts, self._is_stored = lasting, False
        if self._database is not None:
            with suppress(Unavailable):
                missed = [one for one in alerts if one.name in self._unstored]
                await _unless_it_hangs(record_alerts(self._database, missed))
                await _unless_it_hangs(save_alerts(self._database, lasting))
                self._is_stored = True

    async def release(self) -> None:
        """Hand alerts announced without PostgreSQL to the current announcer; keep them while it is away."""
        if self._database is not None and not self._is_stored:
            with suppress(Unavailable):
                await _unless_it_hangs(record_alerts(self._database, self._alerts))
                self._alerts, self._is_stored = [], True


class OperatorAlerts:
    """Checks the system repeatedly, and alerts operators to changes.

    Args:
        reports: what the system says of itself.
        audience: who is notified.
        memory: the open alerts.
        clock: the time.
    """

    def __init__(
        self,
        reports: SystemReports,
        audience: Audience,
        memory: AlertMemory,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._reports = reports
        self._known_discoveries: set[str] | None = None
        """Those that were notified; None: those before this process are not known."""
        self._audience = audience
        self._memory = memory
        self._clock = clock
        self._known_losses: dict[str, int] | None = None
        """As they were notified; None: those before this process are not known."""
        self._losses_reported_at: datetime | None = None
        self.is_well = False
        """Whether nothing worse than a warning was found when it last looked."""

    async def run(self, stop: Stop) -> None:
        """Check until the stop."""
        while await stop.sleep(CHECK_SECONDS):
            if await self._audience.may_announce():
                await self.check_once()
            else:
                self.is_well = False
                await self._memory.release()

    async def check_once(self) -> None:
        """Check once; announce what has lasted, and what has ended."""
        followed = follow(await self._memory.read(), await self._reports.components(), now=self._clock())
        lasting = [one for one in followed if one.ended_at is None]
        self.is_well = all(one.level <= AlertLevel.WARNING for one in lasting)
        if self._audience.judges and self._audience.operators:
            followed = await self._announce(followed)
        await self._memory.write(followed)
        if not self._audience.operators:
            return
        with suppress(Unavailable):  # which is among the parts that are down
            await self._announce_losses(await _unless_it_hangs(self._reports.losses()))
            await self._announce_discoveries(await _unless_it_hangs(self._reports.discoveries()))

    async def _announce(self, alerts: Sequence[OperatorAlert]) -> list[OperatorAlert]:
        """Send the changes; return the alerts afterwards. What could not be sent is sent later."""
        at = self._clock().replace(microsecond=0)
        news: News = changes_of(alerts, now=self._clock())
        announced = {one.name: one for one in alerts}
        if news.begun and await self._sent(
            begun_text(news.begun, runbook=self._audience.runbook), announced_at=at
        ):
            announced |= {one.name: replace(one, announced_at=at) for one in news.begun}
        if news.over and not await self._sent(over_text(news.over)):
            announced |= {one.name: replace(one, ended_at=None) for one in news.over}
        return list(announced.values())

    async def _announce_discoveries(self, found: Mapping[str, str]) -> None:
        if self._known_discoveries is None:
            self._known_discoveries = set(found)
        new = [sentence for about, sentence in found.items() if about not in self._known_discoveries]
        if new and await self._sent(discoveries_text(new)):
            self._known_discoveries |= found.keys()

    async def _announce_losses(self, found: Mapping[str, int]) -> None:
        if self._known_losses is None:
            self._known_losses = dict(found)
        known = {what: min(number, found.get(what, 0)) for what, number in self._known_losses.items()}
        new = {what: more for what, number in found.items() if (more := number - known.get(what, 0)) > 0}
        self._known_losses = known
        if not new or not self._may_announce_losses() or not await self._sent(losses_text(new)):
            return
        self._known_losses, self._losses_reported_at = dict(found), self._clock()

    def _may_announce_losses(self) -> bool:
        last = self._losses_reported_at
        return last is None or self._clock() - last >= timedelta(seconds=LOSSES_SECONDS)

    async def _sent(self, text: str, *, announced_at: datetime | None = None) -> bool:
        """Send it to each operator; return whether Telegram can be reached."""
        results = await asyncio.gather(
            *(self._audience.send(operator, text, announced_at) for operator in self._audience.operators),
            return_exceptions=True,
        )
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            log.warning("Operators could not be notified: %s", type(failures[0]).__name__)
        return len(failures) < len(results)


async def is_announcer(database: Database, owner: str) -> bool:
    """Return whether this bot tells; without the database each does, for that is to be announced."""
    taking = take_lease(database, name=LEASE, owner=owner, seconds=4 * CHECK_SECONDS)
    try:
        return await _unless_it_hangs(taking) is not None
    except Unavailable:
        return True


async def _unless_it_hangs(asked: Awaitable[T]) -> T:
    """Return what PostgreSQL says; one that hangs counts as unavailable, so that this is told in time."""

    async def answer() -> T:
        return await asked

    try:
        return await abandon_after(DATABASE_SECONDS, answer())
    except TimeoutError as error:
        raise DatabaseUnavailable("PostgreSQL hangs") from error


async def ping_dead_mans_switch(url: Secret, is_well: Callable[[], bool], stop: Stop) -> None:
    """Ping a dead-man's switch each minute while all is well, until the stop. Nothing of the answer counts.

    It is asked in silence: when it stops being asked, it tells, by a way that needs none of this system.

    Args:
        url: of the switch, a secret, since whoever knows it can keep it quiet; empty: there is none.
        is_well: asked before each ping; False: none is sent, and the switch goes off by itself.
        stop: ends it.
    """
    if not url:
        return
    async with aiohttp.ClientSession(timeout=_ALIVE_TIMEOUT) as session:
        while await stop.sleep(ALIVE_SECONDS):
            if not is_well():
                continue
            try:
                async with session.get(url.reveal()):
                    pass
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("ALIVE_URL does not answer: %s", type(error).__name__)
