"""When alerts come, and how many: quiet hours, digests, limits, the budget of a day. Pure."""

from datetime import datetime

from domain.rules.quiet import zone_of
from domain.rules.rules import ChatSettings, Digest
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.rules import paused, zone_words
from messaging.telegram.texts.times import clock, hours


def hours_text(settings: ChatSettings, now: datetime, *, hourly_limit: int | None = None) -> str:
    """Quiet hours, time zone, digest and limit of a chat; `hourly_limit` is what its tier allows."""
    local = now.astimezone(zone_of(settings.zone))
    quiet = "off" if settings.quiet is None else hours(settings.quiet)
    limits = [highest for highest in (settings.per_hour, hourly_limit) if highest is not None]
    exits = "sent at once" if settings.exits_wake else "held too"
    limit = "Hourly limit: none"
    if limits:
        limit = f"Up to {counted(min(limits), 'alert')} an hour; the rest in a digest"
    lines = [
        "<b>Delivery settings</b>",
        *([paused(settings.paused_until, now)] if _is_on(settings.paused_until, now) else []),
        f"Quiet hours: {quiet}",
        f"Full exits in quiet hours: {exits}",
        f"Digest: {_digest(settings)}",
        limit,
        *_budget(settings),
        *(["The operator set this limit."] if limits and min(limits) != settings.per_hour else []),
        *(["Full exits don't wait for it."] if settings.per_hour is not None and settings.exits_wake else []),
        f"Time zone: {zone_words(settings.zone)}, now {local:%H:%M}",
        "",
        "What is held comes in one message afterwards; nothing is lost.",
    ]
    return "\n".join(lines)


def _budget(settings: ChatSettings) -> list[str]:
    if settings.per_day is None:
        return []
    number = counted(settings.per_day, "alert")
    return [f"Budget: about {number} a day, the most surprising; full exits and dangers always come"]


def _is_on(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now


def _digest(settings: ChatSettings) -> str:
    if settings.digest is Digest.OFF:
        return "off, each alert at once"
    return "every hour" if settings.digest is Digest.HOURLY else f"daily at {clock(settings.digest_at)}"
