"""The one line after an outage, the one that counts spam, the one of alerts that may not have arrived. Pure.

🌫 Feed was down 14:03–14:25 (22 min). Caught up: 3,140 blocks, 7 events of your wallets.
⚠️ 3 alerts of 13:46 to 13:52 may not have reached you: 🟢 Ahab bought 38,410 TITHE for 84.2 SOL, …
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.alerts.kinds import AlertEvent
from domain.delivery.deliveries import OutageSummary, SilentSpam
from domain.delivery.facts import DigestEntry
from domain.rules.gates import Gate
from messaging.telegram.texts.alert import POSSIBLE_REPEAT, headline
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.times import date_time, is_today, moment, span_in_minutes, time_of_day

_MINUTE = 60
_EXACT_MINUTES = 10
"""Below, the seconds matter."""
MAX_NAMED = 20
"""Alerts that are named one by one; a headline with its marks stays under 150 characters."""


def outage_text(outage: OutageSummary) -> str:
    """The line as Telegram HTML."""
    return f"🌫 Feed was down {_outage_span(outage)}. {_caught_up(outage)}.{_unread(outage)}"


_SPAM_WORDS = {
    Gate.DUST: "worth less than $1",
    Gate.LOOK_ALIKE: "from look-alikes",
    Gate.LINK_NAME: "called like a website",
    Gate.BLAST: "sent to many at once",
    Gate.SPAM: "unasked and worthless",
}


def spam_text(spam: SilentSpam) -> str:
    """`🧹 14 spam transfers were silent since yesterday: 9 worth less than $1, …`, as Telegram HTML."""
    total = sum(spam.by_gate.values())
    sorts = ", ".join(f"{number:,} {_SPAM_WORDS[gate]}" for gate, number in spam.by_gate.items())
    were = "was" if total == 1 else "were"
    return f"🧹 {counted(total, 'spam transfer')} {were} silent since yesterday: {sorts}. /why names each."


def _outage_span(outage: OutageSummary) -> str:
    pauses = f", {outage.gaps} times" if outage.gaps > 1 else ""
    at = time_of_day if outage.began_at.date() == outage.ended_at.date() else date_time
    is_within_minute = f"{outage.began_at:%F %R}" == f"{outage.ended_at:%F %R}"
    began = "" if is_within_minute else f"{at(outage.began_at)}–"
    return f"{began}{at(outage.ended_at)} ({_lasted(outage)}{pauses})"


def _lasted(outage: OutageSummary) -> str:
    """`59 s`, `1 min 25 s`, `22 min`, `11 h`: cut, never rounded up."""
    seconds = max(1, int((outage.ended_at - outage.began_at).total_seconds()))
    minutes, rest = divmod(seconds, _MINUTE)
    if minutes == 0:
        return f"{seconds} s"
    return f"{minutes} min {rest} s" if rest and minutes < _EXACT_MINUTES else span_in_minutes(seconds)


def _caught_up(outage: OutageSummary) -> str:
    read = [counted(outage.blocks, "block")] if outage.blocks else []
    if outage.events:
        read.append(f"{counted(outage.events, 'event')} of your wallets")
    caught_up = f"Caught up: {', '.join(read)}" if read else "Caught up"
    if outage.events or outage.unread:
        return caught_up
    return f"{caught_up}; nothing happened in your wallets"


def _unread(outage: OutageSummary) -> str:
    """What no node gave is never called nothing."""
    if not outage.unread:
        return ""
    return f" ⚠️ {counted(outage.unread, 'slot')} could not be recovered, so something may be missing."


def unconfirmed_text(
    entries: Sequence[DigestEntry],
    *,
    symbols: Mapping[str, str | None],
    now: datetime,
    possible_repeat: bool = False,
) -> str:
    """The line as Telegram HTML.

    Args:
        entries: the alerts, the oldest first; at least one.
        symbols: mint to symbol as the chain says it.
        now: the time at which it is read first.
        possible_repeat: the answer to an earlier send was lost.
    """
    number = len(entries)
    what = "1 alert" if number == 1 else f"{number:,} alerts"
    names = [_name(entry, entry.event, symbols) for entry in entries[:MAX_NAMED] if entry.event is not None]
    more = f", and {number - len(names):,} more" if number > len(names) else ""
    line = f"⚠️ {what} of {_when(entries, now)} may not have reached you: {', '.join(names)}{more}"
    return f"{line}\n{POSSIBLE_REPEAT}" if possible_repeat else line


def _name(entry: DigestEntry, event: AlertEvent, symbols: Mapping[str, str | None]) -> str:
    return headline(
        AlertFacts(
            event=event,
            label=entry.label,
            symbols=symbols,
            happened_at=entry.happened_at,
            age=0.0,
            market=entry.market,
        )
    )


def _when(entries: Sequence[DigestEntry], now: datetime) -> str:
    first, last = entries[0].happened_at, entries[-1].happened_at
    if len(entries) == 1 or first == last:
        return moment(first, now)
    if is_today(first, now) and is_today(last, now):
        return f"{time_of_day(first)} to {time_of_day(last)}"
    return f"{date_time(first)} to {time_of_day(last) if first.date() == last.date() else date_time(last)}"
