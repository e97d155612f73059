"""Operator alerts: their severity, when one is sent, and when it ends. Pure.

found ──lasting──> told ──gone──> over, told
  └──gone before──> forgotten     a critical one that nobody has taken on is announced again each hour
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum

from domain.health import PROCESSES, CheckResult, HealthState


class AlertLevel(IntEnum):
    """How bad it is."""

    INFO = 1
    """To be known; nobody need do anything."""
    WARNING = 2
    """It works, but worse; look in the morning."""
    ERROR = 3
    """A part does not work; others have its work, or it can wait."""
    CRITICAL = 4
    """People are hurt now."""


CRITICAL_PARTS = frozenset(
    {"PostgreSQL", "Telegram", "Chain", "Alerts", "Deliveries", "Disk space", "Canary"}
)
"""Parts of the system without which nobody is notified or answered."""
LASTING_SECONDS: Mapping[AlertLevel, float] = {
    AlertLevel.INFO: 0.0,
    AlertLevel.WARNING: 600.0,
    AlertLevel.ERROR: 60.0,
    AlertLevel.CRITICAL: 60.0,
}
"""What is over sooner is not told."""
REMIND_SECONDS = 3_600.0
PAGES: Mapping[str, str] = {
    "PostgreSQL": "DatabaseDown",
    "Disk space": "DiskLow",
    "Redis and queues": "RedisDown",
    "Telegram": "TelegramSilent",
    "Chain": "FeedStopped",
    "Alerts": "DispatcherGone",
    "Deliveries": "OutboxOld",
    "Given up": "AlertsUndeliverable",
    "Quarantine": "QuarantineGrows",
    "Failed jobs": "FailedJobs",
    "Partitions": "PartitionMissing",
    "Caches": "CacheMisses",
    "Canary": "CanaryLate",
    "Memory": "MemoryNearLimit",
    "Errors": "ErrorRate",
    "RPC pool": "RpcPoolFull",
    "Webhook": "WebhookErrors",
    "Certificate": "CertificateEnds",
    "Price feed": "PriceOld",
    "Trades": "TradesStopped",
}
"""The page of the runbook about each part."""
PAGE_OF_A_PROCESS = "InstanceSilent"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAlert:
    """Something that is wrong, or was."""

    name: str
    """Of the part, as /health has it; there is one alert of a name at a time."""
    level: AlertLevel
    sentence: str
    """Why, and what to do."""
    since: datetime
    announced_at: datetime | None = None
    """When operators were last told; None: not yet."""
    acknowledged_by: int | None = None
    """Who takes care of it."""
    silenced_until: datetime | None = None
    ended_at: datetime | None = None
    is_known: bool = True
    """Whether its part could be checked the last time; one that was not yet announced waits until it can."""

    @property
    def page(self) -> str:
        """The name of its page in docs/runbook/."""
        return PAGES.get(self.name, PAGE_OF_A_PROCESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What operators are to be told now."""

    begun: tuple[OperatorAlert, ...] = ()
    over: tuple[OperatorAlert, ...] = ()


def level_of(name: str, state: HealthState) -> AlertLevel | None:
    """How bad the state of a part is; None: it is well, or it is announced in another way."""
    if state is HealthState.UNHEALTHY:
        return AlertLevel.CRITICAL if name in CRITICAL_PARTS else AlertLevel.ERROR
    is_wanted = state is HealthState.DEGRADED and name not in {"Discoveries", "Given up"}
    return AlertLevel.WARNING if is_wanted else None


def follow(
    known: Sequence[OperatorAlert], found: Sequence[tuple[str, CheckResult]], *, now: datetime
) -> list[OperatorAlert]:
    """The alerts after another check: new ones, those that last, and those that have just ended.

    What could not be checked stays as it was, its time included: nothing is announced of which nobody knows,
    nothing is over that nobody saw to be well, and a PostgreSQL that comes and goes restarts no time.

    Args:
        known: open alerts as they were after the look before.
        found: every part as it is.
        now: the time.
    """
    by_name = {one.name: one for one in known}
    followed = []
    for name, result in found:
        before = by_name.pop(name, None)
        if result.blamed_on:
            followed += [] if before is None else [replace(before, is_known=False)]
            continue
        level = level_of(name, result.state)
        if level is None:
            followed += [] if before is None else [replace(before, ended_at=now)]
            continue
        since = now if before is None else before.since
        alert = before or OperatorAlert(name=name, level=level, sentence=result.sentence, since=since)
        if level > alert.level:  # it got worse: it is told again
            alert = replace(alert, announced_at=None, acknowledged_by=None)
        followed.append(replace(alert, level=level, sentence=result.sentence, is_known=True))
    looked_at = dict(found)
    for one in by_name.values():
        is_unknown = PROCESSES in looked_at and one.name not in looked_at
        followed.append(replace(one, is_known=False) if is_unknown else replace(one, ended_at=now))
    return followed


def changes_of(alerts: Collection[OperatorAlert], *, now: datetime) -> News:
    """Of alerts after a check, what is to be announced."""
    return News(
        begun=tuple(one for one in alerts if one.ended_at is None and _is_due(one, now)),
        over=tuple(one for one in alerts if one.ended_at is not None and one.announced_at is not None),
    )


def _is_due(alert: OperatorAlert, now: datetime) -> bool:
    if alert.silenced_until is not None and now < alert.silenced_until:
        return False
    if alert.announced_at is None:
        return alert.is_known and now - alert.since >= timedelta(seconds=LASTING_SECONDS[alert.level])
    waits_for_person = alert.level is AlertLevel.CRITICAL and alert.acknowledged_by is None
    return waits_for_person and now - alert.announced_at >= timedelta(seconds=REMIND_SECONDS)
