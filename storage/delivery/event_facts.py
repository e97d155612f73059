"""Facts that the gates of an alert may ask for, by the kind of its event; and what its event teaches."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from domain.activity.activity import Activity
from domain.alerts.kinds import AlertEvent, AlertKind, kind_of, rules_of
from domain.rules.gates import Facts
from domain.rules.watches import Watch
from storage.delivery.open_alerts import Alert
from storage.market.facts import facts_for, note_price
from storage.market.holdings import Asked, add_to_holdings, chats_that_own
from storage.postgres import Connection

E = TypeVar("E")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts(Generic[E]):
    """What is looked up for one kind of event, in the transaction of the fan-out."""

    facts: Callable[[Connection, Alert, E, Sequence[Watch]], Awaitable[Facts]]
    """For the gates of these watches."""
    learn: Callable[[Connection, Iterable[tuple[int, E]]], Awaitable[None]]
    """From new events with the wallets whose watches get them; called once for each."""


async def _of_activity(
    connection: Connection, alert: Alert, activity: Activity, watches: Sequence[Watch]
) -> Facts:
    """A price that the activity shows is stored for others."""
    await note_price(connection, activity, alert.happened_at)
    return await facts_for(
        connection, activity, watches, happened_at=alert.happened_at, stored_at=alert.created_at
    )


_ACTIVITY: EventFacts[Activity] = EventFacts(facts=_of_activity, learn=add_to_holdings)

EVENT_FACTS: Mapping[AlertKind, EventFacts[Any]] = MappingProxyType({AlertKind.ACTIVITY: _ACTIVITY})


async def facts_of(connection: Connection, alert: Alert, watches: Sequence[Watch]) -> Facts:
    """The facts that the rules of these watches may ask for."""
    return await EVENT_FACTS[kind_of(alert.event)].facts(connection, alert, alert.event, watches)


async def learn_from(connection: Connection, alerts: Sequence[tuple[int, Alert]]) -> None:
    """Store what new alerts teach: wallet id and alert of each."""
    by_kind: dict[AlertKind, list[tuple[int, AlertEvent]]] = defaultdict(list)
    for wallet_id, alert in alerts:
        by_kind[kind_of(alert.event)].append((wallet_id, alert.event))
    for kind, events in by_kind.items():
        await EVENT_FACTS[kind].learn(connection, events)


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
