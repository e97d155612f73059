"""The alert of a token that became dangerous, as an answer to the alert by which the chat heard of it. Pure.

🚨 WIF lost its liquidity: $4.4M → $12K
Its mint made 40% more of it
14:03:07 · Chart · slot 341,220,118
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from domain.security.safety import Danger, SafetyChanged, newly_frozen
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, links
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts, AlertTexts
from messaging.telegram.texts.market import percent, short_dollars
from messaging.telegram.texts.times import exact_time_of_day


def _liquidity(event: SafetyChanged) -> str:
    before, after = event.before.liquidity or Decimal(0), event.after.liquidity or Decimal(0)
    return f"lost its liquidity: {short_dollars(before)} → {short_dollars(after)}"


def _minted(event: SafetyChanged) -> str:
    before, after = event.before.supply, event.after.supply
    if before <= 0:
        return "was minted again"
    return f"was minted again: {percent(Decimal(after - before) / before)} more of it"


def _frozen_holders(event: SafetyChanged) -> str:
    number = len(newly_frozen(event.before, event.after))
    who = "a followed wallet" if number == 1 else f"{number} followed wallets"
    return f"was frozen in {who}: freeze abuse, any holder may be next"


def _fee(event: SafetyChanged) -> str:
    before, after = event.before.fee or 0, event.after.fee or 0
    return f"takes {after / 100:g}% of each transfer now, {before / 100:g}% before"


_WORDS: Mapping[Danger, Callable[[SafetyChanged], str]] = {
    Danger.LIQUIDITY: _liquidity,
    Danger.FROZEN: lambda _: "is frozen: it cannot be sold at present",
    Danger.HOLDERS: _frozen_holders,
    Danger.REMINTED: _minted,
    Danger.FEE: _fee,
    Danger.CREATOR: lambda _: "was left by its creator, who sold or moved all of it",
}


def _name(facts: AlertFacts[SafetyChanged]) -> str:
    return TokenNames(chain=facts.event.chain, symbols=facts.symbols).of(facts.event.mint)


def _headline(facts: AlertFacts[SafetyChanged]) -> str:
    first = facts.event.dangers[0]
    return f"🚨 <b>{_name(facts)}</b> {_WORDS[first](facts.event)}"


def _details(facts: AlertFacts[SafetyChanged]) -> Sequence[str]:
    event = facts.event
    when = [
        exact_time_of_day(facts.happened_at),
        *links(event.chain, None, event.mint, facts.display),
        f"slot {event.after.slot:,}",
    ]
    others = [f"It also {_WORDS[danger](event)}" for danger in event.dangers[1:]]
    return [*others, " · ".join(when), f"<code>{escape(event.mint)}</code>"]


SAFETY_TEXTS: AlertTexts[SafetyChanged] = AlertTexts(
    headline=_headline,
    details=_details,
    line=lambda facts: f"slot {facts.event.after.slot:,} · {exact_time_of_day(facts.happened_at)}",
    words=lambda facts: f"🚨 <b>{_name(facts)}</b>: {COUNT} × danger",
    sort=lambda _: "danger",
    seen=lambda event: f"slot {event.after.slot:,}",
    why_urgent=lambda _: "a token that you were alerted on became dangerous",
    who=lambda _, __: "",
    lamports=lambda _: 0,
    mint=lambda event: event.mint,
)
