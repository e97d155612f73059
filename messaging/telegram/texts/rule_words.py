"""The parts of a card of rules, in words, and what is wrong with them. Pure."""

from decimal import Decimal

from domain.activity.activity import Kind
from domain.rules.decisions import SENT_BY_DEFAULT
from domain.rules.noise import MIN_TRADES
from domain.rules.rules import Rules
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape
from messaging.telegram.texts.kinds import kind_words
from messaging.telegram.texts.times import dollars, duration

_MAX_MINTS = 8
KINDS = tuple(kind for kind in Kind if kind in SENT_BY_DEFAULT)
"""The kinds that may be announced, in the order in which they are shown."""


def rule_examples(command: str) -> str:
    """As people write rules; the same in every language."""
    return (
        f"<code>{command} min 1000 max 50k</code>, <code>only WIF</code>,\n"
        "<code>never WIF</code>, <code>any</code>, <code>off sell</code>, <code>age 1h-7d</code>,\n"
        "<code>cap 100k-5m</code>, <code>liq 10k</code>, <code>top 20%</code>."
    )


def conflicts(rules: Rules, *, locale: Locale = ENGLISH) -> list[str]:
    """The rules that leave nothing over, or contradict each other: one line each, as HTML."""
    found = []
    if rules.min_usd and rules.max_usd and rules.min_usd > rules.max_usd:
        found.append(
            locale.gettext("⚠️ The minimum is above the maximum, so no alert with a known price comes.")
        )
    if set(KINDS) <= (rules.kinds_off or frozenset()):
        found.append(locale.gettext("⚠️ All types are muted, so no alert comes."))
    both = (rules.only_tokens or frozenset()) & (rules.never_tokens or frozenset())
    if both and both == rules.only_tokens:
        found.append(locale.gettext("⚠️ The only tokens allowed are excluded, too, so no alert comes."))
    elif both:
        found.append(
            locale.gettext(
                "⚠️ Both allowed and excluded, so it stays excluded: {mints}",
                mints=mints_words(both, locale=locale),
            )
        )
    if rules.first_buy_only and Kind.BUY in (rules.kinds_off or ()):
        found.append(locale.gettext("⚠️ First buys only, but buys are muted."))
    if rules.full_exit_only and Kind.SELL in (rules.kinds_off or ()):
        found.append(locale.gettext("⚠️ Full exits only, but sells are muted."))
    return found


def limit_words(amount: Decimal | None, *, locale: Locale = ENGLISH) -> str:
    """`$1,000`, or that there is no limit."""
    return dollars(amount, locale=locale) if amount else locale.gettext("none")


def largest_words(rules: Rules, *, locale: Locale = ENGLISH) -> list[str]:
    """Said with its condition, so that nobody waits for it without success."""
    if not rules.min_percentile:
        return []
    top = 100 - rules.min_percentile
    return [
        locale.gettext(
            "Only its largest trades: top {percent} of its own, once {number} are known",
            percent=locale.percent(f"{top}"),
            number=MIN_TRADES,
        )
    ]


def age_words(lowest: int | None, highest: int | None, *, locale: Locale = ENGLISH) -> str:
    """`1 h to 7 d`, `at least 1 h`, `any`.

    Args:
        lowest: seconds; None: no such limit.
        highest: seconds; None: no such limit.
        locale: of the reader.
    """
    return _between(
        duration(lowest, locale=locale) if lowest else "",
        duration(highest, locale=locale) if highest else "",
        locale=locale,
    )


def range_words(lowest: Decimal | None, highest: Decimal | None, *, locale: Locale = ENGLISH) -> str:
    """The same of dollars.

    Args:
        lowest: dollars; None: no such limit.
        highest: dollars; None: no such limit.
        locale: of the reader.
    """
    return _between(
        dollars(lowest, locale=locale) if lowest else "",
        dollars(highest, locale=locale) if highest else "",
        locale=locale,
    )


def _between(lowest: str, highest: str, *, locale: Locale = ENGLISH) -> str:
    if lowest and highest:
        return locale.gettext("{lowest} to {highest}", lowest=lowest, highest=highest)
    if lowest:
        return locale.gettext("at least {lowest}", lowest=lowest)
    return locale.gettext("at most {highest}", highest=highest) if highest else locale.gettext("any")


def kinds_line(rules: Rules, *, locale: Locale = ENGLISH) -> str:
    """Return which kinds are not sent."""
    silent = [kind_words(kind, locale=locale) for kind in KINDS if kind in (rules.kinds_off or ())]
    if not silent:
        return locale.gettext("Alert types: all")
    return locale.gettext("Muted types: {list}", list=", ".join(silent))


def switch_words(value: bool | None, *, locale: Locale = ENGLISH) -> str:  # noqa: FBT001 - shown as it is
    """Return whether it is on."""
    return locale.gettext("on") if value else locale.gettext("off")


def mints_words(mints: frozenset[str], *, locale: Locale = ENGLISH) -> str:
    """Some of them, and how many more there are."""
    visible = [f"<code>{escape(mint)}</code>" for mint in sorted(mints)[:_MAX_MINTS]]
    more = len(mints) - len(visible)
    listed = ", ".join(visible)
    return (
        locale.ngettext("{list} and {number} more", "{list} and {number} more", more, list=listed)
        if more
        else listed
    )
