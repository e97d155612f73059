"""The alert of a token that became dangerous, as an answer to the alert by which the chat heard of it. Pure.

🚨 WIF lost its liquidity: $4.4M → $12K
Its mint made 40% more of it
14:03:07 · Chart · slot 341,220,118
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from domain.alerts.kinds import AlertKind
from domain.security.safety import Danger, SafetyChanged, newly_frozen
from messaging.languages.locale import Locale, ngettext_noop
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, links
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts, AlertTexts
from messaging.telegram.texts.market import percent, short_dollars
from messaging.telegram.texts.times import exact_time_of_day, slot_words

_Phrase = Callable[[SafetyChanged, str, Locale], str]
"""The sentence of a danger: the event, the token that it names, and of who reads it."""


def _liquidity(event: SafetyChanged, token: str, locale: Locale) -> str:
    before, after = event.before.liquidity or Decimal(0), event.after.liquidity or Decimal(0)
    fall = f"{short_dollars(before, locale=locale)} → {short_dollars(after, locale=locale)}"
    return locale.gettext("{token} lost its liquidity: {fall}", token=token, fall=fall)


def _minted(event: SafetyChanged, token: str, locale: Locale) -> str:
    before, after = event.before.supply, event.after.supply
    if before <= 0:
        return locale.gettext("{token} was minted again", token=token)
    more = percent(Decimal(after - before) / before, locale=locale)
    return locale.gettext("{token} was minted again: {percent} more of it", token=token, percent=more)


def _frozen_holders(event: SafetyChanged, token: str, locale: Locale) -> str:
    number = len(newly_frozen(event.before, event.after))
    return locale.ngettext(
        "{token} was frozen in a followed wallet: freeze abuse, any holder may be next",
        "{token} was frozen in {number} followed wallets: freeze abuse, any holder may be next",
        number,
        token=token,
    )


def _fee(event: SafetyChanged, token: str, locale: Locale) -> str:
    now, before = (locale.percent(f"{(side.fee or 0) / 100:g}") for side in (event.after, event.before))
    return locale.gettext(
        "{token} takes {percent} of each transfer now, {before} before",
        token=token,
        percent=now,
        before=before,
    )


def _frozen(_: SafetyChanged, token: str, locale: Locale) -> str:
    return locale.gettext("{token} is frozen: it cannot be sold at present", token=token)


def _left(_: SafetyChanged, token: str, locale: Locale) -> str:
    return locale.gettext("{token} was left by its creator, who sold or moved all of it", token=token)


def _hook(_: SafetyChanged, token: str, locale: Locale) -> str:
    return locale.gettext(
        "{token} asks another program at each transfer now, which may refuse sales", token=token
    )


_PHRASES: Mapping[Danger, _Phrase] = {
    Danger.LIQUIDITY: _liquidity,
    Danger.FROZEN: _frozen,
    Danger.HOLDERS: _frozen_holders,
    Danger.REMINTED: _minted,
    Danger.FEE: _fee,
    Danger.CREATOR: _left,
    Danger.HOOK: _hook,
}


def _name(facts: AlertFacts[SafetyChanged]) -> str:
    return TokenNames(chain=facts.event.chain, symbols=facts.symbols, locale=facts.locale).of(
        facts.event.mint
    )


def _headline(facts: AlertFacts[SafetyChanged]) -> str:
    first = facts.event.dangers[0]
    return f"🚨 {_PHRASES[first](facts.event, f'<b>{_name(facts)}</b>', facts.locale)}"


def _details(facts: AlertFacts[SafetyChanged]) -> Sequence[str]:
    event, name, locale = facts.event, _name(facts), facts.locale
    when = [
        exact_time_of_day(facts.happened_at),
        *links(event.chain, None, event.mint, facts.display, locale=locale),
        _slot(event, facts.locale),
    ]
    others = [f"🚨 {_PHRASES[danger](event, name, locale)}" for danger in event.dangers[1:]]
    return [*others, " · ".join(when), f"<code>{escape(event.mint)}</code>"]


def _slot(event: SafetyChanged, locale: Locale) -> str:
    return slot_words(event.after.slot, locale=locale)


def _why_urgent(_: SafetyChanged, locale: Locale) -> str:
    return locale.gettext("a token that you were alerted on became dangerous")


SAFETY_TEXTS: AlertTexts[SafetyChanged] = AlertTexts(
    headline=_headline,
    details=_details,
    line=lambda facts: f"{_slot(facts.event, facts.locale)} · {exact_time_of_day(facts.happened_at)}",
    words=lambda facts: f"🚨 <b>{_name(facts)}</b>: {COUNT} × {facts.locale.gettext('danger')}",
    sort=lambda _, locale: locale.gettext("danger"),
    seen=_slot,
    why_urgent=_why_urgent,
    who=lambda _, __: "",
    lamports=lambda _: 0,
    mint=lambda event: event.mint,
    counted={AlertKind.SAFETY.value: ngettext_noop("{number} danger", "{number} dangers")},
)
