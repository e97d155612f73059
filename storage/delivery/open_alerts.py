"""Alerts whose watches are not all decided yet: locked for one step of the fan-out, and moved on after it.

By the kind of their event: the facts that gates may ask for, and what the event teaches.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import msgspec

from domain.activity.activity import Activity
from domain.activity.outcomes import Outcome
from domain.activity.prices import NO_MARKET, MarketFacts
from domain.alerts.kinds import AlertEvent, AlertKind, kind_of, read_event, rules_of
from domain.rules.gates import NO_FACTS, Facts
from domain.rules.lanes import coalesce
from domain.rules.rules import Watch
from storage.market.candles import note_fills
from storage.market.dollars import note_prices
from storage.market.facts import facts_for, markets_of
from storage.market.pools import note_pools
from storage.market.positions import book_positions
from storage.market.tokens import Asked, add_to_holdings, chats_that_own
from storage.postgres import Connection, Database, Row, columns

AT_ONCE = 64
"""Alerts decided in one transaction, so that small ones need not wait until a large one is finished."""
FIRST = 250
"""Watches of an alert that are decided first, so that its first messages leave at once."""

# The commit does not wait for the disk (synchronous_commit off). A crash that undoes decisions leaves their
# alert open, and it undoes no message: a message follows a mark, the mark waits for the disk, and it comes
# later. SKIP LOCKED lets several dispatchers work beside each other, each on other alerts.
LOCK = """
SELECT open.alert_id, open.wallet_id, open.kind, open.payload, open.created_at, open.block_time,
       open.last_watch_id, open.watches_decided, open.coalesce_until, open.reverted_at,
       before.created_at AS before_at, before.coalesce_until AS before_until, now() AS now,
       set_config('synchronous_commit', 'off', true)
FROM alerts AS open LEFT JOIN LATERAL (
    SELECT created_at, coalesce_until FROM alerts AS earlier
    WHERE earlier.wallet_id = open.wallet_id AND earlier.alert_id < open.alert_id
    ORDER BY earlier.alert_id DESC LIMIT 1) AS before ON true
WHERE open.fanned_out_at IS NULL
ORDER BY open.alert_id LIMIT $1
FOR UPDATE OF open SKIP LOCKED
"""

# An alert is fanned out when its batch of watches was not full.
ADVANCE = """
UPDATE alerts SET last_watch_id = new.last, watches_decided = alerts.watches_decided + new.decided,
    coalesce_until = new.coalesce_until, fanned_out_at = CASE WHEN new.is_last THEN now() END,
    market = coalesce(alerts.market, new.market)
FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::timestamptz[], $5::boolean[], $6::jsonb[])
  AS new (alert_id, last, decided, coalesce_until, is_last, market)
WHERE alerts.alert_id = new.alert_id
"""

E = TypeVar("E")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An event for those who follow its subject, as PostgreSQL has it."""

    alert_id: int
    event: AlertEvent
    created_at: datetime
    """When it was stored."""
    now: datetime
    """The database's clock at the time of the fan-out."""
    happened_at: datetime
    """The block's time, or when it was stored."""
    market: MarketFacts = NO_MARKET
    """What the event was worth."""
    facts: Facts = NO_FACTS
    """What the rules of its watches may ask for."""
    reverted: bool = False
    """Whether the event died with its fork."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert that this transaction has locked, and how far its fan-out has come."""

    alert: Alert
    wallet_id: int
    """Whose watches get it; 0: it is for chats that stand beside it."""
    last_watch_id: int
    """The last watch that is decided; 0: none is."""
    watches_decided: int
    coalesce_until: datetime | None
    """Until when its deliveries wait for others of the wallet; None: they do not."""
    max_watches: int
    """Watches that this transaction decides at most."""

    @property
    def is_new(self) -> bool:
        """Whether no watch is decided yet."""
        return self.last_watch_id == 0


async def lock_open_alerts(connection: Connection, *, limit: int, coalesce_seconds: float) -> list[OpenAlert]:
    """Lock the oldest open alerts until the transaction ends, except those that others have locked.

    Args:
        connection: in a transaction.
        limit: watches of one alert at most.
        coalesce_seconds: alerts of one wallet within this time wait to go in one message; 0: none waits.
    """
    before: dict[int, tuple[datetime, datetime | None]] = {}
    opened = []
    for row in await connection.fetch(LOCK, AT_ONCE):
        wallet_id, created_at = row["wallet_id"], row["created_at"]
        if wallet_id is None:
            opened.append(_open_alert(row, None, limit))
            continue
        stored = (row["before_at"], row["before_until"]) if row["before_at"] else None
        until = row["coalesce_until"] or coalesce(created_at, before.get(wallet_id, stored), coalesce_seconds)
        before[wallet_id] = (created_at, until)
        opened.append(_open_alert(row, until, limit))
    return opened


async def advance(
    connection: Connection, steps: Sequence[tuple[OpenAlert, Sequence[int], MarketFacts]]
) -> None:
    """Store how far the fan-out has come: each alert with the watches that were decided, and its worth."""
    rows = [_advanced(*step) for step in steps]
    await connection.execute(ADVANCE, *columns(rows, 6))


async def open_alerts(database: Database) -> int:
    """The number of alerts that are not fanned out yet."""
    return int(await database.fetchval("SELECT count(*) FROM alerts WHERE fanned_out_at IS NULL"))


def _advanced(
    opened: OpenAlert, watch_ids: Sequence[int], market: MarketFacts
) -> tuple[int, int, int, datetime | None, bool, str]:
    last = watch_ids[-1] if watch_ids else opened.last_watch_id
    is_last = len(watch_ids) < opened.max_watches
    encoded = msgspec.json.encode(market).decode()
    return opened.alert.alert_id, last, len(watch_ids), opened.coalesce_until, is_last, encoded


def _open_alert(row: Row, coalesce_until: datetime | None, limit: int) -> OpenAlert:
    return OpenAlert(
        alert=_alert(row),
        wallet_id=row["wallet_id"] or 0,
        last_watch_id=row["last_watch_id"],
        watches_decided=row["watches_decided"],
        coalesce_until=coalesce_until,
        max_watches=limit if row["last_watch_id"] else min(limit, FIRST),
    )


def _alert(row: Row) -> Alert:
    return Alert(
        alert_id=row["alert_id"],
        event=read_event(row["kind"], row["payload"]),
        created_at=row["created_at"],
        now=row["now"],
        happened_at=row["block_time"],
        reverted=row["reverted_at"] is not None,
    )


BookEvents = Callable[[Connection, Sequence[tuple[int, Alert, E]]], Awaitable[list[Outcome | None]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts(Generic[E]):
    """What is looked up for one kind of event, in the transaction of the fan-out."""

    facts: Callable[[Connection, Alert, E, Sequence[Watch]], Awaitable[Facts]]
    """For the gates of these watches."""
    learn: Callable[[Connection, Sequence[tuple[int, Alert, E]]], Awaitable[None]]
    """From new events with the wallets whose watches get them; called once for each, before anything else."""
    markets: Callable[[Connection, Sequence[tuple[E, datetime]]], Awaitable[list[MarketFacts]]]
    """What events were worth when they happened."""
    outcomes: BookEvents[E] | None = None
    """Books new events, with the wallets that they concern, and says what they made; None: nothing."""


async def _of_activity(
    connection: Connection, alert: Alert, activity: Activity, watches: Sequence[Watch]
) -> Facts:
    return await facts_for(
        connection,
        activity,
        watches,
        market=alert.market,
        happened_at=alert.happened_at,
        stored_at=alert.created_at,
    )


async def _learn_from_activities(connection: Connection, new: Sequence[tuple[int, Alert, Activity]]) -> None:
    """Holdings, pools, and prices that trades show."""
    await add_to_holdings(connection, [(wallet_id, activity) for wallet_id, _, activity in new])
    seen = [(activity, alert.happened_at) for _, alert, activity in new]
    await note_prices(connection, seen)
    await note_pools(connection, [activity for activity, _ in seen])
    await note_fills(connection, seen)


async def _outcomes_of_activities(
    connection: Connection, new: Sequence[tuple[int, Alert, Activity]]
) -> list[Outcome | None]:
    events = [(alert.alert_id, wallet_id, one, alert.market.usd) for wallet_id, alert, one in new]
    return await book_positions(connection, events)


_ACTIVITY: EventFacts[Activity] = EventFacts(
    facts=_of_activity,
    learn=_learn_from_activities,
    markets=markets_of,
    outcomes=_outcomes_of_activities,
)


async def _no_facts(_: Connection, __: Alert, ___: AlertEvent, ____: Sequence[Watch]) -> Facts:
    return NO_FACTS


async def _nothing_to_learn(_: Connection, __: Sequence[tuple[int, Alert, AlertEvent]]) -> None:
    """The event came from what is stored."""


async def _no_markets(_: Connection, events: Sequence[tuple[AlertEvent, datetime]]) -> list[MarketFacts]:
    return [NO_MARKET for _ in events]


TOLD_WHOLE: EventFacts[Any] = EventFacts(facts=_no_facts, learn=_nothing_to_learn, markets=_no_markets)
"""Of an event that says all that there is to know."""

EVENT_FACTS: Mapping[AlertKind, EventFacts[Any]] = MappingProxyType(
    {AlertKind.ACTIVITY: _ACTIVITY, AlertKind.PRICE: TOLD_WHOLE}
)


async def facts_of(connection: Connection, alert: Alert, watches: Sequence[Watch]) -> Facts:
    """The facts that the rules of these watches may ask for."""
    return await EVENT_FACTS[kind_of(alert.event)].facts(connection, alert, alert.event, watches)


async def learn_from(connection: Connection, alerts: Sequence[tuple[int, Alert]]) -> None:
    """Store what new alerts teach: wallet id and alert of each."""
    by_kind: dict[AlertKind, list[tuple[int, Alert, AlertEvent]]] = defaultdict(list)
    for wallet_id, alert in alerts:
        by_kind[kind_of(alert.event)].append((wallet_id, alert, alert.event))
    for kind, events in by_kind.items():
        await EVENT_FACTS[kind].learn(connection, events)


async def with_markets(connection: Connection, alerts: Sequence[Alert]) -> list[Alert]:
    """The alerts, each with what its event was worth."""
    by_kind: dict[AlertKind, list[Alert]] = defaultdict(list)
    for alert in alerts:
        by_kind[kind_of(alert.event)].append(alert)
    markets: dict[int, MarketFacts] = {}
    for kind, of_kind in by_kind.items():
        events = [(alert.event, alert.happened_at) for alert in of_kind]
        found = await EVENT_FACTS[kind].markets(connection, events)
        markets.update({alert.alert_id: one for alert, one in zip(of_kind, found, strict=True)})
    return [replace(alert, market=markets[alert.alert_id]) for alert in alerts]


async def with_outcomes(
    connection: Connection, opened: Sequence[OpenAlert], alerts: Sequence[Alert]
) -> list[Alert]:
    """The alerts; new ones with what they made of a position, which is booked here, once for each."""
    by_kind: dict[AlertKind, list[tuple[int, Alert, AlertEvent]]] = defaultdict(list)
    for one, alert in zip(opened, alerts, strict=True):
        if one.is_new and not alert.reverted:
            by_kind[kind_of(alert.event)].append((one.wallet_id, alert, alert.event))
    found: dict[int, Outcome | None] = {}
    for kind, events in by_kind.items():
        if (book := EVENT_FACTS[kind].outcomes) is not None:
            made = await book(connection, events)
            found |= {alert.alert_id: outcome for (_, alert, _), outcome in zip(events, made, strict=True)}
    return [_with_outcome(alert, found.get(alert.alert_id)) for alert in alerts]


def _with_outcome(alert: Alert, outcome: Outcome | None) -> Alert:
    if outcome is None:
        return alert
    return replace(alert, market=msgspec.structs.replace(alert.market, outcome=outcome))


async def owning_chats(
    connection: Connection, asked: Sequence[tuple[int, Alert, Sequence[Watch]]]
) -> list[frozenset[int]]:
    """For each alert, the chats of its watches that follow another wallet which owns a token of it."""
    return await chats_that_own(
        connection,
        [
            Asked(wallet_id=wallet_id, tokens=_tokens(alert), chats=[watch.chat_id for watch in watches])
            for wallet_id, alert, watches in asked
        ],
    )


def _tokens(alert: Alert) -> frozenset[tuple[str, str]]:
    rules = rules_of(alert.event)
    return frozenset((rules.chain(alert.event), mint) for mint in rules.tokens(alert.event))
