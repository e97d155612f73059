"""The deliveries that the fan-out makes of its decisions: yes or no, each is a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from domain.alerts.kinds import rules_of
from domain.delivery.deliveries import DeliveryState, first_state
from domain.delivery.living import OpenPositions
from domain.rules.decisions import Decision
from domain.rules.gates import reasons_text
from domain.rules.lanes import Lane, fair_queue_time
from domain.rules.rules import Watch
from domain.rules.tiers import near_mark
from storage.delivery.open_alerts import Alert, OpenAlert
from storage.postgres import Connection, columns
from storage.sql_files import read_statement

Decide = Callable[[Watch, Alert], Decision]

INSERT = read_statement(__name__, "INSERT")


@dataclass(frozen=True, slots=True)
class SentNow:
    """Messages that chats get in one transaction, counted on as it decides."""

    every: Counter[int] = field(default_factory=Counter)
    judged: Counter[int] = field(default_factory=Counter)
    """Of them, those that the chat's budget counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedAlert:
    """An open alert, and what decides about its next watches."""

    opened: OpenAlert
    alert: Alert
    """With the facts that the rules of these watches may ask for."""
    watches: Sequence[Watch]
    owning_chats: frozenset[int]
    """Chats whose other wallets own a token of it."""

    @property
    def watch_ids(self) -> list[int]:
        """Of these watches, in order."""
        return [watch.watch_id for watch in self.watches]


class Shared(NamedTuple):
    """What many deliveries of a step have in common."""

    alert_id: int
    state: str
    gate: str
    lane: int
    coalescing: bool
    due_at: datetime
    reasons: str | None


class NewDelivery(NamedTuple):
    """One row; made by the hundred thousand."""

    chat_id: int
    topic_id: int
    watch_id: int | None
    fair_queue_at: datetime
    shared: Shared

    @property
    def is_sent(self) -> bool:
        """Whether it goes as soon as it is due."""
        return self.shared.state == DeliveryState.PENDING

    @property
    def is_deferred(self) -> bool:
        """Whether it waits for a digest."""
        return self.shared.state == DeliveryState.DEFERRED


async def insert_deliveries(connection: Connection, deliveries: Sequence[NewDelivery]) -> None:
    """Store new deliveries, in this order."""
    shared = {row: number for number, row in enumerate(dict.fromkeys(one.shared for one in deliveries), 1)}
    rows = [
        (one.chat_id, one.topic_id, one.watch_id, one.fair_queue_at, shared[one.shared]) for one in deliveries
    ]
    await connection.execute(INSERT, *columns(rows, 5), *columns(list(shared), 7))


def new_deliveries(
    one: DecidedAlert, decide: Decide, sent: SentNow, positions: OpenPositions
) -> list[NewDelivery]:
    """Decide the watches of an alert, in order.

    Args:
        one: the alert and its watches.
        decide: the gates.
        sent: the messages that each chat gets in this very transaction; counted on here.
        positions: that messages tell, whose edits do not count; noted on here.
    """
    rows, shared = [], _SharedBy(one)
    for position, watch in enumerate(one.watches, one.opened.watches_decided):
        decision = decide(_counted(watch, sent), one.alert)
        is_message = decision.wanted and not positions.is_edit(
            one.alert.event, watch, one.opened.wallet_id, full_exit=one.alert.facts.full_exit
        )
        nearing = _nearing(watch, sent.every) if is_message else None
        sent.every[watch.chat_id] += is_message
        sent.judged[watch.chat_id] += is_message and decision.surprise is not None
        rows.append(_delivery(one, watch, shared.of(watch, decision, nearing), position))
    return rows


class _SharedBy:
    """What deliveries of one alert have in common; made once for those of the same decision."""

    __slots__ = ("_lanes", "_last", "_one")

    def __init__(self, one: DecidedAlert) -> None:
        event = one.alert.event
        self._one = one
        self._lanes = [rules_of(event).lane(event, is_owned) for is_owned in (False, True)]
        self._last: tuple[Decision, Lane, Shared] | None = None

    def of(self, watch: Watch, decision: Decision, nearing: int | None) -> Shared:
        """Return what the delivery of this decision has in common with others of the alert."""
        lane = self._lanes[watch.chat_id in self._one.owning_chats]
        reasons = reasons_text(watch, self._one.alert.facts, decision, nearing_limit=nearing)
        if self._last is not None and reasons is None:
            last_decision, last_lane, shared = self._last
            if last_decision is decision and last_lane is lane:
                return shared
        shared = self._made(decision, lane, reasons)
        if reasons is None:
            self._last = decision, lane, shared
        return shared

    def _made(self, decision: Decision, lane: Lane, reasons: str | None) -> Shared:
        """An urgent delivery is never coalesced; it waits only where the chat asked for that."""
        until = self._one.opened.coalesce_until
        coalescing = decision.due_at is None and until is not None and lane > Lane.URGENT
        return Shared(
            alert_id=self._one.alert.alert_id,
            state=first_state(decision).value,
            gate=decision.gate.value,
            lane=lane.value,
            coalescing=coalescing,
            due_at=decision.due_at or (until if coalescing and until else self._one.alert.now),
            reasons=reasons,
        )


def _delivery(one: DecidedAlert, watch: Watch, shared: Shared, position: int) -> NewDelivery:
    watch_id = watch.watch_id if one.opened.wallet_id else None
    fair_queue_at = fair_queue_time(shared.due_at, position)
    return NewDelivery(watch.chat_id, watch.topic_id, watch_id, fair_queue_at, shared)


def _nearing(watch: Watch, wanted: Counter[int]) -> int | None:
    """The tier's alerts an hour, where the next one is the first with which most of them are used."""
    limit = watch.hourly_limit
    if limit is None or watch.alerts_this_hour + wanted[watch.chat_id] + 1 != near_mark(limit):
        return None
    return limit


def _counted(watch: Watch, sent: SentNow) -> Watch:
    """The watch with the alerts of this transaction counted in, where they may reach a limit."""
    limit, wished = watch.hourly_limit, watch.settings.per_hour
    if watch.noise is None and limit is None and wished is None:
        return watch
    number, judged = watch.alerts_this_hour + sent.every[watch.chat_id], sent.judged[watch.chat_id]
    if watch.noise is not None and judged:
        watch = replace(watch, noise=replace(watch.noise, sent=watch.noise.sent + judged))
    if all(top is None or number < top for top in (limit, wished)):
        return watch
    return replace(watch, alerts_this_hour=number)
