"""Rules, as followers see them, and what a chat is asked before all is deleted. Pure."""

from domain.activity.addresses import short
from domain.rules.rehearsal import Rehearsal
from domain.rules.rules import Rules, Watch
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.escaping import escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.rule_words import (
    age_words,
    conflicts,
    kinds_line,
    largest_words,
    limit_words,
    mints_words,
    range_words,
    rule_examples,
    switch_words,
)
from messaging.telegram.texts.times import dollars

_OFFSETS = "Etc/GMT"
"""Before the hours of a zone that is an offset, counted westwards."""
_OF_ONE = gettext_noop("↩️ Rules for {name} were reset."), gettext_noop("<b>Rules for {name}</b>")
_OF_ALL = gettext_noop("↩️ Rules for all wallets were reset."), gettext_noop("<b>Rules for all wallets</b>")


def rules_text(
    watch: Watch | None,
    rules: Rules,
    *,
    tag: str = "",
    is_reset: bool = False,
    last_week: str = "",
    locale: Locale = ENGLISH,
) -> str:
    """Return what counts for a watch, or for all wallets that have no rules of their own.

    Args:
        watch: whose rules; None: those for all.
        rules: what counts.
        tag: whose rules, where it is no watch's; empty: all wallets'.
        is_reset: whether they were reset just now.
        last_week: what they would have brought, as Telegram HTML.
        locale: of who reads it.
    """
    name, example = _scope(watch, tag, locale=locale)
    return "\n".join(
        [
            *_title(name, is_reset=is_reset, locale=locale),
            *_limits(rules, locale=locale),
            *_tokens(rules, locale=locale),
            *conflicts(rules, locale=locale),
            *(["", last_week] if last_week else []),
            "",
            locale.gettext("If a price or age is unknown, you still get the alert."),
            locale.gettext("Or type, e.g.: {examples}", examples=rule_examples(example)),
        ]
    )


def _title(name: str, *, is_reset: bool, locale: Locale) -> list[str]:
    reset, title = _OF_ONE if name else _OF_ALL
    said = [locale.gettext(title, name=name)]
    return [locale.gettext(reset, name=name), *said] if is_reset else said


def _limits(rules: Rules, *, locale: Locale) -> list[str]:
    only = {
        "first": switch_words(rules.first_buy_only, locale=locale),
        "exit": switch_words(rules.full_exit_only, locale=locale),
    }
    age = age_words(rules.min_age_seconds, rules.max_age_seconds, locale=locale)
    market_cap = range_words(rules.min_market_cap, rules.max_market_cap, locale=locale)
    return [
        locale.gettext(
            "Minimum: {minimum} · maximum: {maximum}",
            minimum=limit_words(rules.min_usd, locale=locale),
            maximum=limit_words(rules.max_usd, locale=locale),
        ),
        *largest_words(rules, locale=locale),
        kinds_line(rules, locale=locale),
        locale.gettext("First buys only: {switch}", switch=only["first"]),
        locale.gettext("Full exits only: {switch}", switch=only["exit"]),
        locale.gettext("Token age: {span}", span=age),
        locale.gettext("Market cap: {range}", range=market_cap),
        locale.gettext("Least liquidity: {limit}", limit=limit_words(rules.min_liquidity, locale=locale)),
    ]


def _tokens(rules: Rules, *, locale: Locale) -> list[str]:
    lines = []
    if rules.only_tokens:
        mints = mints_words(rules.only_tokens, locale=locale)
        lines.append(locale.gettext("Only these tokens: {mints}", mints=mints))
    if rules.never_tokens:
        mints = mints_words(rules.never_tokens, locale=locale)
        lines.append(locale.gettext("Never these tokens: {mints}", mints=mints))
    return lines


def _scope(watch: Watch | None, tag: str, *, locale: Locale = ENGLISH) -> tuple[str, str]:
    """Return whose rules they are, empty: all wallets', and how one writes that."""
    if watch is not None:
        wallet = escape(watch.label or short(watch.wallet))
        return wallet_name(watch.label, watch.wallet), f"/rules {wallet}"
    if tag:
        return locale.gettext("wallets tagged {tag}", tag=f"#{tag}"), f"/rules #{tag}"
    return "", "/rules"


def rehearsal_text(rehearsal: Rehearsal, busiest: Watch | None, *, locale: Locale = ENGLISH) -> str:
    """`Last week: 41 alerts, 38 of them from Ahab. With a minimum of $2,000: 9.`; empty: nothing happened.

    Args:
        rehearsal: what the week would have brought.
        busiest: the watch of the busiest wallet; None: not known any more.
        locale: of who reads it.
    """
    if not rehearsal.number:
        return ""
    if rehearsal.is_cut:
        text = locale.ngettext(
            "🎬 Last week: at least {number} alert",
            "🎬 Last week: at least {number} alerts",
            rehearsal.number,
        )
    else:
        text = locale.ngettext(
            "🎬 Last week: {number} alert", "🎬 Last week: {number} alerts", rehearsal.number
        )
    if busiest is not None and _is_majority(rehearsal):
        part = locale.ngettext(
            "{number} of them from {wallet}",
            "{number} of them from {wallet}",
            rehearsal.of_busiest,
            wallet=wallet_name(busiest.label, busiest.wallet),
        )
        text = f"{text}, {part}"
    if rehearsal.minimum is None:
        return f"{text}."
    quieter = locale.gettext(
        "With a minimum of {dollars}: {number}.",
        dollars=dollars(rehearsal.minimum, locale=locale),
        number=locale.number(rehearsal.with_minimum),
    )
    return f"{text}. {quieter}"


def patterns_counted(number: int, *, locale: Locale = ENGLISH) -> str:
    """Beside the alerts of last week, the patterns; empty: there were none."""
    if not number:
        return ""
    return " " + locale.ngettext(
        "And {number} pattern: /patterns", "And {number} patterns: /patterns", number
    )


def _is_majority(rehearsal: Rehearsal) -> bool:
    return rehearsal.number > rehearsal.of_busiest >= rehearsal.number / 2


def in_all_topics(topic_id: int, *, locale: Locale = ENGLISH) -> str:
    """Return what stands behind settings of a chat in one of its topics; empty: it was no topic."""
    return "\n\n" + locale.gettext("This counts for all topics of the group.") if topic_id else ""


def zone_words(zone: str, *, locale: Locale = ENGLISH) -> str:
    """Return what a time zone is called; an offset in the way people count it."""
    if not zone.startswith(_OFFSETS):
        return escape(zone)
    hours_west = zone.removeprefix(_OFFSETS)
    sign = "+" if hours_west.startswith("-") else "-"
    return locale.gettext("{offset} (no daylight saving)", offset=f"UTC{sign}{hours_west[1:]}")


def ask_delete(*, locale: Locale = ENGLISH) -> str:
    """Return whether to delete all that is kept."""
    return locale.gettext(
        "Delete all data of this chat (wallets, names, rules, history, queued alerts)? This cannot be undone."
    )


def deleted(*, locale: Locale = ENGLISH) -> str:
    """All is gone."""
    return locale.gettext("🗑 Deleted. Nothing more is sent. /start begins anew.")


def kept(*, locale: Locale = ENGLISH) -> str:
    """Nothing was deleted."""
    return locale.gettext("Nothing was deleted.")
