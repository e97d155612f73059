"""How fresh the data is, for everybody. Pure."""

from dataclasses import dataclass

FRESH_SECONDS = 10.0
"""A feed that moved within this time is called fresh."""
STALE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What followers may know of how the system stands. None: not known."""

    slot: int | None
    """Everything on the chain up to here is stored."""
    feed_age_seconds: float | None
    p50: float | None
    """Seconds from a stored alert to the accepted message."""
    p95: float | None
    deliveries_due: int
    oldest_due_seconds: float
    wallets_here: int
    """Wallets that this chat follows."""


def status_text(standing: Standing) -> str:
    """Freshness of the chain, delay of messages, and what waits."""
    return "\n".join(
        ["<b>Status</b>", _feed(standing), _delay(standing), _waiting(standing), _here(standing.wallets_here)]
    )


def _feed(standing: Standing) -> str:
    if standing.slot is None or standing.feed_age_seconds is None:
        return "⚪ Chain: unknown, nothing has been read yet"
    age = standing.feed_age_seconds
    light = "🟢" if age < FRESH_SECONDS else "🟡" if age < STALE_SECONDS else "🔴"
    return f"{light} Chain: read up to slot {standing.slot:,}, {span(age)} ago"


def _delay(standing: Standing) -> str:
    if standing.p50 is None or standing.p95 is None:
        return "⚪ Delay of messages: unknown, none was sent within the hour"
    return f"📨 Delay of messages: half within {span(standing.p50)}, 19 of 20 within {span(standing.p95)}"


def _waiting(standing: Standing) -> str:
    if not standing.deliveries_due:
        return "📭 No messages wait"
    return f"📬 {standing.deliveries_due:,} messages wait, the oldest for {span(standing.oldest_due_seconds)}"


def _here(wallets: int) -> str:
    return f"🐋 This chat follows {wallets} wallet{'' if wallets == 1 else 's'}"


def span(seconds: float) -> str:
    """`0.4 s`, `12 s`, `5 min`, `3 h`: cut, never rounded up."""
    if seconds < 10:  # noqa: PLR2004 - below, tenths matter
        return f"{int(max(seconds, 0.0) * 10) / 10:g} s"
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{int(seconds)} s"
    return f"{int(seconds // 60)} min" if seconds < 7200 else f"{int(seconds // 3600)} h"  # noqa: PLR2004 - two hours
