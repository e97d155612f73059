"""Rules and mutes, as followers see them. Pure."""

from datetime import UTC, datetime
from decimal import Decimal

from domain.activity.activity import Kind
from domain.activity.addresses import short
from domain.rules.decisions import SENT_BY_DEFAULT
from domain.rules.noise import MIN_TRADES
from domain.rules.rehearsal import Rehearsal
from domain.rules.rules import FOREVER, Rules, Watch
from messaging.telegram.escaping import escape
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.kinds import counted, counted_kind, kind_words
from messaging.telegram.texts.times import dollars, duration, moment

_MAX_MINTS = 8
_MAX_NAME = 40
_FAR_YEAR = 2100
"""Who is muted until then is muted for good."""
KINDS = tuple(kind for kind in Kind if kind in SENT_BY_DEFAULT)
"""The kinds that may be told, in the order in which they are shown."""


def rules_text(
    watch: Watch | None, rules: Rules, *, tag: str = "", is_reset: bool = False, last_week: str = ""
) -> str:
    """What counts for a watch, or for all wallets that have no rules of their own.

    Args:
        watch: whose rules; None: those for all.
        rules: what counts.
        tag: whose rules, where it is no watch's; empty: all wallets'.
        is_reset: whether they were reset just now.
        last_week: what they would have brought, as Telegram HTML.
    """
    name, example = _scope(watch, tag)
    lines = [
        *([f"↩️ Rules for {name} were reset."] if is_reset else []),
        f"<b>Rules for {name}</b>",
        f"Minimum: {_limit(rules.min_usd)} · maximum: {_limit(rules.max_usd)}{_largest(rules)}",
        _kinds(rules),
        f"First buys only: {_switch(rules.first_buy_only)}",
        f"Full exits only: {_switch(rules.full_exit_only)}",
        f"Token age: {_span(rules.min_age_seconds, rules.max_age_seconds)}",
        f"Market cap: {_range(rules.min_market_cap, rules.max_market_cap)}",
        f"Least liquidity: {_limit(rules.min_liquidity)}",
    ]
    if rules.only_tokens:
        lines.append(f"Only these tokens: {_mints(rules.only_tokens)}")
    if rules.never_tokens:
        lines.append(f"Never these tokens: {_mints(rules.never_tokens)}")
    lines += [
        *conflicts(rules),
        *(["", last_week] if last_week else []),
        "",
        "If a price or age is unknown, you still get the alert.",
        f"Or type, e.g.: <code>{example} min 1000 max 50k</code>, <code>only WIF</code>,",
        "<code>never WIF</code>, <code>any</code>, <code>off sell</code>, <code>age 1h-7d</code>,",
        "<code>cap 100k-5m</code>, <code>liq 10k</code>, <code>top 20%</code>.",
    ]
    return "\n".join(lines)


def _scope(watch: Watch | None, tag: str) -> tuple[str, str]:
    """Whose rules they are, and how one writes that."""
    if watch is not None:
        wallet = escape(watch.label or short(watch.wallet))
        return wallet_name(watch.label, watch.wallet), f"/rules {wallet}"
    return (f"wallets tagged #{tag}", f"/rules #{tag}") if tag else ("all wallets", "/rules")


def rehearsal_text(rehearsal: Rehearsal, busiest: Watch | None) -> str:
    """`Last week: 41 alerts, 38 of them from Ahab. With a minimum of $2,000: 9.`; empty: nothing happened.

    Args:
        rehearsal: what the week would have brought.
        busiest: the watch of most of it; None: not known any more.
    """
    if not rehearsal.number:
        return ""
    floor = "at least " if rehearsal.is_cut else ""
    text = f"🎬 Last week: {floor}{counted(rehearsal.number, 'alert')}"
    if busiest is not None and _is_most(rehearsal):
        text += f", {rehearsal.of_busiest:,} of them from {wallet_name(busiest.label, busiest.wallet)}"
    if rehearsal.minimum is None:
        return f"{text}."
    return f"{text}. With a minimum of {dollars(rehearsal.minimum)}: {rehearsal.with_minimum:,}."


def patterns_counted(number: int) -> str:
    """Beside the alerts of last week, the patterns; empty: there were none."""
    return f" And {counted(number, 'pattern')}: /patterns" if number else ""


def _is_most(rehearsal: Rehearsal) -> bool:
    return rehearsal.number > rehearsal.of_busiest >= rehearsal.number / 2


def conflicts(rules: Rules) -> list[str]:
    """The rules that leave nothing over, or contradict each other: one line each, as HTML."""
    found = []
    if rules.min_usd and rules.max_usd and rules.min_usd > rules.max_usd:
        found.append("⚠️ The minimum is above the maximum, so no alert with a known price comes.")
    if set(KINDS) <= (rules.kinds_off or frozenset()):
        found.append("⚠️ All types are muted, so no alert comes.")
    both = (rules.only_tokens or frozenset()) & (rules.never_tokens or frozenset())
    if both and both == rules.only_tokens:
        found.append("⚠️ The only tokens allowed are excluded, too, so no alert comes.")
    elif both:
        found.append(f"⚠️ Both allowed and excluded, so it stays excluded: {_mints(both)}")
    if rules.first_buy_only and Kind.BUY in (rules.kinds_off or ()):
        found.append("⚠️ First buys only, but buys are muted.")
    if rules.full_exit_only and Kind.SELL in (rules.kinds_off or ()):
        found.append("⚠️ Full exits only, but sells are muted.")
    return found


def in_all_topics(topic_id: int) -> str:
    """What stands behind settings of a chat in one of its topics; empty: it was no topic."""
    return "\n\nThis counts for all topics of the group." if topic_id else ""


def zone_words(zone: str) -> str:
    """What a time zone is called; an offset in the way people count it."""
    if not zone.startswith("Etc/GMT"):
        return escape(zone)
    hours_west = zone.removeprefix("Etc/GMT")
    sign = "+" if hours_west.startswith("-") else "-"
    return f"UTC{sign}{hours_west[1:]} (no daylight saving)"


def paused(until: datetime | None, now: datetime) -> str:
    """All alerts are stopped, or go on."""
    if until is None:
        return "▶ Alerts are on."
    how = "until you resume them" if is_forever(until) else f"until {moment(until, now)}"
    return f"⏸ All alerts paused {how}. /unmute all resumes them."


def ask_pause() -> str:
    """For how long to stop all alerts; buttons stand below."""
    return "Pause all alerts for how long? Alerts of that time do not come later. Or type /pause 2h."


def ask_unmute(*, is_paused: bool) -> str:
    """What to unmute; buttons stand below."""
    state = "All alerts are paused. " if is_paused else ""
    return f"{state}Unmute what?"


def all_unmuted() -> str:
    """The pause and every mute are over."""
    return "🔔 Everything unmuted."


def nothing_muted() -> str:
    """There is nothing to unmute."""
    return "Nothing is muted."


def muted_token(name: str, mint: str, until: datetime | None, now: datetime) -> str:
    """A token is muted or not; `name` is HTML."""
    return f"{_muted(name, until, now)}\n<code>{escape(mint)}</code>"


def muted_wallet(watch: Watch, until: datetime | None, now: datetime) -> str:
    """A wallet is muted or not."""
    return _muted(wallet_name(watch.label, watch.wallet), until, now)


def muted_tag(tag: str, until: datetime | None, now: datetime) -> str:
    """The wallets that bear a tag are muted or not."""
    return _muted(f"#{tag}", until, now)


def ask_how_long(name: str) -> str:
    """For how long to mute; buttons stand below. `name` is HTML."""
    return f"Mute <b>{name}</b> for how long?"


def mute_usage() -> str:
    """What /mute takes; plain text."""
    return "Write it like /mute Moby 1h, /mute WIF 1d or /mute all 8h; also forever and off."


def nothing_called(words: str) -> str:
    """Neither a wallet nor a token is meant; plain text."""
    return f"No wallet you follow and no token seen here is called “{words[:_MAX_NAME]}”. See /wallets."


def less_done(watch: Watch, verb: str, word: str) -> str:
    """Fewer alerts of a wallet come from now on: which ones."""
    name = wallet_name(watch.label, watch.wallet)
    return f"✅ {less_words(verb, word, f'<b>{name}</b>')}."


def less_words(verb: str, word: str, name: str) -> str:
    """What a rule leaves out, for a button and its answer: `No more buys from Cora`."""
    if verb == "min":
        return f"Only {dollars(Decimal(word))} or more from {name}"
    if verb == "first":
        return f"First buys only from {name}"
    if verb == "exit":
        return f"Full exits only from {name}"
    return f"No more {counted_kind(2, word).partition(' ')[2]} from {name}"


def ask_delete() -> str:
    """Whether to delete all that is kept."""
    return (
        "Delete all data of this chat (wallets, names, rules, history, queued alerts)? This cannot be undone."
    )


def deleted() -> str:
    """All is gone."""
    return "🗑 Deleted. Nothing more is sent. /start begins anew."


def kept() -> str:
    """Nothing was deleted."""
    return "Nothing was deleted."


def is_forever(until: datetime) -> bool:
    """Whether nobody will live to see it."""
    return until >= FOREVER or until.astimezone(UTC).year >= _FAR_YEAR


def _limit(amount: object) -> str:
    return dollars(amount) if amount else "none"  # type: ignore[arg-type]


def _largest(rules: Rules) -> str:
    """Said with its condition, so that nobody waits for it in vain."""
    if not rules.min_percentile:
        return ""
    top = 100 - rules.min_percentile
    return f"\nOnly its largest trades: top {top}% of its own, once {MIN_TRADES} are known"


def _span(lowest: int | None, highest: int | None) -> str:
    return _between(duration(lowest) if lowest else "", duration(highest) if highest else "")


def _range(lowest: Decimal | None, highest: Decimal | None) -> str:
    return _between(dollars(lowest) if lowest else "", dollars(highest) if highest else "")


def _between(lowest: str, highest: str) -> str:
    if lowest and highest:
        return f"{lowest} to {highest}"
    return f"at least {lowest}" if lowest else f"at most {highest}" if highest else "any"


def _muted(name: str, until: datetime | None, now: datetime) -> str:
    if until is None:
        return f"🔔 <b>{name}</b> unmuted."
    how = "until you unmute it" if is_forever(until) else f"until {moment(until, now)}"
    return f"🔕 <b>{name}</b> muted {how}."


def _kinds(rules: Rules) -> str:
    silent = [kind_words(kind) for kind in KINDS if kind in (rules.kinds_off or ())]
    return f"Muted types: {', '.join(silent)}" if silent else "Alert types: all"


def _switch(value: bool | None) -> str:  # noqa: FBT001 - shown as it is
    return "on" if value else "off"


def _mints(mints: frozenset[str]) -> str:
    visible = [f"<code>{escape(mint)}</code>" for mint in sorted(mints)[:_MAX_MINTS]]
    more = len(mints) - len(visible)
    return ", ".join(visible) + (f" and {more} more" if more else "")
