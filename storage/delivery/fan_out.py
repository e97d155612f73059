"""The fan-out: makes deliveries of alerts, one for each watch of the wallet, in steps that may stop anywhere.

Each decision, yes or no, is a row. Single alerts are counted by the clock hour, for chats that have a
limit.

lock open alerts ──> their next watches ──> facts ──> gates decide ──> deliveries, and how far it came
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.errors import Unavailable
from domain.rules.gates import DEFERRING, Gate
from domain.rules.lanes import NO_HOURLY_LIMITS, HourlyLimits, hourly_limit_of
from domain.rules.rules import Watch
from runtime.observability.metrics import alerts_put_off
from runtime.processes.lifecycle import failpoint
from storage.chats.rules import settings_or_default
from storage.chats.watches import watch_of
from storage.delivery.event_facts import (
    alerts_this_hour,
    facts_of,
    learn_from,
    owning_chats,
    with_holders,
    with_markets,
    with_outcomes,
)
from storage.delivery.living_alerts import join_positions, open_positions
from storage.delivery.new_deliveries import (
    Decide,
    DecidedAlert,
    NewDelivery,
    SentNow,
    insert_deliveries,
    new_deliveries,
)
from storage.delivery.noise import with_budgets
from storage.delivery.open_alerts import (
    AT_ONCE,
    Alert,
    OpenAlert,
    advance,
    lock_open_alerts,
    next_open,
    postpone_decision,
)
from storage.postgres import Connection, Database, Row, columns
from storage.sql_files import read_statement
from storage.webhooks.new_pushes import push_alerts

log = logging.getLogger(__name__)
_PUSHED = DEFERRING | {Gate.WANTED}
"""What is pushed at once, though people may get it later: programs do not sleep, and no limit spares them."""

WATCHES_OF_ALERTS = read_statement(__name__, "WATCHES_OF_ALERTS")


@dataclass(frozen=True, slots=True, kw_only=True)
class FannedOut:
    """What a step of the fan-out has done."""

    wanted: int
    """How many of its decisions were yes."""
    has_more: bool
    """Whether open alerts may be left, or watches of one."""


async def fan_out_next(
    database: Database,
    decide: Decide,
    *,
    limit: int = 2_000,
    coalesce_seconds: float = 0.0,
    hourly_limits: HourlyLimits = NO_HOURLY_LIMITS,
) -> FannedOut | None:
    """Decide the oldest open alerts, each for its next watches, in one transaction.

    A kill between two calls costs nothing: what was committed stays, and the next call decides the rest. An
    alert that cannot be decided holds up no other: it is put off.

    Args:
        database: where alerts and watches are stored.
        decide: the gates.
        limit: watches of one alert at most.
        coalesce_seconds: alerts of one wallet within this time wait to go in one message; 0: none waits.
        hourly_limits: messages of single alerts in an hour, by the tier of the chat.

    Returns:
        What was done; None when no alert is open, or other dispatchers have them all.
    """
    step = _Step(decide, limit, coalesce_seconds, hourly_limits)
    try:
        return await database.transaction(step.take)
    except Unavailable:
        raise
    except Exception:
        log.exception("Open alerts cannot be decided together; each is decided by itself")
    wanted = 0
    for alert_id in await next_open(database):
        wanted += await _decide_alone(database, step, alert_id)
    return FannedOut(wanted=wanted, has_more=True)


async def _decide_alone(database: Database, step: _Step, alert_id: int) -> int:
    """Decide one alert; if that fails without what is known beside it, if that fails, too, put it off."""
    for one in (replace(step, only=alert_id), replace(step, only=alert_id, is_bare=True)):
        try:
            done = await database.transaction(one.take)
        except Unavailable:
            raise
        except Exception:
            log.exception("Alert %d cannot be decided", alert_id)
        else:
            return 0 if done is None else done.wanted
    await postpone_decision(database, alert_id)
    alerts_put_off.inc()
    return 0


@dataclass(frozen=True, slots=True)
class _Step:
    """One transaction of the fan-out."""

    decide: Decide
    limit: int
    coalesce_seconds: float
    hourly_limits: HourlyLimits
    only: int | None = None
    """The one alert that is decided; None: those that are next."""
    is_bare: bool = False
    """Whether it is decided without its worth, and teaches nothing: one of these cannot be worked out."""

    async def take(self, connection: Connection) -> FannedOut | None:
        """Decide; None: nothing is open."""
        opened = await lock_open_alerts(
            connection, limit=self.limit, coalesce_seconds=self.coalesce_seconds, only=self.only
        )
        if not opened:
            return None
        watches = await with_holders(
            connection,
            [one.alert for one in opened],
            await _next_watches(connection, opened, self.hourly_limits),
        )
        alerts = [one.alert for one in opened]
        if not self.is_bare:
            alerts = await _with_known_facts(connection, opened, watches)
        decided = await _with_owners(connection, opened, alerts, watches)
        counted = SentNow()
        every_watch = [watch for of_alert in watches for watch in of_alert]
        positions = await open_positions(connection, every_watch, {one.wallet_id for one in opened})
        deliveries = [row for one in decided for row in new_deliveries(one, self.decide, counted, positions)]
        await insert_deliveries(connection, deliveries)
        await _push(connection, every_watch, deliveries)
        sent, deferred = (
            _keys(deliveries, lambda row: row.is_sent),
            _keys(deliveries, lambda row: row.is_deferred),
        )
        for one in decided:
            await join_positions(
                connection, one.alert, one.opened.wallet_id, one.watches, sent=sent, deferred=deferred
            )
        await advance(connection, [(one.opened, one.watch_ids, one.alert.market) for one in decided])
        failpoint("fan-out")
        has_more = len(opened) == AT_ONCE or not all(one.opened.is_ended_by(one.watch_ids) for one in decided)
        return FannedOut(wanted=sum(row.is_sent for row in deliveries), has_more=has_more)


async def _push(connection: Connection, watches: Sequence[Watch], deliveries: Sequence[NewDelivery]) -> None:
    """Make pushes of what chats with webhooks get; nothing is asked for the others."""
    chats = {watch.chat_id for watch in watches if watch.has_webhooks}
    if chats:
        rows = [row for row in deliveries if row.chat_id in chats and row.shared.gate in _PUSHED]
        await push_alerts(connection, [(row.shared.alert_id, row.chat_id, row.watch_id) for row in rows])


def _keys(
    deliveries: Sequence[NewDelivery], counts: Callable[[NewDelivery], bool]
) -> frozenset[tuple[int, int, int]]:
    """Alert, chat and topic of each that counts."""
    return frozenset((row.shared.alert_id, row.chat_id, row.topic_id) for row in deliveries if counts(row))


async def _with_known_facts(
    connection: Connection, opened: Sequence[OpenAlert], watches: Sequence[Sequence[Watch]]
) -> list[Alert]:
    """The alerts with what they are worth, and with the facts that the rules of their watches ask for."""
    await learn_from(
        connection, [(one.wallet_id, one.alert) for one in opened if one.is_new and not one.alert.reverted]
    )
    markets = await with_markets(connection, [one.alert for one in opened])
    worth = await with_outcomes(connection, opened, markets)
    return [
        await _with_facts(connection, alert, of_alert) for alert, of_alert in zip(worth, watches, strict=True)
    ]


async def _with_owners(
    connection: Connection,
    opened: Sequence[OpenAlert],
    alerts: Sequence[Alert],
    watches: Sequence[Sequence[Watch]],
) -> list[DecidedAlert]:
    """The alerts with their next watches, and the chats that own a token of them."""
    asked = [(one.wallet_id, one.alert, of_alert) for one, of_alert in zip(opened, watches, strict=True)]
    owning = await owning_chats(connection, asked)
    return [
        DecidedAlert(opened=one, alert=alert, watches=of_alert, owning_chats=chats)
        for one, alert, of_alert, chats in zip(opened, alerts, watches, owning, strict=True)
    ]


async def _next_watches(
    connection: Connection, opened: Sequence[OpenAlert], hourly_limits: HourlyLimits
) -> list[list[Watch]]:
    """The watches of each alert that are decided next."""
    asked = [(one.alert.alert_id, one.wallet_id, one.last_watch_id, one.max_watches) for one in opened]
    rows = await connection.fetch(WATCHES_OF_ALERTS, *columns(asked, 4))
    limited = {row["chat_id"] for row in rows if _is_limited(row, hourly_limits)}
    counts = await alerts_this_hour(connection, limited)
    by_alert: dict[int, list[Watch]] = {one.alert.alert_id: [] for one in opened}
    for row in rows:
        by_alert[row["alert_id"]].append(_watch(row, hourly_limits, counts))
    return await with_budgets(
        connection, [by_alert[one.alert.alert_id] for one in opened], opened[0].alert.now
    )


def _is_limited(row: Row, hourly_limits: HourlyLimits) -> bool:
    settings = settings_or_default(row["settings"], chat_id=row["chat_id"])
    tier = hourly_limit_of(hourly_limits, row["tier"])
    return not settings.per_hour is settings.per_day is tier is None


async def _with_facts(connection: Connection, alert: Alert, watches: Sequence[Watch]) -> Alert:
    """The alert with the facts that the rules of its watches may ask for."""
    return replace(alert, facts=await facts_of(connection, alert, watches))


def _watch(row: Row, hourly_limits: HourlyLimits, counts: Mapping[int, int]) -> Watch:
    values = dict(row)
    del values["alert_id"]
    values["hourly_limit"] = hourly_limit_of(hourly_limits, values.pop("tier"))
    values["alerts_this_hour"] = counts.get(values["chat_id"], 0)
    return watch_of(values)
