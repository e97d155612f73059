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
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, links, wallet_name
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts, AlertTexts
from messaging.telegram.texts.market import percent, short_dollars
from messaging.telegram.texts.times import exact_time_of_day, span_in_minutes

_MINUTE = 60.0
MAX_OWNERS_NAMED = 12
"""Owners that stand in a message, the latest; how many more there are is said."""
PATTERN_NAMES: Mapping[Pattern, str] = {
    Pattern.CONFLUENCE: "bought together",
    Pattern.LEAVING: "leaving together",
    Pattern.ACCUMULATION: "buying in slices",
    Pattern.AWAKENING: "sleeper awake",
    Pattern.MOVE: "moved house",
}
"""What people call each."""


def _token(facts: AlertFacts[PatternFound]) -> str:
    mint = facts.event.mint
    return "" if mint is None else TokenNames(chain=facts.event.chain, symbols=facts.symbols).of(mint)


def _worth(usd: float | None) -> str:
    return "" if usd is None else short_dollars(Decimal(round(usd, 2)))


def _who(facts: AlertFacts[PatternFound]) -> str:
    return wallet_name(facts.label, facts.event.wallet)


def _together(verb: str, facts: AlertFacts[PatternFound]) -> str:
    event = facts.event
    what = f"{_worth(event.usd)} of {_token(facts)}" if event.usd is not None else _token(facts)
    if event.pattern is Pattern.LEAVING:
        what = _token(facts) + (f" with {_worth(event.usd)}" if event.usd is not None else "")
    within = span_in_minutes(max(_MINUTE, event.last_at - event.first_at))
    return f"<b>{len(event.owners)} owners</b> {verb} <b>{what}</b> within {within}"


def _slices(facts: AlertFacts[PatternFound]) -> str:
    event = facts.event
    within = span_in_minutes(max(_MINUTE, event.last_at - event.first_at))
    worth = f": {_worth(event.usd)}" if event.usd is not None else ""
    return f"🧩 <b>{_who(facts)}</b> bought <b>{_token(facts)}</b> {event.times} times in {within}{worth}"


def _awake(facts: AlertFacts[PatternFound]) -> str:
    days = int((facts.event.silent_seconds or 0) // 86_400)
    what = f" · {_worth(facts.event.usd)} of {_token(facts)}" if facts.event.mint else ""
    return (
        f"⏰ <b>{_who(facts)}</b> acts again after {days} days{what if facts.event.usd is not None else ''}"
    )


def _moved(facts: AlertFacts[PatternFound]) -> str:
    event = facts.event
    share = percent(Decimal(round(event.share or 0, 4)))
    to = escape(short(event.to or ""))
    return f"📦 <b>{_who(facts)}</b> moved {share} of what it had, {_worth(event.usd)}, to a new address {to}"


_HEADLINES: Mapping[Pattern, Callable[[AlertFacts[PatternFound]], str]] = {
    Pattern.CONFLUENCE: lambda facts: f"👥 {_together('bought', facts)}",
    Pattern.LEAVING: lambda facts: f"🚪 {_together('left', facts)}",
    Pattern.ACCUMULATION: _slices,
    Pattern.AWAKENING: _awake,
    Pattern.MOVE: _moved,
}


def _headline(facts: AlertFacts[PatternFound]) -> str:
    return _HEADLINES[facts.event.pattern](facts)


def _owner_line(facts: AlertFacts[PatternFound], owner: Owner) -> str:
    named = ", ".join(wallet_name(facts.names.get(wallet, ""), wallet) for wallet in owner.wallets[:4])
    more = len(owner.wallets) - 4
    parts = [
        f"{named}{f' and {more} more' if more > 0 else ''} {_worth(owner.usd)}".rstrip(),
        exact_time_of_day(datetime.fromtimestamp(owner.at, UTC)),
    ]
    if owner.funder is not None:
        parts.append(f"one owner: {escape(short(owner.funder))} paid them")
    elif len(owner.wallets) > 1:
        parts.append("one owner: they paid each other")
    return " · ".join(parts)


def _owners(facts: AlertFacts[PatternFound]) -> list[str]:
    owners = facts.event.owners
    lines = [_owner_line(facts, owner) for owner in owners[-MAX_OWNERS_NAMED:]]
    before = len(owners) - len(lines)
    return [*([f"{before} before them"] if before else []), *lines]


def _evidence(facts: AlertFacts[PatternFound]) -> list[str]:
    """Why the new address is taken for a home."""
    event = facts.event
    times = "1 transfer" if event.times == 1 else f"{event.times} transfers"
    old = "" if event.to_first_at is None else _age(max(0.0, event.first_at - event.to_first_at))
    since = "it has acted by itself since" if event.to_acts else "what came was not sent on"
    return [
        f"{times}{_within(event)} · {old}{since} · no exchange that is known, no hub",
        f"<code>{escape(event.to or '')}</code>",
    ]


def _age(seconds: float) -> str:
    old = "new" if seconds < _MINUTE else f"{span_in_minutes(seconds)} old"
    return f"the address was {old} · "


def _within(event: PatternFound) -> str:
    return "" if event.times == 1 else f" in {span_in_minutes(max(_MINUTE, event.last_at - event.first_at))}"


def _facts_of_one(facts: AlertFacts[PatternFound]) -> list[str]:
    event = facts.event
    if event.pattern is Pattern.MOVE:
        return _evidence(facts)
    if event.pattern is Pattern.ACCUMULATION:
        largest = (
            "" if event.largest is None else f"the largest is {percent(Decimal(round(event.largest, 2)))} · "
        )
        return [f"{largest}nothing sold between"]
    return []


def _details(facts: AlertFacts[PatternFound]) -> Sequence[str]:
    event = facts.event
    when = [exact_time_of_day(facts.happened_at), *links(event.chain, None, event.mint, facts.display)]
    own = _owners(facts) if event.pattern in TOGETHER else _facts_of_one(facts)
    code = [f"<code>{escape(event.mint)}</code>"] if event.mint else []
    return [*own, " · ".join(when), *code]


def _words(facts: AlertFacts[PatternFound]) -> str:
    what = PATTERN_NAMES[facts.event.pattern]
    name = _token(facts) if facts.event.pattern in TOGETHER else _who(facts)
    return f"👥 <b>{name}</b>: {COUNT} × {what}"


def _why_urgent(event: PatternFound) -> str:
    if event.wakes:
        return "owners that you follow leave, or move"
    return "another wallet that you follow holds this token"


PATTERN_TEXTS: AlertTexts[PatternFound] = AlertTexts(
    headline=_headline,
    details=_details,
    line=lambda facts: " · ".join([*_owners(facts)[:3], exact_time_of_day(facts.happened_at)]),
    words=_words,
    sort=lambda event: PATTERN_NAMES[event.pattern],
    seen=lambda event: f"{event.times} times" if event.times > 1 else "once",
    why_urgent=_why_urgent,
    who=lambda label, event: "" if event.pattern in TOGETHER else wallet_name(label, event.wallet),
    lamports=lambda _: 0,
    mint=lambda event: event.mint,
    follow=lambda event: event.to,
    pattern=lambda event: event.pattern,
)
