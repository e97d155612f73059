"""The alert of a pattern: what followed wallets did together, or unlike themselves. Pure.

👥 3 owners bought $48.2K of WIF within 12 min
Ahab $15.9K · 14:03:07
Bela, Bela-2 $20K · 14:05:40 · one owner: 7vfC…voxs paid them
Toly-2 $12.3K · 14:15:02
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from domain.activity.addresses import short
from domain.patterns.found import TOGETHER, Owner, Pattern, PatternFound
from messaging.languages.locale import ENGLISH, Locale, gettext_noop, ngettext_noop
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, links, wallet_name
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts, AlertTexts
from messaging.telegram.texts.market import percent, short_dollars
from messaging.telegram.texts.times import exact_time_of_day, span_in_minutes

_MINUTE = 60.0
MAX_OWNERS_NAMED = 12
"""Owners that stand in a message, the latest; how many more there are is said."""
PATTERN_NAMES: Mapping[Pattern, str] = {
    Pattern.CONFLUENCE: gettext_noop("bought together"),
    Pattern.LEAVING: gettext_noop("leaving together"),
    Pattern.ACCUMULATION: gettext_noop("buying in slices"),
    Pattern.AWAKENING: gettext_noop("sleeper awake"),
    Pattern.MOVE: gettext_noop("moved house"),
}
"""What people call each, in English."""
_TITLES: Mapping[Pattern, str] = {
    Pattern.CONFLUENCE: gettext_noop("Bought together"),
    Pattern.LEAVING: gettext_noop("Leaving together"),
    Pattern.ACCUMULATION: gettext_noop("Buying in slices"),
    Pattern.AWAKENING: gettext_noop("Sleeper awake"),
    Pattern.MOVE: gettext_noop("Moved house"),
}


def pattern_name(pattern: Pattern, *, locale: Locale = ENGLISH) -> str:
    """Within a sentence: `bought together`."""
    return locale.gettext(PATTERN_NAMES[pattern])


def pattern_title(pattern: Pattern, *, locale: Locale = ENGLISH) -> str:
    """For a button: `Bought together`."""
    return locale.gettext(_TITLES[pattern])


def _token(facts: AlertFacts[PatternFound]) -> str:
    mint = facts.event.mint
    return (
        ""
        if mint is None
        else TokenNames(chain=facts.event.chain, symbols=facts.symbols, locale=facts.locale).of(mint)
    )


def _worth(usd: float | None, *, locale: Locale = ENGLISH) -> str:
    return "" if usd is None else short_dollars(Decimal(round(usd, 2)), locale=locale)


def _who(facts: AlertFacts[PatternFound]) -> str:
    return wallet_name(facts.label, facts.event.wallet)


def _within(event: PatternFound, locale: Locale) -> str:
    """The time from its first part to its last."""
    return span_in_minutes(max(_MINUTE, event.last_at - event.first_at), locale=locale)


def _values(facts: AlertFacts[PatternFound]) -> dict[str, str]:
    event, locale = facts.event, facts.locale
    worth = _worth(event.usd, locale=locale)
    return {"token": _token(facts), "dollars": worth, "time": _within(event, locale)}


def _met(facts: AlertFacts[PatternFound]) -> str:
    event, locale, values = facts.event, facts.locale, _values(facts)
    if event.usd is None:
        return locale.ngettext(
            "👥 <b>{number} owner</b> bought <b>{token}</b> within {time}",
            "👥 <b>{number} owners</b> bought <b>{token}</b> within {time}",
            len(event.owners),
            **values,
        )
    return locale.ngettext(
        "👥 <b>{number} owner</b> bought <b>{dollars} of {token}</b> within {time}",
        "👥 <b>{number} owners</b> bought <b>{dollars} of {token}</b> within {time}",
        len(event.owners),
        **values,
    )


def _left(facts: AlertFacts[PatternFound]) -> str:
    event, locale, values = facts.event, facts.locale, _values(facts)
    if event.usd is None:
        return locale.ngettext(
            "🚪 <b>{number} owner</b> left <b>{token}</b> within {time}",
            "🚪 <b>{number} owners</b> left <b>{token}</b> within {time}",
            len(event.owners),
            **values,
        )
    return locale.ngettext(
        "🚪 <b>{number} owner</b> left <b>{token} with {dollars}</b> within {time}",
        "🚪 <b>{number} owners</b> left <b>{token} with {dollars}</b> within {time}",
        len(event.owners),
        **values,
    )


def _slices(facts: AlertFacts[PatternFound]) -> str:
    event, locale = facts.event, facts.locale
    said = locale.ngettext(
        "🧩 <b>{who}</b> bought <b>{token}</b> {number} time in {time}",
        "🧩 <b>{who}</b> bought <b>{token}</b> {number} times in {time}",
        event.times,
        who=_who(facts),
        token=_token(facts),
        time=_within(event, locale),
    )
    return said if event.usd is None else f"{said}: {_worth(event.usd, locale=locale)}"


def _awake(facts: AlertFacts[PatternFound]) -> str:
    said = _after_days(facts, int((facts.event.silent_seconds or 0) // 86_400))
    if facts.event.usd is None or not facts.event.mint:
        return said
    worth = facts.locale.gettext(
        "{dollars} of {token}", dollars=_worth(facts.event.usd, locale=facts.locale), token=_token(facts)
    )
    return f"{said} · {worth}"


def _after_days(facts: AlertFacts[PatternFound], days: int) -> str:
    if facts.event.silent_at_least:
        return facts.locale.ngettext(
            "⏰ <b>{who}</b> acts again after {number} day or more",
            "⏰ <b>{who}</b> acts again after {number} days or more",
            days,
            who=_who(facts),
        )
    return facts.locale.ngettext(
        "⏰ <b>{who}</b> acts again after {number} day",
        "⏰ <b>{who}</b> acts again after {number} days",
        days,
        who=_who(facts),
    )


def _moved(facts: AlertFacts[PatternFound]) -> str:
    event = facts.event
    return facts.locale.gettext(
        "📦 <b>{who}</b> moved {percent} of what it had, {dollars}, to a new address {address}",
        who=_who(facts),
        percent=percent(Decimal(round(event.share or 0, 4)), locale=facts.locale),
        dollars=_worth(event.usd, locale=facts.locale),
        address=escape(short(event.to or "")),
    )


_HEADLINES: Mapping[Pattern, Callable[[AlertFacts[PatternFound]], str]] = {
    Pattern.CONFLUENCE: _met,
    Pattern.LEAVING: _left,
    Pattern.ACCUMULATION: _slices,
    Pattern.AWAKENING: _awake,
    Pattern.MOVE: _moved,
}


def _headline(facts: AlertFacts[PatternFound]) -> str:
    return _HEADLINES[facts.event.pattern](facts)


def _owner_line(facts: AlertFacts[PatternFound], owner: Owner) -> str:
    named = ", ".join(wallet_name(facts.names.get(wallet, ""), wallet) for wallet in owner.wallets[:4])
    if (more := len(owner.wallets) - 4) > 0:
        named = facts.locale.ngettext(
            "{list} and {number} more", "{list} and {number} more", more, list=named
        )
    parts = [
        f"{named} {_worth(owner.usd, locale=facts.locale)}".rstrip(),
        exact_time_of_day(datetime.fromtimestamp(owner.at, UTC)),
    ]
    if owner.funder is not None:
        payer = escape(short(owner.funder))
        parts.append(facts.locale.gettext("one owner: {address} paid them", address=payer))
    elif len(owner.wallets) > 1:
        parts.append(facts.locale.gettext("one owner: they paid each other"))
    return " · ".join(parts)


def _owners(facts: AlertFacts[PatternFound]) -> list[str]:
    owners = facts.event.owners
    lines = [_owner_line(facts, owner) for owner in owners[-MAX_OWNERS_NAMED:]]
    before = len(owners) - len(lines)
    if before:
        lines.insert(0, facts.locale.ngettext("{number} before them", "{number} before them", before))
    return lines


def _evidence(facts: AlertFacts[PatternFound]) -> list[str]:
    """Why the new address is taken for a home."""
    event, locale = facts.event, facts.locale
    times = locale.ngettext("{number} transfer", "{number} transfers", event.times)
    if event.times != 1:
        times = locale.gettext("{transfers} in {time}", transfers=times, time=_within(event, locale))
    parts = [times]
    if event.to_first_at is not None:
        parts.append(_age(max(0.0, event.first_at - event.to_first_at), locale=locale))
    if event.to_acts:
        parts.append(locale.gettext("it has acted by itself since"))
    else:
        parts.append(locale.gettext("what came was not sent on"))
    parts.append(locale.gettext("no exchange that is known, no hub"))
    if event.unpriced:
        parts.append(
            locale.ngettext(
                "{number} token that it kept is traded nowhere and counts as nothing",
                "{number} tokens that it kept are traded nowhere and count as nothing",
                event.unpriced,
            )
        )
    return [" · ".join(parts), f"<code>{escape(event.to or '')}</code>"]


def _age(seconds: float, *, locale: Locale) -> str:
    if seconds < _MINUTE:
        return locale.gettext("the address was new")
    return locale.gettext("the address was {time} old", time=span_in_minutes(seconds, locale=locale))


def _facts_of_one(facts: AlertFacts[PatternFound]) -> list[str]:
    event = facts.event
    if event.pattern is Pattern.MOVE:
        return _evidence(facts)
    if event.pattern is Pattern.ACCUMULATION:
        parts = [facts.locale.gettext("nothing sold between")]
        if event.largest is not None:
            largest = percent(Decimal(round(event.largest, 2)), locale=facts.locale)
            parts.insert(0, facts.locale.gettext("the largest is {percent}", percent=largest))
        return [" · ".join(parts)]
    return []


def _details(facts: AlertFacts[PatternFound]) -> Sequence[str]:
    event = facts.event
    when = [
        exact_time_of_day(facts.happened_at),
        *links(event.chain, None, event.mint, facts.display, locale=facts.locale),
    ]
    own = _owners(facts) if event.pattern in TOGETHER else _facts_of_one(facts)
    code = [f"<code>{escape(event.mint)}</code>"] if event.mint else []
    return [*own, " · ".join(when), *code]


def _words(facts: AlertFacts[PatternFound]) -> str:
    what = pattern_name(facts.event.pattern, locale=facts.locale)
    name = _token(facts) if facts.event.pattern in TOGETHER else _who(facts)
    return f"👥 <b>{name}</b>: {COUNT} × {what}"


def _why_urgent(event: PatternFound, locale: Locale) -> str:
    if event.wakes:
        return locale.gettext("owners that you follow leave, or move")
    return locale.gettext("another wallet that you follow holds this token")


def _seen(event: PatternFound, locale: Locale) -> str:
    if event.times == 1:
        return locale.gettext("once")
    return locale.ngettext("{number} time", "{number} times", event.times)


PATTERN_TEXTS: AlertTexts[PatternFound] = AlertTexts(
    headline=_headline,
    details=_details,
    line=lambda facts: " · ".join([*_owners(facts)[:3], exact_time_of_day(facts.happened_at)]),
    words=_words,
    sort=lambda event, locale: pattern_name(event.pattern, locale=locale),
    seen=_seen,
    why_urgent=_why_urgent,
    who=lambda label, event: "" if event.pattern in TOGETHER else wallet_name(label, event.wallet),
    lamports=lambda _: 0,
    mint=lambda event: event.mint,
    follow=lambda event: event.to,
    pattern=lambda event: event.pattern,
    counted={
        Pattern.CONFLUENCE: ngettext_noop("{number} confluence", "{number} confluences"),
        Pattern.LEAVING: ngettext_noop("{number} leaving together", "{number} times leaving together"),
        Pattern.ACCUMULATION: ngettext_noop("{number} buying in slices", "{number} times buying in slices"),
        Pattern.AWAKENING: ngettext_noop("{number} awakening", "{number} awakenings"),
        Pattern.MOVE: ngettext_noop("{number} moved house", "{number} times moved house"),
    },
)
