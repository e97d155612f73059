"""The one line that names alerts of which nobody can tell whether they arrived. Pure.

⚠️ 3 alerts of 13:46 to 13:52 may not have reached you: 🟢 Ahab bought 38,410 TITHE for 84.2 SOL, …
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.alerts.kinds import AlertEvent
from domain.delivery.facts import DigestEntry
from messaging.telegram.texts.alert import POSSIBLE_REPEAT, headline
from messaging.telegram.texts.alert_facts import AlertFacts
from messaging.telegram.texts.times import date_time, is_today, moment, time_of_day

MAX_NAMED = 20
"""Alerts that are named one by one; a headline with its marks stays under 150 characters."""


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
        AlertFacts(event=event, label=entry.label, symbols=symbols, happened_at=entry.happened_at, age=0.0)
    )


def _when(entries: Sequence[DigestEntry], now: datetime) -> str:
    first, last = entries[0].happened_at, entries[-1].happened_at
    if len(entries) == 1 or first == last:
        return moment(first, now)
    if is_today(first, now) and is_today(last, now):
        return f"{time_of_day(first)} to {time_of_day(last)}"
    return f"{date_time(first)} to {time_of_day(last) if first.date() == last.date() else date_time(last)}"
