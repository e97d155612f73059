"""Rules, mutes, quiet hours and digests, as followers see them. Pure."""

from datetime import UTC, datetime
from decimal import Decimal

from domain.activity.activity import Kind
from domain.activity.addresses import short
from domain.rules.decisions import SENT_BY_DEFAULT
from domain.rules.quiet import zone_of
from domain.rules.rules import FOREVER, ChatSettings, Digest, Rules
from domain.rules.watches import Watch
from messaging.telegram.escaping import clean, escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.reasons import clock, dollars, duration, hours
from messaging.telegram.texts.times import date_time

_MAX_MINTS = 8
_FAR_YEAR = 2100
"""Who is muted until then is muted for good."""
KINDS = tuple(kind for kind in Kind if kind in SENT_BY_DEFAULT)
"""The kinds that may be told, in the order in which they are shown."""


def rules_text(watch: Watch | None, rules: Rules) -> str:
    """What counts for a watch, or for all wallets that have no rules of their own."""
    name = "all wallets" if watch is None else wallet_name(watch.label, watch.wallet)
    example = "/rules" if watch is None else f"/rules {escape(watch.label or short(watch.wallet))}"
    lines = [
        f"<b>Rules for {name}</b>",
        f"Minimum: {_limit(rules.min_usd)} · maximum: {_limit(rules.max_usd)}",
        f"Not told: {_kinds(rules)}",
        f"Only the first buy of a token: {_yes(rules.first_buy_only)}",
        f"Only full exits: {_yes(rules.full_exit_only)}",
        f"Age of the token: {_span(rules.min_age_seconds, rules.max_age_seconds)}",
        f"Market cap: {_range(rules.min_market_cap, rules.max_market_cap)}",
    ]
    if rules.only_tokens:
        lines.append(f"Only these tokens: {_mints(rules.only_tokens)}")
    if rules.never_tokens:
        lines.append(f"Never these tokens: {_mints(rules.never_tokens)}")
    lines += [
        "",
        "What is not known, such as a price or an age, stops nothing: it is told, and says so.",
        f"Or write: <code>{example} min 1000</code>, and so <code>max 50k</code>, <code>only MINT</code>,",
        "<code>never MINT</code>, <code>any</code>, <code>off sell</code>, <code>age 1h-7d</code>,",
        "<code>cap 100k-5m</code>.",
    ]
    return "\n".join(lines)


def hours_text(settings: ChatSettings, now: datetime, *, hourly_limit: int | None = None) -> str:
    """Quiet hours, time zone, digest and limit of a chat; `hourly_limit` is what its tier allows."""
    local = now.astimezone(zone_of(settings.zone))
    quiet = "none" if settings.quiet is None else hours(settings.quiet)
    limits = [highest for highest in (settings.per_hour, hourly_limit) if highest is not None]
    limit = f"{min(limits):,}, the rest together" if limits else "no limit"
    return "\n".join(
        [
            "<b>When I tell you</b>",
            f"Quiet hours: {quiet}",
            f"Full exits in quiet hours: {'at once' if settings.exits_wake else 'held like all others'}",
            f"Digest: {_digest(settings)}",
            f"Alerts one by one in an hour: {limit}",
            f"Time zone: {escape(settings.zone)}, where it is {local:%H:%M}",
            "",
            "What is held comes in one message afterwards; nothing is lost.",
        ]
    )


def muted_token(mint: str, until: datetime | None) -> str:
    """A token is muted, or told of again."""
    if until is None:
        return f"🔔 I tell you again about the token\n<code>{escape(mint)}</code>"
    how = "for good" if is_forever(until) else f"until {date_time(until)}"
    return f"🔕 Muted {how}, whoever trades it:\n<code>{escape(mint)}</code>"


def muted_wallet(watch: Watch, until: datetime | None) -> str:
    """A wallet is muted, or told of again."""
    name = wallet_name(watch.label, watch.wallet)
    if until is None:
        return f"🔔 I tell you again about <b>{name}</b>."
    how = "for good" if is_forever(until) else f"until {date_time(until)}"
    return f"🔕 <b>{name}</b> is muted {how}."


def ask_how_long(name: str) -> str:
    """For how long to mute; buttons stand below."""
    return f"For how long shall I mute <b>{name}</b>?"


def ask_which_token(symbol: str) -> str:
    """Several tokens bear that symbol; buttons stand below."""
    return f"More than one token is called {escape(clean(symbol, limit=16))}. Which shall I mute?"


def mute_usage() -> str:
    """What /mute takes."""
    return (
        "Write it like <code>/mute Moby 1h</code>, <code>/mute WIF 1d</code> or"
        " <code>/mute MINT 1d</code>; also forever, and off."
    )


def ask_delete() -> str:
    """Whether to delete all that is kept."""
    return (
        "Shall I delete all that I keep of this chat: wallets, names, rules, what I told you and what waits?"
        " This cannot be undone."
    )


def deleted() -> str:
    """All is gone."""
    return "🗑 Deleted. Nothing more is sent. /start begins anew."


def kept() -> str:
    """Nothing was deleted."""
    return "All right, nothing was deleted."


def is_forever(until: datetime) -> bool:
    """Whether nobody will live to see it."""
    return until >= FOREVER or until.astimezone(UTC).year >= _FAR_YEAR


def _limit(amount: object) -> str:
    return dollars(amount) if amount else "none"  # type: ignore[arg-type]


def _span(lowest: int | None, highest: int | None) -> str:
    return _between(duration(lowest) if lowest else "", duration(highest) if highest else "")


def _range(lowest: Decimal | None, highest: Decimal | None) -> str:
    return _between(dollars(lowest) if lowest else "", dollars(highest) if highest else "")


def _between(lowest: str, highest: str) -> str:
    if lowest and highest:
        return f"{lowest} to {highest}"
    return f"at least {lowest}" if lowest else f"at most {highest}" if highest else "any"


def _kinds(rules: Rules) -> str:
    silent = [kind.replace("_", " ") for kind in KINDS if kind in (rules.kinds_off or ())]
    return ", ".join(silent) or "nothing is left out"


def _yes(value: bool | None) -> str:  # noqa: FBT001 - shown as it is
    return "yes" if value else "no"


def _mints(mints: frozenset[str]) -> str:
    visible = [f"<code>{escape(mint)}</code>" for mint in sorted(mints)[:_MAX_MINTS]]
    more = len(mints) - len(visible)
    return ", ".join(visible) + (f" and {more} more" if more else "")


def _digest(settings: ChatSettings) -> str:
    if settings.digest is Digest.OFF:
        return "none, each alert at once"
    return "each full hour" if settings.digest is Digest.HOURLY else f"daily at {clock(settings.digest_at)}"
