"""What operators see of queues, failures, processes, people and acts. Pure."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate

from domain.people import AuditEntry, AuditOutcome, PersonFile
from domain.rules.tiers import Tier
from domain.snapshot import Failure, QueueState
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import clean, escape, plain
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.refusals import paused_over_limit
from messaging.telegram.texts.status import span
from messaging.telegram.texts.times import exact_moment, moment

_MAX_TEXT = 80
_MAX_AUDIT = 3_500
"""Characters of the audit log in one message."""
_MAX_NAME = 32
_MAX_ABOUT = 1_000
"""Of an act: the whole reason of a ban, most of a broadcast."""
_OUTCOME_SIGNS = {AuditOutcome.DONE: "✅", AuditOutcome.REFUSED: "⛔"}


def queues_text(
    queues: Sequence[QueueState],
    *,
    due: int,
    oldest_seconds: float,
    dead: int,
    updates_given_up: int = 0,
    locale: Locale = ENGLISH,
) -> str:
    """Each queue, and the messages that are stored in PostgreSQL.

    Args:
        queues: of RQ.
        due: messages that are due now.
        oldest_seconds: since when the oldest of them is; not shown if none is due.
        dead: messages given up within 24 hours.
        updates_given_up: requests given up within 24 hours.
        locale: of the reader.
    """
    lines = [_queue(queue, locale=locale) for queue in queues]
    oldest = f", the oldest {span(oldest_seconds, locale=locale)}" if due else ""
    messages = f"📬 messages: {due:,} queued{oldest} · {dead:,} given up in 24 h"
    given_up = [f"🔴 requests given up in 24 h: {updates_given_up:,}"] if updates_given_up else []
    return "\n".join(["<b>Queues</b>", *lines, messages, *given_up])


def queues_unavailable() -> str:
    """Redis does not answer."""
    return "🔴 Redis does not answer, so the queues are not known. Alerts go on by polling."


def failures_text(failures: Sequence[Failure]) -> str:
    """Return what failed, by cause; buttons follow below."""
    if not failures:
        return "✅ Nothing has failed that could be retried."
    lines = [
        f"{position}. {escape(one.source)}: {_safe(one.cause)} × {one.number:,}"
        for position, one in enumerate(failures, 1)
    ]
    return "\n".join(["<b>Failed</b>", *lines, "", "Retry?"])


def retried_text(*, done: int, expired: int, refused: int, left: int) -> str:
    """Return what became of the failed.

    Args:
        done: jobs and messages that are tried again.
        expired: jobs that RQ has forgotten meanwhile.
        refused: jobs outside the allow-list.
        left: beyond what one request takes.
    """
    parts = [f"♻️ Retried: {done:,}"]
    if expired:
        parts.append(f"{expired:,} had expired; what they stood for is asked again by itself")
    if refused:
        parts.append(f"{refused:,} must not run and stay where they are")
    if left:
        parts.append(f"{left:,} are left: /retryfailed")
    return "\n".join(parts)


def person_text(person: PersonFile, *, tier: Tier, ban_reason: str | None, now: datetime) -> str:
    """One person or group, with the tier that counts for it.

    Args:
        person: what is stored; its title is hostile until escaped here.
        tier: the one that counts, which may be the payer's.
        ban_reason: None: not banned.
        now: with a time zone.
    """
    name = _safe(person.title) or "without a name"
    lines = [
        f"<b>{name}</b> <code>{person.chat_id}</code> {escape(person.kind)}",
        f"Known since {moment(person.created_at, now)}",
        (
            f"Follows {counted(person.watches, 'wallet')}"
            f" · {counted(person.sent_of_day, 'alert')} in 24 h, {person.waiting:,} due"
        ),
        f"Tier {_tier(tier)}",
        f"Wrote {counted(person.updates_of_day, 'time')} in 24 h"
        + (f", last {moment(person.last_update_at, now)}" if person.last_update_at else ""),
    ]
    if person.closed_reason is not None:
        lines.append(f"🔴 Closed: {_safe(person.closed_reason)}")
    if ban_reason is not None:
        lines.append(f"⛔ Blocked: {_safe(ban_reason)}")
    return "\n".join(lines)


def audit_text(acts: Sequence[AuditEntry], now: datetime) -> str:
    """The latest acts, newest first; of very long ones the older are left out."""
    lines = ["<b>Audit log</b>", *([_act(one, now) for one in acts] or ["empty"])]
    room = list(accumulate(len(plain(line)) + 1 for line in lines))
    return "\n".join([line for line, end in zip(lines, room, strict=True) if end <= _MAX_AUDIT])


def _act(one: AuditEntry, now: datetime) -> str:
    who = f"{escape(clean(one.actor_name, limit=_MAX_NAME))} " if one.actor_name else ""
    about = f": {_own_words(one.about)}" if one.about else ""
    words = _own_words(one.act) if one.outcome is AuditOutcome.DONE else _safe(one.act)
    return (
        f"{_OUTCOME_SIGNS[one.outcome]} {exact_moment(one.at, now)}"
        f" {who}<code>{one.actor_id}</code> {words}{about}"
    )


def _own_words(text: str) -> str:
    """Return what an operator wrote or chose, ids among it, which `clean` would change."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return escape(" ".join(printable.split())[:_MAX_ABOUT])


def unknown_person() -> str:
    """Nothing is kept of that id."""
    return "Unknown id."


def id_usage(command: str) -> str:
    """Return what /user, /ban and /unban take."""
    reason = " reason" if command == "ban" else ""
    return f"Write it like <code>/{command} 123456789{reason}</code>."


def tier_usage(tiers: Sequence[Tier]) -> str:
    """Return what /tier takes."""
    lines = [f"· <b>{_tier(tier)}</b>" for tier in tiers]
    example = f"Write it like <code>/tier 123456789 {_safe(tiers[0].name)}</code>. There are:"
    return "\n".join([example, *lines])


def tier_set(chat_id: int, tier: Tier, *, before: str, paused: int) -> str:
    """A chat has another tier now, and so many of its wallets pause.

    Args:
        chat_id: whose tier was set.
        tier: the new one.
        before: name of the one before.
        paused: wallets that are over the limit now.
    """
    line = f"✅ <code>{chat_id}</code> has the tier {_tier(tier)}; it was {_safe(before)}."
    return f"{line}\n⏸ Over the limit: {counted(paused, 'wallet')}; nothing is deleted." if paused else line


def tier_changed(tier: Tier, paused: int, *, locale: Locale = ENGLISH) -> str:
    """Return what the chat reads whose tier an operator has changed.

    Args:
        tier: the new one.
        paused: wallets that are over the limit now.
        locale: of the reader.
    """
    values = {
        "wallets": locale.ngettext("{number} wallet", "{number} wallets", tier.watches),
        "history": locale.ngettext("{number} day of history", "{number} days of history", tier.history_days),
        "keys": locale.ngettext("{number} API key", "{number} API keys", tier.api_keys),
        "campaigns": locale.ngettext("{number} paper campaign", "{number} paper campaigns", tier.campaigns),
    }
    if tier.alerts_an_hour is None:
        line = locale.gettext(
            "ℹ️ Your limits are now {wallets}, no limit on alerts an hour, {history}, {keys}, {campaigns}.",
            **values,
        )
    else:
        line = locale.ngettext(
            "ℹ️ Your limits are now {wallets}, {number} alert an hour, {history}, {keys}, {campaigns}.",
            "ℹ️ Your limits are now {wallets}, {number} alerts an hour, {history}, {keys}, {campaigns}.",
            tier.alerts_an_hour,
            **values,
        )
    return (
        f"{line}\n{paused_over_limit(paused, locale=locale)} {locale.gettext('Nothing is deleted.')}"
        if paused
        else line
    )


def wallet_banned(address: str, followers: int) -> str:
    """Nobody may follow a wallet any more."""
    return f"⛔ Blocked <code>{escape(address)}</code>; {counted(followers, 'chat')} followed it."


def wallet_unbanned(address: str, *, was_banned: bool) -> str:
    """Everybody may follow it again."""
    wallet = f"<code>{escape(address)}</code>"
    return f"✅ Unblocked {wallet}." if was_banned else f"{wallet} was not blocked."


def banned(user_id: int, reason: str) -> str:
    """Somebody is banned now."""
    return f"⛔ Blocked <code>{user_id}</code>: {_safe(reason)}"


def operators_stay() -> str:
    """An operator cannot be banned."""
    return "An operator cannot be blocked. Take the id out of ADMIN_IDS first."


def unbanned(user_id: int, *, was_banned: bool) -> str:
    """Somebody may use the bot again."""
    return (
        f"✅ Unblocked <code>{user_id}</code>." if was_banned else f"<code>{user_id}</code> was not blocked."
    )


def you_are_banned(reason: str, *, locale: Locale = ENGLISH) -> str:
    """Return what the person reads; plain and HTML alike."""
    return locale.gettext("⛔ You are blocked from this bot: {reason}", reason=_safe(reason))


def _tier(tier: Tier) -> str:
    limit = tier.alerts_an_hour
    alerts = "no limit of alerts" if limit is None else f"{counted(limit, 'alert')} an hour"
    others = (
        f"{counted(tier.watches, 'wallet')}, {counted(tier.history_days, 'day')} of history,"
        f" {counted(tier.api_keys, 'API key')}, {counted(tier.campaigns, 'paper campaign')},"
        f" {counted(tier.webhooks, 'webhook')}"
    )
    return f"{_safe(tier.name)} ({alerts}, {others})"


def _queue(queue: QueueState, *, locale: Locale = ENGLISH) -> str:
    light = "🔴" if not queue.workers else "🟡" if queue.failed else "🟢"
    oldest = f", the oldest {span(queue.oldest_seconds, locale=locale)}" if queue.waiting else ""
    workers = f"{queue.workers} worker{'' if queue.workers == 1 else 's'}"
    given_up = f" · {queue.given_up:,} given up in 24 h" if queue.given_up else ""
    return (
        f"{light} <b>{escape(queue.queue.value)}</b>: {queue.waiting:,} queued{oldest}"
        f" · {queue.running:,} running · {queue.done:,} done in 24 h{given_up}"
        f" · {queue.failed:,} failed · {workers}"
    )


def _safe(text: str) -> str:
    return escape(clean(text, limit=_MAX_TEXT))
