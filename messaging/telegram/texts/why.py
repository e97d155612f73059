"""Texts of /why: why an event was sent or not, gate by gate. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime

from domain.alerts.kinds import AlertEvent, rules_of, subject_of
from domain.delivery.deliveries import DeliveryState
from domain.delivery.facts import AlertHistory, DecidedDelivery
from domain.rules.decisions import GATES, Gate
from domain.rules.gates import DEFERRING, Reasons
from domain.rules.lanes import Lane
from domain.rules.rules import Digest
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.alert import REVERTED, headline, texts_of
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.gate_words import gate_words
from messaging.telegram.texts.status import span
from messaging.telegram.texts.times import moment

_MAX_REASON = 120
_DEFERRED = frozenset({DeliveryState.DEFERRED, DeliveryState.DIGESTED})


def why_text(
    history: AlertHistory, symbols: Mapping[str, str | None], now: datetime, *, locale: Locale = ENGLISH
) -> str:
    """Seen, read, followed, each rule, delivery: one line each.

    Args:
        history: of one event for one chat.
        symbols: by mint; None: the token has none, or it is not known.
        now: with a time zone; what happened today is shown without its date.
        locale: of the reader.
    """
    texts = texts_of(history.event)
    alert = facts_of(history, symbols, locale=locale)
    return "\n".join(
        [
            headline(alert),
            "",
            *([locale.gettext(REVERTED)] if history.reverted else []),
            locale.gettext(
                "✅ Seen: {where}, {time}",
                where=texts.seen(history.event, locale),
                time=moment(history.happened_at, now),
            ),
            locale.gettext("✅ Read as: {sort}", sort=texts.sort(history.event, locale)),
            _followed(history, now, locale=locale),
            *_rules(history, locale=locale),
            *_delivery(history, now, locale=locale),
        ]
    )


def facts_of(
    history: AlertHistory, symbols: Mapping[str, str | None], *, locale: Locale = ENGLISH
) -> AlertFacts[AlertEvent]:
    """Return what texts say of a past alert.

    Args:
        history: of one event for one chat.
        symbols: by mint; None: the token has none, or it is not known.
        locale: of the reader.
    """
    return AlertFacts(
        event=history.event,
        label=history.label,
        symbols=symbols,
        happened_at=history.happened_at,
        age=0.0,
        market=history.market,
        locale=locale,
    )


def unreadable(reason: str, *, locale: Locale = ENGLISH) -> str:
    """The transaction is in quarantine."""
    return locale.gettext(
        "✅ Seen\n🛑 Read: this transaction could not be understood ({reason}). It is kept, and is read"
        " again by a later version.",
        reason=escape(clean(reason, limit=_MAX_REASON)),
    )


def not_seen(slot: int | None, *, locale: Locale = ENGLISH) -> str:
    """The transaction is not known."""
    if slot is None:
        return locale.gettext(
            "🛑 Not seen. The chain is not read at all yet. Possible reasons: no followed wallet, failed,"
            " too new, or older than 90 days."
        )
    return locale.gettext(
        "🛑 Not seen. The chain is read up to slot {slot}. Possible reasons: no followed wallet, failed,"
        " too new, or older than 90 days.",
        slot=locale.number(slot),
    )


def nothing_of_wallet(name: str, slot: int | None, *, is_followed: bool, locale: Locale = ENGLISH) -> str:
    """Nothing has happened in a wallet; `name` is HTML.

    Args:
        name: Telegram HTML.
        slot: up to which the chain is read; None: not at all yet.
        is_followed: the chat follows it.
        locale: of the reader.
    """
    if is_followed:
        followed = locale.gettext("✅ Followed here")
    else:
        followed = locale.gettext("🛑 Followed: no, nobody in this chat follows it")
    if slot is None:
        seen = locale.gettext("🛑 Not seen. The chain is not read at all yet, and this wallet did nothing.")
    else:
        seen = locale.gettext(
            "🛑 Not seen. The chain is read up to slot {slot}, and this wallet did nothing.",
            slot=locale.number(slot),
        )
    return f"<b>{name}</b>\n{followed}\n{seen}"


def nothing_of_token(*, locale: Locale = ENGLISH) -> str:
    """No event with this token was decided for this chat."""
    return locale.gettext(
        "🛑 Not seen. None of the latest events of wallets you follow is about this address."
    )


def usage(*, locale: Locale = ENGLISH) -> str:
    """Return how to ask."""
    return locale.gettext("Reply /why to an alert, or send /why with a transaction, wallet or token.")


def ask_less(*, locale: Locale = ENGLISH) -> str:
    """Return which alerts come no longer; buttons follow below."""
    return locale.gettext("Fewer alerts like this. Undo any time in /rules.")


def no_alert(*, locale: Locale = ENGLISH) -> str:
    """The message that was answered is no alert."""
    return locale.gettext("That isn't one of my alerts, or it is too old.")


def _followed(history: AlertHistory, now: datetime, *, locale: Locale = ENGLISH) -> str:
    gate = None if history.delivery is None else history.delivery.gate
    if rules_of(history.event).activity(history.event) is None:  # it is about no wallet
        if gate is None:
            return locale.gettext("🛑 Asked for: no, not in this chat")
        return locale.gettext("✅ Asked for: in this chat")
    if gate is Gate.BEFORE_WATCH:
        return locale.gettext("🛑 Followed: not yet at that time")
    if history.watch_id is not None and history.followed_at is not None:
        return locale.gettext(
            "✅ Followed: {wallet}, since {time}",
            wallet=wallet_name(history.label, subject_of(history.event)),
            time=moment(history.followed_at, now),
        )
    if gate is not None:
        return locale.gettext("🛑 Followed: not any more")
    return locale.gettext("🛑 Followed: no, not in this chat")


def _rules(history: AlertHistory, *, locale: Locale = ENGLISH) -> list[str]:
    delivery = history.delivery
    if delivery is None:
        waiting = history.watch_id is not None and not history.decided
        if waiting:
            return [locale.gettext("⏳ Rules: not checked yet")]
        return [locale.gettext("➖ Rules: not checked")]
    if delivery.reasons.outranks:
        return [locale.gettext("✅ 💼 You hold this token: it comes past your rules and quiet hours")]
    lines = []
    asked = rules_of(history.event).asked(history.event)
    for gate, _ in GATES:
        text = gate_words(gate, history.event, delivery.reasons, locale=locale)
        if gate is delivery.gate:
            lines.append(f"{'🌙' if delivery.state in _DEFERRED else '🛑'} {text}")
            if gate not in DEFERRING:
                return lines
        elif gate in delivery.reasons.unknown:
            lines.append(locale.gettext("❔ {rule}; that was not known, so it passed", rule=text))
        elif gate in asked and _was_set(gate, delivery.reasons):
            lines.append(f"✅ {text}")
    return lines or [locale.gettext("✅ Rules: none are set")]


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


def _delivery(history: AlertHistory, now: datetime, *, locale: Locale = ENGLISH) -> list[str]:
    """Return what became of the alert after the rules."""
    delivery = history.delivery
    if delivery is None or delivery.state is DeliveryState.SUPPRESSED:
        return [locale.gettext(_NO_DELIVERY)]
    is_digested = delivery.state is DeliveryState.DIGESTED
    state = (delivery.digest_state or DeliveryState.AMBIGUOUS) if is_digested else delivery.state
    when = delivery.digest_at if is_digested else delivery.finished_at
    said = _STATES[state](delivery, now, locale)
    if when is not None and state is DeliveryState.SENT:
        seconds = max(0.0, (when - history.happened_at).total_seconds())
        after = locale.gettext("{time} after it happened", time=span(seconds, locale=locale))
        said = f"{said}, {moment(when, now)}, {after}"
    if delivery.attempts > 1:
        said = locale.ngettext(
            "{delivery}, after {number} try",
            "{delivery}, after {number} tries",
            delivery.attempts,
            delivery=said,
        )
    is_urgent = delivery.lane is Lane.URGENT and delivery.state not in _DEFERRED
    lines = [*([_urgent(history.event, locale=locale)] if is_urgent else []), said]
    if delivery.ambiguous_sends:
        lines.append(locale.gettext("♻️ Telegram did not confirm a copy, so there may be two"))
    return lines


def _urgent(event: AlertEvent, *, locale: Locale = ENGLISH) -> str:
    return locale.gettext("⚡ Priority: {reason}", reason=texts_of(event).why_urgent(event, locale))


def _waits(delivery: DecidedDelivery, now: datetime, locale: Locale) -> str:
    if delivery.state is DeliveryState.RETRY:
        return locale.gettext("⏳ Delivery: queued until {time}", time=moment(delivery.due_at, now))
    return locale.gettext("⏳ Delivery: queued")


def _failed(delivery: DecidedDelivery, _: datetime, locale: Locale) -> str:
    reason = clean(delivery.error or locale.gettext("unknown"), limit=_MAX_REASON)
    return locale.gettext("🛑 Delivery: Telegram did not take it ({reason})", reason=escape(reason))


def _sent(delivery: DecidedDelivery, _: datetime, locale: Locale) -> str:
    if delivery.digest_state:
        return locale.gettext("✅ Delivered in a digest")
    return locale.gettext("✅ Delivered")


def _deferred(delivery: DecidedDelivery, now: datetime, locale: Locale) -> str:
    return locale.gettext("🌙 Held until {time}", time=moment(delivery.due_at, now))


_State = Callable[[DecidedDelivery, datetime, Locale], str]


def _always(message: str) -> _State:
    return lambda _, __, locale: locale.gettext(message)


_NO_DELIVERY = gettext_noop("➖ Delivery: none")
_STATES: dict[DeliveryState, _State] = {
    DeliveryState.PENDING: _waits,
    DeliveryState.RETRY: _waits,
    DeliveryState.SENDING: _always(gettext_noop("⏳ Delivery: on its way")),
    DeliveryState.SENT: _sent,
    DeliveryState.DEAD: _failed,
    DeliveryState.UNCONFIRMED: _always(
        gettext_noop("❔ Delivery: Telegram answered no copy; it may not have come")
    ),
    DeliveryState.AMBIGUOUS: _always(
        gettext_noop("❔ Delivery: Telegram did not answer; it probably stands in this chat")
    ),
    DeliveryState.DEFERRED: _deferred,
    DeliveryState.DIGESTED: _always(gettext_noop("🌙 In a digest")),
    DeliveryState.SUPPRESSED: _always(_NO_DELIVERY),
}
