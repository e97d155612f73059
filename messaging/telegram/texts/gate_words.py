"""What each gate asks for, and what it found, for /why. Pure."""

from collections.abc import Callable
from decimal import Decimal

from domain.alerts.kinds import AlertEvent, rules_of
from domain.rules.decisions import Gate
from domain.rules.gates import Reasons
from domain.rules.rules import Digest
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.texts.alert import texts_of
from messaging.telegram.texts.noise import budget_words, percentile_words
from messaging.telegram.texts.rules import zone_words
from messaging.telegram.texts.times import dollars, duration, hours

_NOTHING = Decimal(0)
_Words = Callable[[AlertEvent, Reasons, Locale], str]


def gate_words(gate: Gate, event: AlertEvent, reasons: Reasons, *, locale: Locale = ENGLISH) -> str:
    """Return what a gate asks for, with what was found.

    Args:
        gate: any but the one that lets everything through.
        event: that came to it.
        reasons: the rules and facts of that moment.
        locale: of who reads it.
    """
    known = _SENTENCES.get(gate)
    return _WORDS[gate](event, reasons, locale) if known is None else locale.gettext(known)


_SENTENCES: dict[Gate, str] = {
    Gate.REVERTED: gettext_noop("Chain: its block was dropped, so it did not happen"),
    Gate.CHAT_CLOSED: gettext_noop("Chat: the bot could not write here at that time"),
    Gate.BEFORE_WATCH: gettext_noop("Followed: not yet at that time"),
    Gate.WALLET_BANNED: gettext_noop("Wallet: operators have blocked it, so nobody may follow it"),
    Gate.OVER_WATCH_LIMIT: gettext_noop("Limit: more wallets were followed than allowed, the newest pause"),
    Gate.PAUSED: gettext_noop("Pause: all alerts were paused"),
    Gate.MUTED: gettext_noop("Mute: the wallet was muted"),
    Gate.TOKEN_MUTED: gettext_noop("Mute: the token was muted"),
    Gate.LOOK_ALIKE: gettext_noop("Spam: the sender only looks like an address that this wallet deals with"),
    Gate.LINK_NAME: gettext_noop("Spam: a token that is called like a website came in unasked"),
    Gate.SPAM: gettext_noop("Spam: a token of no known value came in unasked"),
    Gate.TOKEN_NOT_LISTED: gettext_noop("Only some tokens"),
    Gate.TOKEN_EXCLUDED: gettext_noop("Excluded tokens"),
    Gate.NOT_FIRST_BUY: gettext_noop("Only the first buy of a token"),
    Gate.NOT_FULL_EXIT: gettext_noop("Only full exits"),
}


def _with_dollars(words: str, found: Decimal | None, locale: Locale) -> str:
    if found is None:
        return words
    return locale.gettext("{rule}: it was {dollars}", rule=words, dollars=dollars(found, locale=locale))


def _dust(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    return _with_dollars(locale.gettext("Dust: less than $1 moved"), reasons.usd, locale)


def _minimum(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    lowest = dollars(reasons.rules.min_usd or _NOTHING, locale=locale)
    return _with_dollars(locale.gettext("Minimum {dollars}", dollars=lowest), reasons.usd, locale)


def _maximum(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    highest = dollars(reasons.rules.max_usd or _NOTHING, locale=locale)
    return _with_dollars(locale.gettext("Maximum {dollars}", dollars=highest), reasons.usd, locale)


def _kind(event: AlertEvent, _: Reasons, locale: Locale) -> str:
    return locale.gettext("Muted type: {kind}", kind=texts_of(event).sort(event, locale))


def _pattern(event: AlertEvent, _: Reasons, locale: Locale) -> str:
    return locale.gettext("Pattern turned off: {pattern}", pattern=texts_of(event).sort(event, locale))


def _blast(event: AlertEvent, _: Reasons, locale: Locale) -> str:
    activity = rules_of(event).activity(event)
    if activity is None:
        return locale.gettext("Spam: many wallets got the same at once")
    return locale.ngettext(
        "Spam: {number} wallet got the same at once",
        "Spam: {number} wallets got the same at once",
        activity.recipients,
    )


def _with_age(words: str, reasons: Reasons, locale: Locale) -> str:
    if reasons.age_seconds is None:
        return words
    old = duration(reasons.age_seconds, locale=locale)
    return locale.gettext("{rule}: it was {age} old", rule=words, age=old)


def _young(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    bound = duration(reasons.rules.min_age_seconds or 0, locale=locale)
    return _with_age(locale.gettext("Token at least as old as {age}", age=bound), reasons, locale)


def _old(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    bound = duration(reasons.rules.max_age_seconds or 0, locale=locale)
    return _with_age(locale.gettext("Token at most as old as {age}", age=bound), reasons, locale)


def _small_cap(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    bound = dollars(reasons.rules.min_market_cap or _NOTHING, locale=locale)
    words = locale.gettext("Market cap of at least {dollars}", dollars=bound)
    return _with_dollars(words, reasons.market_cap, locale)


def _large_cap(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    bound = dollars(reasons.rules.max_market_cap or _NOTHING, locale=locale)
    words = locale.gettext("Market cap of at most {dollars}", dollars=bound)
    return _with_dollars(words, reasons.market_cap, locale)


def _liquidity(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    bound = dollars(reasons.rules.min_liquidity or _NOTHING, locale=locale)
    words = locale.gettext("Liquidity of at least {dollars}", dollars=bound)
    return _with_dollars(words, reasons.liquidity, locale)


def _quiet(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    settings = reasons.settings
    if settings.quiet is None:
        return locale.gettext("Quiet hours")
    zone = zone_words(settings.zone, locale=locale)
    return locale.gettext("Quiet hours {hours}, {zone}", hours=hours(settings.quiet), zone=zone)


def _digest(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    digest = reasons.settings.digest
    if digest is Digest.HOURLY:
        return locale.gettext("Digest, hourly")
    return locale.gettext("Digest, daily") if digest is Digest.DAILY else locale.gettext("Digest, off")


def _hour(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    return locale.gettext("At most {limit} an hour", limit=reasons.settings.per_hour)


def _tier(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    limit = reasons.hourly_limit
    if limit is None:
        return locale.gettext("Hourly limit of this chat, set by the operator")
    return locale.gettext(
        "Hourly limit of this chat, set by the operator: {limit} an hour", limit=locale.number(limit)
    )


def _busy(_: AlertEvent, reasons: Reasons, locale: Locale) -> str:
    return locale.ngettext(
        "Busy wallet: more than {number} event in that hour",
        "Busy wallet: more than {number} events in that hour",
        reasons.settings.busy_above,
    )


_WORDS: dict[Gate, _Words] = {
    Gate.KIND_OFF: _kind,
    Gate.PATTERN_OFF: _pattern,
    Gate.DUST: _dust,
    Gate.BLAST: _blast,
    Gate.BELOW_MINIMUM: _minimum,
    Gate.ABOVE_MAXIMUM: _maximum,
    Gate.TOO_YOUNG: _young,
    Gate.TOO_OLD: _old,
    Gate.MARKET_CAP_TOO_LOW: _small_cap,
    Gate.MARKET_CAP_TOO_HIGH: _large_cap,
    Gate.LIQUIDITY_TOO_LOW: _liquidity,
    Gate.QUIET: _quiet,
    Gate.DIGEST: _digest,
    Gate.BELOW_PERCENTILE: lambda _, reasons, locale: percentile_words(reasons, locale=locale),
    Gate.BUDGET: lambda _, reasons, locale: budget_words(reasons, locale=locale),
    Gate.HOUR_FULL: _hour,
    Gate.TIER_FULL: _tier,
    Gate.WALLET_BUSY: _busy,
}
