"""Kinds of alerts: what each reports, whom it concerns, and how it is decided. Pure.

A new kind: the type of its event, a member of `AlertKind`, a row here, a row of texts in each channel
(messaging/telegram/texts/alert.py), and facts for its gates (storage/delivery/event_facts.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from domain.activity.activity import Activity
from domain.patterns.found import TOGETHER, PatternFound
from domain.rules.chat_decisions import ASKED, decide_about_token, within_budget
from domain.rules.decisions import Decision, decide
from domain.rules.gates import Facts, Gate, asked_of
from domain.rules.lanes import Lane, lane_of, sold_by, tokens_of
from domain.rules.noise import NO_HISTORY, surprise
from domain.rules.pattern_decisions import decide_about_pattern
from domain.rules.rules import Watch
from domain.security.safety import HOLDERS_LOSE, SafetyChanged
from domain.tokens.price_alerts import PriceReached
from domain.tokens.token_trades import TokenTraded


class AlertKind(StrEnum):
    """What an alert reports."""

    ACTIVITY = "activity"
    """What a followed wallet did in one transaction."""
    PRICE = "price"
    """The price of a token has come to where a chat waited for it."""
    SAFETY = "safety"
    """A token that people were alerted on, or that a followed wallet holds, became dangerous."""
    PATTERN = "pattern"
    """What followed wallets did together, or unlike themselves."""
    TOKEN_TRADE = "token_trade"  # noqa: S105 - a token of the chain
    """Somebody traded a token of which a chat follows all trades."""


AlertEvent = Activity | PriceReached | SafetyChanged | PatternFound | TokenTraded
"""What an alert reports: a union with one type for each kind."""

E_contra = TypeVar("E_contra", contravariant=True)
E = TypeVar("E")


class Decide(Protocol[E_contra]):
    """Whether one watch wants an event."""

    def __call__(
        self,
        watch: Watch,
        event: E_contra,
        /,
        *,
        seen_at: datetime,
        now: datetime,
        facts: Facts,
        reverted: bool,
    ) -> Decision:
        """Pass the event through the gates of its kind; the first that says no decides.

        Args:
            watch: with its rules, those of its chat, and what was sent this hour.
            event: of the type that the kind's row names.
            seen_at: when the alert was stored; how late it is counts from here.
            now: the moment of the decision: mutes, quiet hours and limits are those of this time.
            facts: what the gates ask beyond the event; what is unknown stops nothing.
            reverted: whether the event died with its fork.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertKindRules(Generic[E]):
    """What the fan-out, digests, mutes and lanes ask of a kind."""

    event: type[E]
    """What the payload of an alert holds."""
    chain: Callable[[E], str]
    subject: Callable[[E], str]
    """The address that chats follow to get it."""
    sort: Callable[[E], str]
    """By which digests count events, and rules turn them off."""
    order: Callable[[E], int]
    """Among events of the same time."""
    mints: Callable[[E], Sequence[str]]
    """The tokens whose symbols its message shows."""
    tokens: Callable[[E], frozenset[str]]
    """The tokens it is about: who owns one of them gets it in the urgent lane."""
    lane: Callable[[E, bool], Lane]
    """By the event, and whether another wallet that the chat follows owns a token of it."""
    decide: Decide[E]
    hurts: Callable[[E], frozenset[str]] = lambda _: frozenset()
    """Tokens whose holders may lose by it: who holds one hears of it whatever the chat has set."""
    wallets: Callable[[E], Sequence[str]] = lambda _: ()
    """Wallets beside the subject that its message names as the chat calls them."""
    asked: Callable[[E], frozenset[Gate]] = lambda _: ASKED
    """The gates that ask something of the event; /why tells no others that it passed."""
    activity: Callable[[E], Activity | None] = lambda _: None
    """What a wallet did that it reports, whose price is checked again; None: it reports something else."""


_ACTIVITY: AlertKindRules[Activity] = AlertKindRules(
    event=Activity,
    chain=lambda activity: activity.chain,
    subject=lambda activity: activity.wallet,
    sort=lambda activity: activity.kind.value,
    order=lambda activity: activity.slot,
    mints=lambda activity: [leg.mint for leg in (*activity.paid, *activity.received)],
    tokens=tokens_of,
    lane=lambda activity, is_owned: lane_of(activity, is_owned=is_owned),
    decide=decide,
    hurts=sold_by,
    asked=asked_of,
    activity=lambda activity: activity,
)


def _decide_about_price(
    watch: Watch,
    event: PriceReached,
    *,
    seen_at: datetime,  # noqa: ARG001 - the same
    now: datetime,
    facts: Facts,  # noqa: ARG001 - the same
    reverted: bool,  # noqa: ARG001 - a price is read, not promised
) -> Decision:
    return decide_about_token(watch, event.mint, now=now)


_PRICE: AlertKindRules[PriceReached] = AlertKindRules(
    event=PriceReached,
    chain=lambda event: event.chain,
    subject=lambda event: event.mint,
    sort=lambda _: AlertKind.PRICE.value,
    order=lambda event: event.slot or 0,
    mints=lambda event: [event.mint],
    tokens=lambda event: frozenset({event.mint}),
    lane=lambda _, __: Lane.URGENT,
    decide=_decide_about_price,
)


def _decide_about_safety(
    watch: Watch,
    event: SafetyChanged,
    *,
    seen_at: datetime,  # noqa: ARG001 - the same
    now: datetime,
    facts: Facts,  # noqa: ARG001 - the same
    reverted: bool,  # noqa: ARG001 - a state is read, not promised
) -> Decision:
    """Danger wakes: in the morning there may be nothing left to save."""
    return decide_about_token(watch, event.mint, now=now, wakes=True, outranks=watch.is_holder)


_SAFETY: AlertKindRules[SafetyChanged] = AlertKindRules(
    event=SafetyChanged,
    chain=lambda event: event.chain,
    subject=lambda event: event.mint,
    sort=lambda _: AlertKind.SAFETY.value,
    order=lambda event: event.after.slot,
    mints=lambda event: [event.mint],
    tokens=lambda event: frozenset({event.mint}),
    asked=lambda _: frozenset({Gate.TIER_FULL}),
    hurts=lambda event: frozenset({event.mint}) if HOLDERS_LOSE.intersection(event.dangers) else frozenset(),
    lane=lambda _, __: Lane.URGENT,
    decide=_decide_about_safety,
)


def _decide_about_pattern(
    watch: Watch,
    event: PatternFound,
    *,
    seen_at: datetime,
    now: datetime,
    facts: Facts,  # noqa: ARG001 - the same
    reverted: bool,  # noqa: ARG001 - it was found in what stands
) -> Decision:
    return decide_about_pattern(watch, event, seen_at=seen_at, now=now)


_PATTERN: AlertKindRules[PatternFound] = AlertKindRules(
    event=PatternFound,
    chain=lambda event: event.chain,
    subject=lambda event: (event.mint or "") if event.pattern in TOGETHER else event.wallet,
    sort=lambda event: event.pattern.value,
    order=lambda event: int(event.last_at),
    mints=lambda event: [event.mint] if event.mint else [],
    tokens=lambda event: frozenset({event.mint} if event.mint else ()),
    lane=lambda event, is_owned: Lane.URGENT if event.wakes or is_owned else Lane.NORMAL,
    decide=_decide_about_pattern,
    wallets=lambda event: event.wallets if event.pattern in TOGETHER else (),
)


def _decide_about_trade(
    watch: Watch,
    event: TokenTraded,
    *,
    seen_at: datetime,  # noqa: ARG001 - the same
    now: datetime,
    facts: Facts,  # noqa: ARG001 - the same
    reverted: bool,  # noqa: ARG001 - it was read in a block that stands
) -> Decision:
    """Of a stranger's trades nothing is known that this one could be compared with."""
    decision = decide_about_token(watch, event.mint, now=now)
    return within_budget(watch, decision, score=surprise(NO_HISTORY), now=now)


_TOKEN_TRADE: AlertKindRules[TokenTraded] = AlertKindRules(
    event=TokenTraded,
    chain=lambda event: event.chain,
    subject=lambda event: event.mint,
    sort=lambda _: AlertKind.TOKEN_TRADE.value,
    order=lambda event: event.activity.slot,
    mints=lambda event: [leg.mint for leg in (*event.activity.paid, *event.activity.received)],
    tokens=lambda event: frozenset({event.mint}),
    lane=lambda _, is_owned: Lane.URGENT if is_owned else Lane.NORMAL,
    decide=_decide_about_trade,
)

ALERT_KINDS: Mapping[AlertKind, AlertKindRules[Any]] = MappingProxyType(
    {
        AlertKind.ACTIVITY: _ACTIVITY,
        AlertKind.PRICE: _PRICE,
        AlertKind.SAFETY: _SAFETY,
        AlertKind.PATTERN: _PATTERN,
        AlertKind.TOKEN_TRADE: _TOKEN_TRADE,
    }
)

_KINDS_BY_TYPE = {rules.event: kind for kind, rules in ALERT_KINDS.items()}
_DECODERS = {kind: msgspec.json.Decoder(rules.event) for kind, rules in ALERT_KINDS.items()}


def kind_of(event: AlertEvent) -> AlertKind:
    """The kind of an event, by its type."""
    return _KINDS_BY_TYPE[type(event)]


def rules_of(event: AlertEvent) -> AlertKindRules[Any]:
    """The rules of an event's kind."""
    return ALERT_KINDS[_KINDS_BY_TYPE[type(event)]]


def read_event(kind: str, payload: str) -> AlertEvent:
    """The event in the payload of an alert.

    Raises:
        ValueError: the kind is unknown, or the payload is none of its events.
    """
    event: AlertEvent = _DECODERS[AlertKind(kind)].decode(payload)
    return event


def subject_of(event: AlertEvent) -> str:
    """The address that chats follow to get the event."""
    subject: str = rules_of(event).subject(event)
    return subject
