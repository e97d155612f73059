"""When alerts come, and how many: quiet hours, digests, limits, the budget of a day. Pure."""

from collections.abc import Sequence
from datetime import datetime

from domain.rules.quiet import zone_of
from domain.rules.rules import ChatSettings, Digest
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts.mutes import paused
from messaging.telegram.texts.rules import zone_words
from messaging.telegram.texts.settings import busy_words
from messaging.telegram.texts.times import clock, hours


def hours_text(
    settings: ChatSettings, now: datetime, *, hourly_limit: int | None = None, locale: Locale = ENGLISH
) -> str:
    """Quiet hours, time zone, digest and limit of a chat; `hourly_limit` is what its tier allows.

    Args:
        settings: of the chat.
        now: with a time zone.
        hourly_limit: what its tier allows; None: any number.
        locale: of the reader.
    """
    local = now.astimezone(zone_of(settings.zone))
    limits = [highest for highest in (settings.per_hour, hourly_limit) if highest is not None]
    lines = [
        locale.gettext("<b>Delivery settings</b>"),
        *([paused(settings.paused_until, now, locale=locale)] if _is_on(settings.paused_until, now) else []),
        _quiet(settings, locale=locale),
        _exits(settings, locale=locale),
        _digest(settings, locale=locale),
        _limit(limits, locale=locale),
        *_budget(settings, locale=locale),
        *_tier(settings, limits, locale=locale),
        *_exceptions(settings, locale=locale),
        busy_words(settings, locale=locale),
        locale.gettext(
            "Time zone: {zone}, now {time}",
            zone=zone_words(settings.zone, locale=locale),
            time=f"{local:%H:%M}",
        ),
        "",
        locale.gettext("What is held comes in one message afterwards; nothing is lost."),
    ]
    return "\n".join(lines)


def _quiet(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    if settings.quiet is None:
        return locale.gettext("Quiet hours: off")
    return locale.gettext("Quiet hours: {hours}", hours=hours(settings.quiet))


def _exits(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    if settings.exits_wake:
        return locale.gettext("Full exits: sent at once")
    return locale.gettext("Full exits: wait like other alerts")


def _limit(limits: Sequence[int], *, locale: Locale = ENGLISH) -> str:
    if not limits:
        return locale.gettext("Hourly limit: none")
    return locale.ngettext(
        "Up to {number} alert an hour; the rest in a digest",
        "Up to {number} alerts an hour; the rest in a digest",
        min(limits),
    )


def _tier(settings: ChatSettings, limits: Sequence[int], *, locale: Locale = ENGLISH) -> list[str]:
    if not limits or min(limits) == settings.per_hour:
        return []
    return [locale.gettext("The operator set this limit.")]


def _exceptions(settings: ChatSettings, *, locale: Locale = ENGLISH) -> list[str]:
    if settings.per_hour is None or not settings.exits_wake:
        return []
    return [locale.gettext("Full exits don't wait for it.")]


def _budget(settings: ChatSettings, *, locale: Locale = ENGLISH) -> list[str]:
    if settings.per_day is None:
        return []
    return [
        locale.ngettext(
            "Budget: about {number} alert a day, the most surprising; full exits and dangers always come",
            "Budget: about {number} alerts a day, the most surprising; full exits and dangers always come",
            settings.per_day,
        )
    ]


def _is_on(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now


def _digest(settings: ChatSettings, *, locale: Locale = ENGLISH) -> str:
    if settings.digest is Digest.OFF:
        return locale.gettext("Digest: off, each alert at once")
    if settings.digest is Digest.HOURLY:
        return locale.gettext("Digest: every hour")
    return locale.gettext("Digest: daily at {time}", time=clock(settings.digest_at))
