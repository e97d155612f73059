"""How fresh the data is, for everybody. Pure."""

from domain.snapshot import Snapshot

FRESH_SECONDS = 10.0
"""A feed that moved within this time is called fresh."""
STALE_SECONDS = 60.0


def status_text(now: Snapshot, *, wallets_here: int) -> str:
    """Freshness of the chain, delay of messages, and what waits."""
    return "\n".join(["<b>Status</b>", _feed(now), _delay(now), _waiting(now), _here(wallets_here)])


def _feed(now: Snapshot) -> str:
    if now.slot is None or now.feed_age_seconds is None:
        return "⚪ Chain: unknown, nothing has been read yet"
    age = now.feed_age_seconds
    light = "🟢" if age < FRESH_SECONDS else "🟡" if age < STALE_SECONDS else "🔴"
    return f"{light} Chain: read up to slot {now.slot:,}, {span(age)} ago"


def _delay(now: Snapshot) -> str:
    if now.p50 is None or now.p95 is None:
        return "⚪ Delay of messages: unknown, none was sent within the hour"
    return f"📨 Delay of messages: half within {span(now.p50)}, 19 of 20 within {span(now.p95)}"


def _waiting(now: Snapshot) -> str:
    if not now.deliveries_due:
        return "📭 No messages wait"
    return f"📬 {now.deliveries_due:,} messages wait, the oldest for {span(now.oldest_due_seconds)}"


def _here(wallets: int) -> str:
    return f"🐋 This chat follows {wallets} wallet{'' if wallets == 1 else 's'}"


def span(seconds: float) -> str:
    """`0.4 s`, `12 s`, `5 min`, `3 h`: cut, never rounded up."""
    if seconds < 10:  # noqa: PLR2004 - below, tenths matter
        return f"{int(max(seconds, 0.0) * 10) / 10:g} s"
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{int(seconds)} s"
    return f"{int(seconds // 60)} min" if seconds < 7200 else f"{int(seconds // 3600)} h"  # noqa: PLR2004 - two hours
