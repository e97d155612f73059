"""Text of /status: how fresh the data is. Pure."""

from datetime import datetime

from domain.chats import ChatStanding
from domain.delivery.facts import DeferredAlerts
from domain.rules.tiers import LimitsUsed, is_near
from domain.snapshot import Snapshot
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.refusals import paused_over_limit
from messaging.telegram.texts.times import in_unit, moment

FRESH_SECONDS = 10.0
"""What is younger is green: a feed that moved, an alert that waits for its decision."""
STALE_SECONDS = 60.0
SLOW_DELIVERY_SECONDS = 30.0
DEAD_DELIVERY_SECONDS = 120.0
_TWO_HOURS = 7_200
_MAX_REASON = 120
"""Characters of Telegram's words."""
_LIGHTS = "🟢⚪🟡🔴"
"""From good to bad."""


def status_text(
    now: Snapshot,
    *,
    wallets_here: int,
    at: datetime,
    standing: ChatStanding | None = None,
    feed_pause: float = 0.0,
    locale: Locale = ENGLISH,
) -> str:
    """Freshness of the chain, what waits at each stage, and the delay; its light is the worst of them.

    Args:
        now: the figures.
        wallets_here: how many wallets the chat follows.
        at: the time now.
        standing: why nothing was sent to the chat until this very message; None: it was open.
        feed_pause: seconds for which the feed rests between two passes: so much older it is fresh still.
        locale: of who reads it.
    """
    lines = [
        _feed(now, feed_pause, locale=locale),
        *_undecided(now, locale=locale),
        _delay(now, locale=locale),
        _waiting(now, locale=locale),
        _here(wallets_here, locale=locale),
        *_standing(standing, at, locale=locale),
    ]
    light = max((line[0] for line in lines if line[0] in _LIGHTS), key=_LIGHTS.index)
    return "\n".join([f"{light} <b>{locale.gettext('Status')}</b>", *lines])


def deferred_line(deferred: DeferredAlerts, at: datetime, *, locale: Locale = ENGLISH) -> str:
    """A line of what the chat gets together later, with what to do if its wallets are busy.

    Args:
        deferred: how many, and until when.
        at: the time now.
        locale: of who reads it.
    """
    said = locale.ngettext(
        "🌙 {number} alert of this chat waits until {time}",
        "🌙 {number} alerts of this chat wait until {time}",
        deferred.number,
        time=moment(deferred.until, at),
    )
    if not deferred.of_busy_wallets:
        return f"{said}: /digest"
    if deferred.of_busy_wallets == deferred.number:
        busy = locale.gettext("since their wallets are busy: /settings busy off sends all at once")
        return f"{said}, {busy}"
    busy = locale.ngettext(
        "{number} of them, as its wallet is busy: /settings busy off sends all at once",
        "{number} of them, as their wallets are busy: /settings busy off sends all at once",
        deferred.of_busy_wallets,
    )
    return f"{said}, {busy}"


def limits_text(used: LimitsUsed, *, has_keys: bool, locale: Locale = ENGLISH) -> str:
    """Return how much of its limits a chat uses, as Telegram HTML; what is near its limit is marked.

    Args:
        used: so much.
        has_keys: whether API keys belong to the chat: only a person has some.
        locale: of who reads it.
    """
    tier = used.tier
    wallets = locale.ngettext(
        "{used} of {number} wallet",
        "{used} of {number} wallets",
        tier.watches,
        used=locale.number(used.watches),
    )
    history = locale.ngettext("{number} day of history", "{number} days of history", tier.history_days)
    campaigns = locale.ngettext("{number} paper campaign", "{number} paper campaigns", tier.campaigns)
    parts = [_marked(wallets, used.watches, tier.watches), _alerts(used, locale=locale), history, campaigns]
    if has_keys:
        keys = locale.ngettext(
            "{used} of {number} API key",
            "{used} of {number} API keys",
            tier.api_keys,
            used=locale.number(used.api_keys),
        )
        parts.append(_marked(keys, used.api_keys, tier.api_keys))
    line = locale.gettext("📏 Limits: {list}", list=" · ".join(parts))
    return f"{line}\n{paused_over_limit(used.paused, locale=locale)}" if used.paused else line


def _alerts(used: LimitsUsed, *, locale: Locale = ENGLISH) -> str:
    hourly = used.tier.alerts_an_hour
    if hourly is None:
        return locale.gettext("no limit of alerts")
    alerts = locale.ngettext(
        "{used} of {number} alert this hour",
        "{used} of {number} alerts this hour",
        hourly,
        used=locale.number(used.alerts_this_hour),
    )
    return _marked(alerts, used.alerts_this_hour, hourly)


def _marked(words: str, used: int, limit: int) -> str:
    return f"⚠️ {words}" if is_near(used, limit) else words


def _standing(standing: ChatStanding | None, at: datetime, *, locale: Locale = ENGLISH) -> list[str]:
    """A line if the chat was closed or held: what is written there opens it again."""
    if standing is None:
        return []
    reason = escape(clean(standing.reason, limit=_MAX_REASON)) or locale.gettext("unknown")
    since = moment(standing.since, at)
    if standing.next_try_at is None:
        return [
            locale.gettext(
                "🔴 This chat: closed since {time} ({reason}). Your message opens it again",
                time=since,
                reason=reason,
            )
        ]
    return [
        locale.gettext(
            "🟡 This chat: alerts wait since {time} ({reason}). They are tried again now",
            time=since,
            reason=reason,
        )
    ]


def _feed(now: Snapshot, pause: float, *, locale: Locale = ENGLISH) -> str:
    if now.slot is None or now.feed_age_seconds is None:
        return locale.gettext("⚪ Chain: unknown, nothing has been read yet")
    age, slot = now.feed_age_seconds, locale.number(now.slot)
    light = _light(age, FRESH_SECONDS + pause, STALE_SECONDS + pause)
    if age < FRESH_SECONDS + pause:
        said = locale.gettext(
            "Chain: live (slot {slot}, {time} ago)", slot=slot, time=span(age, locale=locale)
        )
    else:
        said = locale.gettext(
            "Chain: late (slot {slot}, {time} ago)", slot=slot, time=span(age, locale=locale)
        )
    return f"{light} {said}"


def _undecided(now: Snapshot, *, locale: Locale = ENGLISH) -> list[str]:
    """A line if alerts wait for their decision for longer than that takes."""
    age = now.oldest_open_seconds
    if not now.alerts_open or age < FRESH_SECONDS:
        return []
    said = locale.ngettext(
        "{number} alert is held up before delivery, the oldest for {time}; none is lost",
        "{number} alerts are held up before delivery, the oldest for {time}; none is lost",
        now.alerts_open,
        time=span(age, locale=locale),
    )
    return [f"{_light(age, FRESH_SECONDS, STALE_SECONDS)} {said}"]


def _delay(now: Snapshot, *, locale: Locale = ENGLISH) -> str:
    if now.p50 is None or now.p95 is None:
        return locale.gettext("📨 Delivery: no alert in the last hour")
    return locale.gettext(
        "📨 Delivery: typically {time}, 95% under {slowest}",
        time=span(now.p50, locale=locale),
        slowest=span(now.p95, locale=locale),
    )


def _waiting(now: Snapshot, *, locale: Locale = ENGLISH) -> str:
    count = now.deliveries_due + now.sending
    if not count:
        return locale.gettext("📭 Queue empty")
    age = max(now.oldest_due_seconds, now.oldest_sending_seconds)
    light = "📬" if age < SLOW_DELIVERY_SECONDS else _light(age, SLOW_DELIVERY_SECONDS, DEAD_DELIVERY_SECONDS)
    said = locale.ngettext(
        "{number} message queued, the oldest for {time}",
        "{number} messages queued, the oldest for {time}",
        count,
        time=span(age, locale=locale),
    )
    return f"{light} {said}"


def _light(age: float, late: float, dead: float) -> str:
    return "🟢" if age < late else "🟡" if age < dead else "🔴"


def _here(wallets: int, *, locale: Locale = ENGLISH) -> str:
    return locale.ngettext(
        "🐋 This chat follows {number} wallet", "🐋 This chat follows {number} wallets", wallets
    )


def span(seconds: float, *, locale: Locale = ENGLISH) -> str:
    """`0.4 s`, `12 s`, `5 min`, `3 h`: cut, never rounded up."""
    if seconds < 10:  # noqa: PLR2004 - below, tenths matter
        return in_unit(locale.figure(f"{int(max(seconds, 0.0) * 10) / 10:g}"), "s", locale=locale)
    if seconds < 120:  # noqa: PLR2004 - two minutes
        return in_unit(int(seconds), "s", locale=locale)
    if seconds < _TWO_HOURS:
        return in_unit(int(seconds // 60), "min", locale=locale)
    return in_unit(int(seconds // 3600), "h", locale=locale)
