"""The card of /patterns: what a chat hears of patterns, and how it is asked. Pure."""

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
from messaging.telegram.texts.pattern import PATTERN_NAMES


def patterns_text(settings: PatternSettings) -> str:
    """What each pattern is, as it is set."""
    met = f"{settings.owners} owners within {settings.minutes} min"
    one = "Wallets that one wallet paid, or that paid each other, count as one owner."
    return "\n".join(
        [
            "👥 <b>Patterns of wallets that you follow</b>",
            f"<b>Bought together</b>: {met} buy one token. {one}",
            f"<b>Leaving together</b>: {met} sell nearly all that they have of one token.",
            f"<b>Buying in slices</b>: one wallet buys one token {SLICES} times or more, and sells none.",
            "<b>Sleeper awake</b>: a wallet acts that had done nothing for a month.",
            "<b>Moved house</b>: a wallet sends 70% or more to a new address that is no exchange's.",
            "Write <code>/confluence 3 30m</code> for other numbers.",
        ]
    )


def last_week(found: Mapping[Pattern, int]) -> str:
    """`🎬 Last week: 3 × bought together, 1 × buying in slices.`: what it would have brought."""
    if not found:
        return "🎬 Last week: none of them."
    parts = [f"{found[pattern]} × {PATTERN_NAMES[pattern]}" for pattern in Pattern if found.get(pattern)]
    return f"🎬 Last week: {', '.join(parts)}."


def patterns_usage() -> str:
    """How the numbers are written."""
    return (
        f"Write how many owners, {MIN_OWNERS} to {MAX_OWNERS}, and within how long,"
        f" {MIN_MINUTES} minute to {MAX_MINUTES // 60} hours: <code>/confluence 3 30m</code>. Or"
        " <code>/confluence on</code>, <code>/confluence off</code>."
    )
