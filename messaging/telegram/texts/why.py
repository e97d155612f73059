"""Why an event was told or not, gate by gate, by the rules of that moment. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from domain.alerts.kinds import AlertEvent, rules_of, subject_of
from domain.delivery.deliveries import DeliveryState
from domain.delivery.facts import AlertHistory, DecidedDelivery
from domain.rules.decisions import GATES, Gate
from domain.rules.gates import DEFERRING, Reasons
from domain.rules.lanes import Lane
from domain.rules.rules import ChatSettings, Digest
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.alert import REVERTED, headline, texts_of
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.mine import HOLDER_NOTE
from messaging.telegram.texts.noise import budget_words, percentile_words
from messaging.telegram.texts.rules import zone_words
from messaging.telegram.texts.status import span
from messaging.telegram.texts.times import dollars, duration, hours, moment

_MAX_REASON = 120
_DEFERRED = frozenset({DeliveryState.DEFERRED, DeliveryState.DIGESTED})


def why_text(history: AlertHistory, symbols: Mapping[str, str | None], now: datetime) -> str:
    """Seen, read, followed, each rule, delivery: one line each."""
    texts = texts_of(history.event)
    alert = facts_of(history, symbols)
    return "\n".join(
        [
            headline(alert),
            "",
            *([REVERTED] if history.reverted else []),
            f"✅ Seen: {texts.seen(history.event)}, {moment(history.happened_at, now)}",
            f"✅ Read as: {texts.sort(history.event)}",
            _followed(history, now),
            *_rules(history),
            *_delivery(history, now),
        ]
    )


def facts_of(history: AlertHistory, symbols: Mapping[str, str | None]) -> AlertFacts[AlertEvent]:
    """What texts tell of a past alert."""
    return AlertFacts(
        event=history.event,
        label=history.label,
        symbols=symbols,
        happened_at=history.happened_at,
        age=0.0,
        market=history.market,
    )


def unreadable(reason: str) -> str:
    """The transaction is in quarantine."""
    return (
        "✅ Seen\n🛑 Read: this transaction could not be understood"
        f" ({escape(clean(reason, limit=_MAX_REASON))}). It is kept, and is read again by a later version."
    )


def not_seen(slot: int | None) -> str:
    """The transaction is not known."""
    upto = "not at all yet" if slot is None else f"up to slot {slot:,}"
    return (
        f"🛑 Not seen. The chain is read {upto}. Possible reasons: no followed wallet, failed, too new,"
        " or older than 90 days."
    )


def nothing_of_wallet(name: str, slot: int | None, *, is_followed: bool) -> str:
    """Nothing has happened in a wallet; `name` is HTML."""
    upto = "not at all yet" if slot is None else f"up to slot {slot:,}"
    followed = "✅ Followed here" if is_followed else "🛑 Followed: no, nobody in this chat follows it"
    return f"<b>{name}</b>\n{followed}\n🛑 Not seen. The chain is read {upto}, and this wallet did nothing."


def nothing_of_token() -> str:
    """No event with this token was decided for this chat."""
    return "🛑 Not seen. None of the latest events of wallets you follow is about this address."


def usage() -> str:
    """How to ask."""
    return "Reply /why to an alert, or send /why with a transaction, wallet or token."


def ask_less() -> str:
    """Which alerts come no more; buttons stand below."""
    return "Fewer alerts like this. Undo any time in /rules."


def no_alert() -> str:
    """The message that was answered is no alert."""
    return "That isn't one of my alerts, or it is too old."


def _followed(history: AlertHistory, now: datetime) -> str:
    gate = None if history.delivery is None else history.delivery.gate
    if rules_of(history.event).activity(history.event) is None:  # it is about no wallet
        return "🛑 Asked for: no, not in this chat" if gate is None else "✅ Asked for: in this chat"
    if gate is Gate.BEFORE_WATCH:
        return "🛑 Followed: not yet at that time"
    if history.watch_id is not None and history.followed_at is not None:
        name = wallet_name(history.label, subject_of(history.event))
        return f"✅ Followed: {name}, since {moment(history.followed_at, now)}"
    return "🛑 Followed: not any more" if gate is not None else "🛑 Followed: no, not in this chat"


def _rules(history: AlertHistory) -> list[str]:
    delivery = history.delivery
    if delivery is None:
        waiting = history.watch_id is not None and not history.decided
        return ["⏳ Rules: not checked yet"] if waiting else ["➖ Rules: not checked"]
    if delivery.reasons.outranks:
        return [f"✅ {HOLDER_NOTE}: it comes past your rules and quiet hours"]
    lines = []
    asked = rules_of(history.event).asked(history.event)
    for gate, _ in GATES:
        text = _GATE_TEXTS[gate](history.event, delivery.reasons)
        if gate is delivery.gate:
            lines.append(f"{'🌙' if delivery.state in _DEFERRED else '🛑'} {text}")
            if gate not in DEFERRING:
                return lines
        elif gate in delivery.reasons.unknown:
            lines.append(f"❔ {text}; that was not known, so it passed")
        elif gate in asked and _was_set(gate, delivery.reasons):
            lines.append(f"✅ {text}")
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
            Gate.LIQUIDITY_TOO_LOW: rules.min_liquidity,
            Gate.HOUR_FULL: settings.per_hour is not None,
            Gate.BELOW_PERCENTILE: rules.min_percentile,
            Gate.BUDGET: reasons.surprise is not None,
        }.get(gate)
    )


def _worth(reasons: Reasons) -> str:
    return "" if reasons.usd is None else f": it was {dollars(reasons.usd)}"


def _recipients(event: AlertEvent) -> str:
    activity = rules_of(event).activity(event)
    return "many wallets" if activity is None else f"{activity.recipients} wallets"


def _age(reasons: Reasons, bound: int | None) -> str:
    old = reasons.age_seconds
    return duration(bound or 0) + ("" if old is None else f": it was {duration(old)} old")


def _market_cap(reasons: Reasons, bound: Decimal | None) -> str:
    market_cap = reasons.market_cap
    return dollars(bound or Decimal(0)) + ("" if market_cap is None else f": it was {dollars(market_cap)}")


def _liquidity(reasons: Reasons) -> str:
    found = "" if reasons.liquidity is None else f": it was {dollars(reasons.liquidity)}"
    return dollars(reasons.rules.min_liquidity or Decimal(0)) + found


def _tier(reasons: Reasons) -> str:
    limit = reasons.hourly_limit
    suffix = "" if limit is None else f": {limit:,} an hour"
    return f"Hourly limit of this chat, set by the operator{suffix}"


def _quiet_hours(settings: ChatSettings) -> str:
    if settings.quiet is None:
        return "Quiet hours"
    return f"Quiet hours {hours(settings.quiet)}, {zone_words(settings.zone)}"


_GATE_TEXTS: dict[Gate, Callable[[AlertEvent, Reasons], str]] = {
    Gate.REVERTED: lambda _, __: "Chain: its block was dropped, so it did not happen",
    Gate.CHAT_CLOSED: lambda _, __: "Chat: the bot could not write here at that time",
    Gate.BEFORE_WATCH: lambda _, __: "Followed: not yet at that time",
    Gate.WALLET_BANNED: lambda _, __: "Wallet: operators have blocked it, so nobody may follow it",
    Gate.OVER_WATCH_LIMIT: lambda _, __: "Limit: more wallets were followed than allowed, the newest pause",
    Gate.PAUSED: lambda _, __: "Pause: all alerts were paused",
    Gate.MUTED: lambda _, __: "Mute: the wallet was muted",
    Gate.TOKEN_MUTED: lambda _, __: "Mute: the token was muted",
    Gate.KIND_OFF: lambda event, _: f"Muted type: {texts_of(event).sort(event)}",
    Gate.PATTERN_OFF: lambda event, _: f"Pattern turned off: {texts_of(event).sort(event)}",
    Gate.DUST: lambda _, why: f"Dust: less than $1 came in{_worth(why)}",
    Gate.LOOK_ALIKE: lambda _, __: "Spam: the sender only looks like an address that this wallet deals with",
    Gate.LINK_NAME: lambda _, __: "Spam: a token that is called like a website came in unasked",
    Gate.BLAST: lambda event, __: f"Spam: {_recipients(event)} got the same at once",
    Gate.SPAM: lambda _, __: "Spam: a token of no known value came in unasked",
    Gate.TOKEN_NOT_LISTED: lambda _, __: "Only some tokens",
    Gate.TOKEN_EXCLUDED: lambda _, __: "Excluded tokens",
    Gate.BELOW_MINIMUM: lambda _, why: f"Minimum {dollars(why.rules.min_usd or Decimal(0))}{_worth(why)}",
    Gate.ABOVE_MAXIMUM: lambda _, why: f"Maximum {dollars(why.rules.max_usd or Decimal(0))}{_worth(why)}",
    Gate.NOT_FIRST_BUY: lambda _, __: "Only the first buy of a token",
    Gate.NOT_FULL_EXIT: lambda _, __: "Only full exits",
    Gate.TOO_YOUNG: lambda _, why: f"Token at least as old as {_age(why, why.rules.min_age_seconds)}",
    Gate.TOO_OLD: lambda _, why: f"Token at most as old as {_age(why, why.rules.max_age_seconds)}",
    Gate.MARKET_CAP_TOO_LOW: lambda _, why: (
        f"Market cap of at least {_market_cap(why, why.rules.min_market_cap)}"
    ),
    Gate.MARKET_CAP_TOO_HIGH: lambda _, why: (
        f"Market cap of at most {_market_cap(why, why.rules.max_market_cap)}"
    ),
    Gate.LIQUIDITY_TOO_LOW: lambda _, why: f"Liquidity of at least {_liquidity(why)}",
    Gate.QUIET: lambda _, why: _quiet_hours(why.settings),
    Gate.DIGEST: lambda _, why: f"Digest, {why.settings.digest.value}",
    Gate.BELOW_PERCENTILE: lambda _, why: percentile_words(why),
    Gate.BUDGET: lambda _, why: budget_words(why),
    Gate.HOUR_FULL: lambda _, why: f"At most {why.settings.per_hour} an hour",
    Gate.TIER_FULL: lambda _, why: _tier(why),
    Gate.WALLET_BUSY: lambda _, why: f"Busy wallet: more than {why.settings.busy_above} events in that hour",
}


def _delivery(history: AlertHistory, now: datetime) -> list[str]:
    """What became of the alert after the rules."""
    delivery = history.delivery
    if delivery is None or delivery.state is DeliveryState.SUPPRESSED:
        return ["➖ Delivery: none"]
    is_digested = delivery.state is DeliveryState.DIGESTED
    state = (delivery.digest_state or DeliveryState.AMBIGUOUS) if is_digested else delivery.state
    when = delivery.digest_at if is_digested else delivery.finished_at
    text = _STATES[state](delivery, now)
    tries = f", after {delivery.attempts} tries" if delivery.attempts > 1 else ""
    at = ""
    if when is not None and state is DeliveryState.SENT:
        seconds = max(0.0, (when - history.happened_at).total_seconds())
        at = f", {moment(when, now)}, {span(seconds)} after it happened"
    is_urgent = delivery.lane is Lane.URGENT and delivery.state not in _DEFERRED
    lines = [*([_urgent(history.event)] if is_urgent else []), f"{text}{at}{tries}"]
    if delivery.ambiguous_sends:
        lines.append("♻️ Telegram did not confirm a copy, so there may be two")
    return lines


def _urgent(event: AlertEvent) -> str:
    return f"⚡ Priority: {texts_of(event).why_urgent(event)}"


def _waits(delivery: DecidedDelivery, now: datetime) -> str:
    until = f" until {moment(delivery.due_at, now)}" if delivery.state is DeliveryState.RETRY else ""
    return f"⏳ Delivery: queued{until}"


def _failed(delivery: DecidedDelivery, _: datetime) -> str:
    reason = clean(delivery.error or "unknown", limit=_MAX_REASON)
    return f"🛑 Delivery: Telegram did not take it ({escape(reason)})"


_STATES: dict[DeliveryState, Callable[[DecidedDelivery, datetime], str]] = {
    DeliveryState.PENDING: _waits,
    DeliveryState.RETRY: _waits,
    DeliveryState.SENDING: lambda _, __: "⏳ Delivery: on its way",
    DeliveryState.SENT: lambda delivery, _: f"✅ Delivered{' in a digest' if delivery.digest_state else ''}",
    DeliveryState.DEAD: _failed,
    DeliveryState.UNCONFIRMED: lambda _, __: "❔ Delivery: Telegram answered no copy; it may not have come",
    DeliveryState.AMBIGUOUS: lambda _, __: (
        "❔ Delivery: Telegram did not answer; it probably stands in this chat"
    ),
    DeliveryState.DEFERRED: lambda delivery, now: f"🌙 Held until {moment(delivery.due_at, now)}",
    DeliveryState.DIGESTED: lambda _, __: "🌙 In a digest",
    DeliveryState.SUPPRESSED: lambda _, __: "➖ Delivery: none",
}
