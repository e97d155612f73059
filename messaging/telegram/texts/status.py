"""How fresh the data is, for everybody. Pure."""

from datetime import datetime

from domain.chats import ChatStanding
from domain.rules.tiers import LimitsUsed, is_near
from domain.snapshot import Snapshot
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.times import moment
from messaging.telegram.texts.watches import paused_over_limit

FRESH_SECONDS = 10.0
"""What is younger is green: a feed that moved, an alert that waits for its decision."""
STALE_SECONDS = 60.0
SLOW_DELIVERY_SECONDS = 30.0
DEAD_DELIVERY_SECONDS = 120.0
_MAX_REASON = 120
"""Characters of Telegram's words."""
_LIGHTS = "🟢⚪🟡🔴"
"""From good to bad."""


def status_text(
    now: Snapshot, *, wallets_here: int, at: datetime, standing: ChatStanding | None = None
) -> str:
    """Freshness of the chain, what waits at each stage, and the delay; its light is the worst of them.

    Args:
        now: the figures.
        wallets_here: how many wallets the chat follows.
        at: the time now.
        standing: why nothing was sent to the chat until this very message; None: it was open.
    """
    lines = [
        _feed(now),
        *_undecided(now),
        _delay(now),
        _waiting(now),
        _here(wallets_here),
        *_standing(standing, at),
    ]
    light = max((line[0] for line in lines if line[0] in _LIGHTS), key=_LIGHTS.index)
    return "\n".join([f"{light} <b>Status</b>", *lines])


def limits_text(used: LimitsUsed, *, has_keys: bool) -> str:
    """How much of its limits a chat uses, as Telegram HTML; what is near its limit is marked.

    Args:
        used: so much.
        has_keys: whether API keys belong to the chat: only a person has some.
    """
    tier = used.tier
    hourly = tier.alerts_an_hour
    parts = [
        _used(used.watches, tier.watches, "wallets"),
        "no limit of alerts" if hourly is None else _used(used.alerts_this_hour, hourly, "alerts this hour"),
        f"{tier.history_days:,} days of history",
    ]
    if has_keys:
        parts.append(_used(used.api_keys, tier.api_keys, "API keys"))
    line = f"📏 Limits: {' · '.join(parts)}"
    return f"{line}\n{paused_over_limit(used.paused)}" if used.paused else line


def _used(used: int, limit: int, what: str) -> str:
    return f"{'⚠️ ' if is_near(used, limit) else ''}{used:,} of {limit:,} {what}"


def _standing(standing: ChatStanding | None, at: datetime) -> list[str]:
    """A line if the chat was closed or held: what is written there opens it again."""
    if standing is None:
        return []
    reason = escape(clean(standing.reason, limit=_MAX_REASON)) or "unknown"
    since = moment(standing.since, at)
    if standing.next_try_at is None:
        return [f"🔴 This chat: closed since {since} ({reason}). Your message opens it again"]
    return [f"🟡 This chat: alerts wait since {since} ({reason}). They are tried again now"]


def _feed(now: Snapshot) -> str:
    if now.slot is None or now.feed_age_seconds is None:
        return "⚪ Chain: unknown, nothing has been read yet"
    age = now.feed_age_seconds
    word = "live" if age < FRESH_SECONDS else "late"
    return f"{_light(age, FRESH_SECONDS, STALE_SECONDS)} Chain: {word} (slot {now.slot:,}, {span(age)} ago)"


def _undecided(now: Snapshot) -> list[str]:
    """A line if alerts wait for their decision for longer than that takes."""
    age = now.oldest_open_seconds
    if not now.alerts_open or age < FRESH_SECONDS:
        return []
    light = _light(age, FRESH_SECONDS, STALE_SECONDS)
    alerts = "1 alert is" if now.alerts_open == 1 else f"{now.alerts_open:,} alerts are"
    return [f"{light} {alerts} held up before delivery, the oldest for {span(age)}; none is lost"]


def _delay(now: Snapshot) -> str:
    if now.p50 is None or now.p95 is None:
        return "📨 Delivery: no alert in the last hour"
    return f"📨 Delivery: typically {span(now.p50)}, 95 % under {span(now.p95)}"


def _waiting(now: Snapshot) -> str:
    count = now.deliveries_due + now.sending
    if not count:
        return "📭 Queue empty"
    age = max(now.oldest_due_seconds, now.oldest_sending_seconds)
    light = "📬" if age < SLOW_DELIVERY_SECONDS else _light(age, SLOW_DELIVERY_SECONDS, DEAD_DELIVERY_SECONDS)
    return f"{light} {count:,} message{'' if count == 1 else 's'} queued, the oldest for {span(age)}"


def _light(age: float, late: float, dead: float) -> str:
    return "🟢" if age < late else "🟡" if age < dead else "🔴"


def _here(wallets: int) -> str:
    return f"🐋 This chat follows {wallets} wallet{'' if wallets == 1 else 's'}"


def span(seconds: float) -> str:
    """`0.4 s`, `12 s`, `5 min`, `3 h`: cut, never rounded up."""
    if seconds < 10:  # noqa: PLR2004 - below, tenths matter
        return f"{int(max(seconds, 0.0) * 10) / 10:g} s"
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return f"{int(seconds)} s"
    return f"{int(seconds // 60)} min" if seconds < 7200 else f"{int(seconds // 3600)} h"  # noqa: PLR2004 - two hours
