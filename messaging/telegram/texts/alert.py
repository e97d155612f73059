"""The message of an alert: what all kinds have in common, and the table of their texts. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.alerts.kinds import AlertEvent, AlertKind, kind_of
from domain.rules.gates import Gate, Reasons
from domain.rules.tiers import near_mark
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.texts.activity import ACTIVITY_TEXTS
from messaging.telegram.texts.alert_kind import AlertFacts, AlertTexts
from messaging.telegram.texts.mine import HOLDER_NOTE
from messaging.telegram.texts.pattern import PATTERN_TEXTS
from messaging.telegram.texts.price_alert import PRICE_TEXTS
from messaging.telegram.texts.safety import SAFETY_TEXTS
from messaging.telegram.texts.times import span_in_minutes
from messaging.telegram.texts.token_trade import TOKEN_TRADE_TEXTS

ALERT_TEXTS: Mapping[AlertKind, AlertTexts[Any]] = MappingProxyType(
    {
        AlertKind.ACTIVITY: ACTIVITY_TEXTS,
        AlertKind.PRICE: PRICE_TEXTS,
        AlertKind.SAFETY: SAFETY_TEXTS,
        AlertKind.PATTERN: PATTERN_TEXTS,
        AlertKind.TOKEN_TRADE: TOKEN_TRADE_TEXTS,
    }
)

POSSIBLE_REPEAT = gettext_noop("♻️ Possible repeat: Telegram did not confirm the first copy")
LATE_SECONDS = 60.0
"""An alert older than this says how late it is."""
REVERTED = gettext_noop("❌ <b>Reverted:</b> no block of the chain holds this, so it did not happen")
"""The first line of an alert that was sent by the claim of a stream, and that no block confirmed."""


def reverted_sign(*, locale: Locale = ENGLISH) -> str:
    """Before such an event among others."""
    return f"❌ {locale.gettext('reverted')}: "


def texts_of(event: AlertEvent) -> AlertTexts[Any]:
    """The texts of an event's kind."""
    return ALERT_TEXTS[kind_of(event)]


def alert_text(facts: AlertFacts[AlertEvent]) -> str:
    """The message as Telegram HTML, under 4,096 characters."""
    first = [facts.locale.gettext(REVERTED)] if facts.reverted else []
    lines = [*first, headline(facts), *_warnings(facts), *texts_of(facts.event).details(facts)]
    return "\n".join(line for line in lines if line)


def headline(facts: AlertFacts[AlertEvent]) -> str:
    """The first line: who did what."""
    return texts_of(facts.event).headline(facts)


def reverted_text(facts: AlertFacts[AlertEvent]) -> str:
    """The line for those whose message cannot be edited."""
    return f"{facts.locale.gettext(REVERTED)}\n{headline(facts)}"


def event_lines(facts: AlertFacts[AlertEvent]) -> str:
    """The same event among others: what happened, and exactly what and where, in two lines."""
    return "\n".join([f"{_sign(facts)}{headline(facts)}\n{texts_of(facts.event).line(facts)}", *facts.notes])


def event_words(facts: AlertFacts[AlertEvent]) -> str:
    """Return what an event has in common with others of its sort: who did what with which token."""
    return f"{_sign(facts)}{texts_of(facts.event).words(facts)}"


def subject_mint(event: AlertEvent) -> str | None:
    """The token that an event is about, which its buttons scan and copy; None: there is none."""
    return texts_of(event).mint(event)


def _sign(facts: AlertFacts[AlertEvent]) -> str:
    return reverted_sign(locale=facts.locale) if facts.reverted else ""


def _warnings(facts: AlertFacts[AlertEvent]) -> list[str]:
    warnings = []
    if facts.possible_repeat:
        warnings.append(facts.locale.gettext(POSSIBLE_REPEAT))
    if facts.age > LATE_SECONDS:
        warnings.append(
            facts.locale.gettext("⏱ {time} late", time=span_in_minutes(facts.age, locale=facts.locale))
        )
    return [*warnings, *facts.notes]


def unknown_notes(reasons: Reasons, *, locale: Locale = ENGLISH) -> list[str]:
    """Return what an alert says of rules that could not be checked, in one line; it is sent all the same."""
    notes = [locale.gettext(HOLDER_NOTE)] if reasons.is_holder else []
    if reasons.nearing_limit is not None:
        notes.append(_near_limit(reasons.nearing_limit, locale=locale))
    known = dict.fromkeys(_RULE_WORDS[gate] for gate in reasons.unknown if gate in _RULE_WORDS)
    if not known:
        return notes
    words = ", ".join(map(locale.gettext, known))
    return [*notes, locale.gettext("❔ Not known, so not checked by your rules: {list}", list=words)]


def _near_limit(limit: int, *, locale: Locale = ENGLISH) -> str:
    return locale.ngettext(
        "📏 {used} of {number} alert of this hour are used; beyond {number} they come together at its end",
        "📏 {used} of {number} alerts of this hour are used; beyond {number} they come together at its end",
        limit,
        used=locale.number(near_mark(limit)),
    )


_RULE_WORDS = {
    Gate.BELOW_MINIMUM: gettext_noop("dollars"),
    Gate.ABOVE_MAXIMUM: gettext_noop("dollars"),
    Gate.NOT_FIRST_BUY: gettext_noop("first buy"),
    Gate.NOT_FULL_EXIT: gettext_noop("full exit"),
    Gate.TOO_YOUNG: gettext_noop("token age"),
    Gate.TOO_OLD: gettext_noop("token age"),
    Gate.MARKET_CAP_TOO_LOW: gettext_noop("market cap"),
    Gate.MARKET_CAP_TOO_HIGH: gettext_noop("market cap"),
    Gate.LIQUIDITY_TOO_LOW: gettext_noop("liquidity"),
    Gate.BELOW_PERCENTILE: gettext_noop("its own usual size"),
}
"""What a rule asks for, by the gate that stands for it."""
