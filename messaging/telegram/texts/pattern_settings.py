"""The card of /patterns: what a chat gets alerts of patterns, and how it is asked. Pure."""

from collections.abc import Mapping

from domain.patterns.alone import SLICES
from domain.patterns.found import (
    MAX_MINUTES,
    MAX_OWNERS,
    MIN_MINUTES,
    MIN_OWNERS,
    Pattern,
    PatternSettings,
)
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts.pattern import pattern_name


def patterns_text(settings: PatternSettings, *, locale: Locale = ENGLISH) -> str:
    """Return what each pattern is, as it is set."""
    met = {"number": settings.owners, "minutes": settings.minutes}
    return "\n".join(
        [
            locale.gettext("👥 <b>Patterns of wallets that you follow</b>"),
            locale.gettext(
                "<b>Bought together</b>: {number} owners within {minutes} min buy one token. Wallets that one"
                " wallet paid, or that paid each other, count as one owner.",
                **met,
            ),
            locale.gettext(
                "<b>Leaving together</b>: {number} owners within {minutes} min sell nearly all that they have"
                " of one token.",
                **met,
            ),
            locale.gettext(
                "<b>Buying in slices</b>: one wallet buys one token {slices} times or more, and sells none.",
                slices=SLICES,
            ),
            locale.gettext("<b>Sleeper awake</b>: a wallet acts that had done nothing for a month."),
            locale.gettext(
                "<b>Moved house</b>: a wallet sends {percent} of what it has, or more, to a new address that"
                " is no exchange's.",
                percent=locale.percent("70"),
            ),
            locale.gettext("Write <code>/confluence 3 30m</code> for other numbers."),
        ]
    )


def last_week(found: Mapping[Pattern, int], *, locale: Locale = ENGLISH) -> str:
    """`🎬 Last week: 3 × bought together, 1 × buying in slices.`: what it would have brought."""
    if not found:
        return locale.gettext("🎬 Last week: none of them.")
    parts = [
        f"{found[pattern]} × {pattern_name(pattern, locale=locale)}"
        for pattern in Pattern
        if found.get(pattern)
    ]
    return locale.gettext("🎬 Last week: {list}.", list=", ".join(parts))


def patterns_usage(*, locale: Locale = ENGLISH) -> str:
    """Return how the numbers are written."""
    return locale.gettext(
        "Write how many owners, {min_owners} to {max_owners}, and within how long, "
        "{min_minutes} minute to {max_minutes} hours: <code>/confluence 3 30m</code>. Or "
        "<code>/confluence on</code>, <code>/confluence off</code>.",
        min_owners=MIN_OWNERS,
        max_owners=MAX_OWNERS,
        min_minutes=MIN_MINUTES,
        max_minutes=MAX_MINUTES // 60,
    )
