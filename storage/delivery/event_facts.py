"""Facts looked up for each kind of event when its alerts are decided."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from msgspec import structs

from domain.activity.activity import Activity
from domain.activity.outcomes import Outcome
from domain.activity.prices import NO_MARKET, MarketFacts
from domain.alerts.kinds import AlertEvent, AlertKind, kind_of, rules_of
from domain.rules.gates import NO_FACTS, Facts
from domain.rules.rules import Watch
from storage.chats.own_wallets import chats_that_hold
from storage.delivery.open_alerts import Alert, OpenAlert
from storage.market.dollars import note_prices
from storage.market.facts import facts_for, markets_of
from storage.market.holdings import Asked, add_to_holdings, chats_that_own, have_sent_all
from storage.market.positions import book_positions, dated
from storage.market.sightings import note_sightings
from storage.postgres import Connection

# The chats stay locked until the decisions are committed, so that two dispatchers together do not exceed a
# limit.
LOCK_CHATS = "SELECT chat_id FROM chats WHERE chat_id = ANY($1::bigint[]) ORDER BY chat_id FOR NO KEY UPDATE"

# A plan that was made while the table was empty reads all of it for every chat, until the table is analyzed.
USE_INDEX = "SET LOCAL enable_seqscan = off"

# OFFSET 0 keeps the planner from joining all deliveries of the hour first; this way it counts by index, chat
# by chat. A position that one message shows counts once, and the edits of that message do not.
COUNT = """
SELECT chat.chat_id, wanted.number FROM unnest($1::bigint[]) AS chat (chat_id)
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE kind NOT IN ('living', 'living_edit'))
           + count(DISTINCT living_id) FILTER (WHERE kind = 'living') AS number FROM deliveries
    WHERE deliveries.chat_id = chat.chat_id AND gate = 'wanted'
      AND created_at >= date_trunc('hour', now()) OFFSET 0) AS wanted
"""

E = TypeVar("E")

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
    facts = await facts_for(
        connection,
        activity,
        watches,
        market=alert.market,
        happened_at=alert.happened_at,
        stored_at=alert.created_at,
    )
    return replace(facts, events_this_hour=alert.events_this_hour)


async def _learn_from_activities(connection: Connection, new: Sequence[tuple[int, Alert, Activity]]) -> None:
    """Holdings, and what SOL costs; the rest of what trades show waits (storage/delivery/trade_prices.py)."""
    await add_to_holdings(connection, [(wallet_id, activity) for wallet_id, _, activity in new])
    seen = [(activity, alert.happened_at) for _, alert, activity in new]
    await note_prices(connection, seen)


async def _outcomes_of_activities(
    connection: Connection, new: Sequence[tuple[int, Alert, Activity]]
) -> list[Outcome | None]:
    events = [
        (alert.alert_id, wallet_id, dated(one, alert.happened_at), alert.market.usd)
        for wallet_id, alert, one in new
    ]
    sold = await note_sightings(
        connection,
        [(alert.alert_id, wallet_id, one, alert.market, alert.happened_at) for wallet_id, alert, one in new],
    )
    outcomes = await book_positions(connection, events)
    rotated = [_rotated(outcome, sold.get(event[0])) for event, outcome in zip(events, outcomes, strict=True)]
    sent_all = await have_sent_all(connection, [one for *_, one in new])
    return [
        structs.replace(outcome or Outcome(), sent_all=True) if is_all else outcome
        for outcome, is_all in zip(rotated, sent_all, strict=True)
    ]


def _rotated(outcome: Outcome | None, sold: tuple[str, int] | None) -> Outcome | None:
    if sold is None:
        return outcome
    return structs.replace(outcome or Outcome(), rotated_from=sold[0], rotated_seconds=sold[1])


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


COMPLETE_EVENT: EventFacts[Any] = EventFacts(facts=_no_facts, learn=_nothing_to_learn, markets=_no_markets)
"""Of an event that says all that there is to know."""

EVENT_FACTS: Mapping[AlertKind, EventFacts[Any]] = MappingProxyType(
    {
        AlertKind.ACTIVITY: _ACTIVITY,
        AlertKind.PRICE: COMPLETE_EVENT,
        AlertKind.SAFETY: COMPLETE_EVENT,
        AlertKind.PATTERN: COMPLETE_EVENT,
        AlertKind.TOKEN_TRADE: COMPLETE_EVENT,
    }
)


async def facts_of(connection: Connection, alert: Alert, watches: Sequence[Watch]) -> Facts:
    """The facts that the rules of these watches may ask for.

    Args:
        connection: in the transaction of the fan-out.
        alert: with its market facts, which are stored before it is decided.
        watches: whose rules are going to be asked; what no rule asks for is not looked up.
    """
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
    """The alerts; new ones with what they made of a position, which is booked here, once for each.

    Args:
        connection: in the transaction of the fan-out, so that a position is booked with its alert or not at
            all.
        opened: as they were locked; only those that are new are booked.
        alerts: of the same length and order, with market facts.
    """
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
    return replace(alert, market=structs.replace(alert.market, outcome=outcome))


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


async def with_holders(
    connection: Connection, alerts: Sequence[Alert], watches: Sequence[Sequence[Watch]]
) -> list[Sequence[Watch]]:
    """For each alert its watches, those marked whose chats hold a token that the event may hurt.

    Args:
        connection: in the transaction of the fan-out.
        alerts: in the order of `watches`.
        watches: of each alert.
    """
    hurt = [_hurt(alert) for alert in alerts]
    tokens = {token for of_alert in hurt for token in of_alert}
    found = await chats_that_hold(connection, tokens) if tokens else {}
    if not found:
        return list(watches)
    holding = [frozenset[int]().union(*(found.get(token, ()) for token in of_alert)) for of_alert in hurt]
    return [
        [replace(watch, is_holder=watch.chat_id in chats) for watch in of_alert] if chats else of_alert
        for chats, of_alert in zip(holding, watches, strict=True)
    ]


def _hurt(alert: Alert) -> frozenset[tuple[str, str]]:
    rules = rules_of(alert.event)
    return frozenset((rules.chain(alert.event), mint) for mint in rules.hurts(alert.event))


def _tokens(alert: Alert) -> frozenset[tuple[str, str]]:
    rules = rules_of(alert.event)
    return frozenset((rules.chain(alert.event), mint) for mint in rules.tokens(alert.event))


async def alerts_this_hour(connection: Connection, chats: Collection[int]) -> dict[int, int]:
    """The numbers of these chats; no other dispatcher decides for them until this transaction ends."""
    if not chats:
        return {}
    asked = list(chats)
    await connection.execute(LOCK_CHATS, asked)
    await connection.execute(USE_INDEX)
    return {row["chat_id"]: row["number"] for row in await connection.fetch(COUNT, asked)}
