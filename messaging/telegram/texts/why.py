"""Why an event was told or not, gate by gate, by the rules of that moment. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from domain.activity.activity import Activity, Kind
from domain.delivery.deliveries import DeliveryState
from domain.rules.decisions import GATES, Gate
from domain.rules.gates import DEFERRING
from domain.rules.reasons import Reasons
from domain.rules.rules import Digest
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.alert import REVERTED, AlertFacts, headline
from messaging.telegram.texts.reasons import dollars, duration, hours
from messaging.telegram.texts.times import date_time

_MAX_REASON = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyFacts:
    """One event and what became of it for a chat. None: not known, or it has not happened."""

    activity: Activity
    label: str
    symbols: Mapping[str, str | None]
    happened_at: datetime
    decided: bool
    """Whether all who follow the wallet have been decided."""
    is_followed: bool
    followed_at: datetime | None
    gate: Gate | None
    """None: there was no decision for this chat."""
    state: DeliveryState | None
    reasons: Reasons
    due_at: datetime | None
    attempts: int = 0
    ambiguous_sends: int = 0
    error: str | None = None
    finished_at: datetime | None = None
    digest_state: DeliveryState | None = None
    digest_at: datetime | None = None
    is_urgent: bool = False
    """Whether it goes before the others."""
    reverted: bool = False
    """Whether the transaction died with its fork."""


def why_text(facts: WhyFacts) -> str:
    """Seen, read, followed, each rule, delivery: one line each."""
    alert = AlertFacts(
        activity=facts.activity,
        label=facts.label,
        symbols=facts.symbols,
        happened_at=facts.happened_at,
        age=0.0,
    )
    kind = facts.activity.kind.value.replace("_", " ")
    return "\n".join(
        [
            headline(alert),
            "",
            *([REVERTED] if facts.reverted else []),
            f"✅ Seen: slot {facts.activity.slot:,}, {date_time(facts.happened_at)}",
            f"✅ Read as: {kind}",
            _followed(facts),
            *_rules(facts),
            *_delivery(facts),
        ]
    )


def unreadable(reason: str) -> str:
    """The transaction is in quarantine."""
    return (
        "✅ Seen\n🛑 Read: I could not make sense of this transaction"
        f" ({escape(clean(reason, limit=_MAX_REASON))}). It is kept, and is read again by a later version."
    )


def not_seen(slot: int | None) -> str:
    """The transaction is not known."""
    upto = "nothing yet" if slot is None else f"everything up to slot {slot:,}"
    return (
        f"🛑 Seen: no. I have read {upto}. Either no wallet that anybody follows took part in this"
        " transaction, or it failed, or it is later, or it is longer ago than I remember."
    )


def nothing_of_wallet(name: str, slot: int | None, *, is_followed: bool) -> str:
    """Nothing has happened in a wallet; `name` is HTML."""
    upto = "nothing yet" if slot is None else f"everything up to slot {slot:,}"
    followed = "✅ Followed here" if is_followed else "🛑 Followed: no, nobody in this chat follows it"
    return f"<b>{name}</b>\n{followed}\n🛑 Seen: no. I have read {upto}, and nothing happened in this wallet."


def nothing_of_token() -> str:
    """No event with this token was decided for this chat."""
    return "🛑 Seen: no. None of the latest events of wallets you follow has to do with this address."


def usage() -> str:
    """How to ask."""
    return (
        "Answer one of my alerts with /why, or write /why and behind it a transaction, a wallet or a token:"
        " I tell which rule decided."
    )


def ask_less(name: str) -> str:
    """What to tell less of; buttons stand below. `name` is HTML."""
    return f"What shall I tell less of? It was <b>{name}</b>. /rules takes it back."


def no_alert() -> str:
    """The message that was answered is no alert."""
    return "That message is no alert of mine, or it is longer ago than I remember."


def _followed(facts: WhyFacts) -> str:
    if facts.gate is Gate.BEFORE_WATCH:
        return "🛑 Followed: not yet at that time"
    if facts.is_followed and facts.followed_at is not None:
        name = wallet_name(facts.label, facts.activity.wallet)
        return f"✅ Followed: {name}, since {date_time(facts.followed_at)}"
    return "🛑 Followed: not any more" if facts.gate is not None else "🛑 Followed: no, not in this chat"


def _rules(facts: WhyFacts) -> list[str]:
    if facts.gate is None:
        waiting = facts.is_followed and not facts.decided
        return ["⏳ Rules: not asked yet"] if waiting else ["➖ Rules: not asked"]
    lines = []
    for gate, _ in GATES:
        if gate is facts.gate:
            sign = (
                "🌙"
                if facts.due_at and facts.state in {DeliveryState.DEFERRED, DeliveryState.DIGESTED}
                else "🛑"
            )
            lines.append(f"{sign} {_GATE_TEXTS[gate](facts)}")
            if gate not in DEFERRING:
                return lines
        elif gate in facts.reasons.unknown:
            lines.append(f"❔ {_GATE_TEXTS[gate](facts)}; that was not known, so it passed")
        elif _was_set(gate, facts.reasons):
            lines.append(f"✅ {_GATE_TEXTS[gate](facts)}")
    return lines or ["✅ Rules: none are set"]


def _was_set(gate: Gate, reasons: Reasons) -> bool:
    rules, settings = reasons.rules, reasons.settings
    return bool(
        {
            Gate.KIND_OFF: rules.kinds_off,
            Gate.TOKEN_NOT_LISTED: rules.only_tokens,
            Gate.TOKEN_EXCLUDED: rules.never_tokens,
            Gate.BELOW_MINIMUM: rules.min_usd,
            Gate.ABOVE_MAXIMUM: rules.max_usd,
            Gate.NOT_FIRST_BUY: rules.first_buy_only,
            Gate.NOT_FULL_EXIT: rules.full_exit_only,
            Gate.QUIET: settings.quiet,
            Gate.DIGEST: settings.digest is not Digest.OFF,
            Gate.TOO_YOUNG: rules.min_age_seconds,
            Gate.TOO_OLD: rules.max_age_seconds,
            Gate.MARKET_CAP_TOO_LOW: rules.min_market_cap,
            Gate.MARKET_CAP_TOO_HIGH: rules.max_market_cap,
            Gate.HOUR_FULL: settings.per_hour is not None,
        }.get(gate)
    )


def _worth(facts: WhyFacts) -> str:
    return "" if facts.reasons.usd is None else f": it was {dollars(facts.reasons.usd)}"


def _age(facts: WhyFacts, bound: int | None) -> str:
    old = facts.reasons.age_seconds
    return duration(bound or 0) + ("" if old is None else f": it was {duration(old)} old")


def _market_cap(facts: WhyFacts, bound: Decimal | None) -> str:
    market_cap = facts.reasons.market_cap
    return dollars(bound or Decimal(0)) + ("" if market_cap is None else f": it was {dollars(market_cap)}")


def _tier(facts: WhyFacts) -> str:
    market_cap = facts.reasons.hourly_limit
    hourly_limit = "" if market_cap is None else f": {market_cap:,} alerts one by one in an hour"
    return f"Limit that operators set for this chat{hourly_limit}"


def _quiet_hours(facts: WhyFacts) -> str:
    settings = facts.reasons.settings
    if settings.quiet is None:
        return "Quiet hours"
    return f"Quiet hours {hours(settings.quiet)}, {escape(settings.zone)}"


_GATE_TEXTS: dict[Gate, Callable[[WhyFacts], str]] = {
    Gate.REVERTED: lambda _: "Chain: its block was dropped, so it did not happen",
    Gate.CHAT_CLOSED: lambda _: "Chat: at that time I could not write here",
    Gate.BEFORE_WATCH: lambda _: "Followed: not yet at that time",
    Gate.MUTED: lambda _: "Mute: the wallet was muted",
    Gate.TOKEN_MUTED: lambda _: "Mute: the token was muted",
    Gate.KIND_OFF: lambda facts: f"Kinds: {facts.activity.kind.value.replace('_', ' ')}",
    Gate.DUST: lambda _: "Dust: less than 0.001 SOL came in",
    Gate.TOKEN_NOT_LISTED: lambda _: "Only some tokens",
    Gate.TOKEN_EXCLUDED: lambda _: "Tokens that are never told",
    Gate.BELOW_MINIMUM: lambda f: f"Minimum {dollars(f.reasons.rules.min_usd or Decimal(0))}{_worth(f)}",
    Gate.ABOVE_MAXIMUM: lambda f: f"Maximum {dollars(f.reasons.rules.max_usd or Decimal(0))}{_worth(f)}",
    Gate.NOT_FIRST_BUY: lambda _: "Only the first buy of a token",
    Gate.NOT_FULL_EXIT: lambda _: "Only full exits",
    Gate.TOO_YOUNG: lambda f: f"Token at least as old as {_age(f, f.reasons.rules.min_age_seconds)}",
    Gate.TOO_OLD: lambda f: f"Token at most as old as {_age(f, f.reasons.rules.max_age_seconds)}",
    Gate.MARKET_CAP_TOO_LOW: lambda f: (
        f"Market cap of at least {_market_cap(f, f.reasons.rules.min_market_cap)}"
    ),
    Gate.MARKET_CAP_TOO_HIGH: lambda f: (
        f"Market cap of at most {_market_cap(f, f.reasons.rules.max_market_cap)}"
    ),
    Gate.QUIET: _quiet_hours,
    Gate.DIGEST: lambda facts: f"Digest, {facts.reasons.settings.digest.value}",
    Gate.HOUR_FULL: lambda facts: f"At most {facts.reasons.settings.per_hour} an hour",
    Gate.TIER_FULL: _tier,
}


def _delivery(facts: WhyFacts) -> list[str]:
    """What became of it after the rules."""
    if facts.state is None or facts.state is DeliveryState.SUPPRESSED:
        return ["➖ Delivery: none"]
    is_digested = facts.state is DeliveryState.DIGESTED
    state = (facts.digest_state or DeliveryState.AMBIGUOUS) if is_digested else facts.state
    when = facts.digest_at if is_digested else facts.finished_at
    text = _STATES[state](facts)
    tries = f", after {facts.attempts} tries" if facts.attempts > 1 else ""
    at = f", {date_time(when)}" if when is not None and state is DeliveryState.SENT else ""
    is_deferred = facts.state in {DeliveryState.DEFERRED, DeliveryState.DIGESTED}
    lines = [*([_urgent(facts)] if facts.is_urgent and not is_deferred else []), f"{text}{at}{tries}"]
    if facts.ambiguous_sends:
        lines.append("♻️ Telegram did not confirm a copy, so there may be two")
    return lines


def _urgent(facts: WhyFacts) -> str:
    if facts.activity.kind is Kind.SELL:
        return "⚡ Urgent: a sell may be an exit"
    return "⚡ Urgent: another wallet that you follow holds this token"


def _waits(facts: WhyFacts) -> str:
    until = "" if facts.due_at is None else f" until {date_time(facts.due_at)}"
    return f"⏳ Limits: it waits for its turn{until if facts.state is DeliveryState.RETRY else ''}"


def _failed(facts: WhyFacts) -> str:
    reason = clean(facts.error or "unknown", limit=_MAX_REASON)
    return f"🛑 Delivery: Telegram did not take it ({escape(reason)})"


_STATES: dict[DeliveryState, Callable[[WhyFacts], str]] = {
    DeliveryState.PENDING: _waits,
    DeliveryState.RETRY: _waits,
    DeliveryState.SENDING: lambda _: "⏳ Delivery: on its way",
    DeliveryState.SENT: lambda facts: f"✅ Delivered{' in a digest' if facts.digest_state else ''}",
    DeliveryState.DEAD: _failed,
    DeliveryState.AMBIGUOUS: lambda _: (
        "❔ Delivery: Telegram did not answer; it probably stands in this chat"
    ),
    DeliveryState.DEFERRED: lambda facts: (
        f"🌙 Held until {date_time(facts.due_at)}" if facts.due_at else "🌙 Held"
    ),
    DeliveryState.DIGESTED: lambda _: "🌙 In a digest",
    DeliveryState.SUPPRESSED: lambda _: "➖ Delivery: none",
}
