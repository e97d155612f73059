"""The deliveries of a step of the fan-out: a row for each decision, yes or no."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.alerts.kinds import rules_of
from domain.delivery.deliveries import first_state
from domain.rules.decisions import Decision
from domain.rules.lanes import Lane, fair_queue_time
from domain.rules.reasons import reasons_text
from domain.rules.watches import Watch
from storage.delivery.open_alerts import Alert, OpenAlert
from storage.postgres import Connection, columns

Decide = Callable[[Watch, Alert], Decision]
NewDelivery = tuple[int, int, int, int, str, str, int, datetime, bool, datetime, str | None]
"""The columns of INSERT."""

# ON CONFLICT: if the answer to the commit did not come, the transaction is repeated, and finds its own rows.
INSERT = """
INSERT INTO deliveries (alert_id, chat_id, topic_id, watch_id, state, gate, lane, fair_queue_at,
    coalescing, due_at, reasons)
SELECT new.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
    $7::smallint[], $8::timestamptz[], $9::boolean[], $10::timestamptz[], $11::jsonb[]) AS new
ON CONFLICT DO NOTHING
"""


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


async def insert_deliveries(connection: Connection, deliveries: Sequence[NewDelivery]) -> None:
    """Store new deliveries."""
    await connection.execute(INSERT, *columns(deliveries, 11))


def new_deliveries(one: DecidedAlert, decide: Decide, wanted: Counter[int]) -> list[NewDelivery]:
    """Decide the watches of an alert, in order.

    Args:
        one: the alert and its watches.
        decide: the gates.
        wanted: the alerts that each chat gets in this very transaction; counted on here.
    """
    rows = []
    for position, watch in enumerate(one.watches, one.opened.watches_decided):
        decision = decide(_counted(watch, wanted), one.alert)
        wanted[watch.chat_id] += decision.wanted
        rows.append(_delivery(one, watch, decision, position))
    return rows


def _delivery(one: DecidedAlert, watch: Watch, decision: Decision, position: int) -> NewDelivery:
    """One row. An urgent delivery is never coalesced; it waits only where the chat asked for that."""
    event = one.alert.event
    lane = rules_of(event).lane(event, watch.chat_id in one.owning_chats)
    coalescing = decision.due_at is None and one.opened.coalesce_until is not None and lane > Lane.URGENT
    due_at = decision.due_at or (
        one.opened.coalesce_until if coalescing and one.opened.coalesce_until else one.alert.now
    )
    return (
        one.alert.alert_id,
        watch.chat_id,
        watch.topic_id,
        watch.watch_id,
        first_state(decision).value,
        decision.gate.value,
        lane.value,
        fair_queue_time(due_at, position),
        coalescing,
        due_at,
        reasons_text(watch, one.alert.facts, decision),
    )


def _counted(watch: Watch, wanted: Counter[int]) -> Watch:
    """The watch with the alerts of this transaction counted in, where they may reach a limit."""
    number = watch.alerts_this_hour + wanted[watch.chat_id]
    limits = (watch.hourly_limit, watch.settings.per_hour)
    if all(limit is None or number < limit for limit in limits):
        return watch
    return replace(watch, alerts_this_hour=number)
