"""The one line after an outage, the one that counts spam, the one of alerts that may not have arrived. Pure.

🌫 Feed was down 14:03–14:25 (22 min). Caught up: 3,140 blocks, 7 events of your wallets.
⚠️ 3 alerts of 13:46 to 13:52 may not have reached you: 🟢 Ahab bought 38,410 TITHE for 84.2 SOL, …
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.alerts.kinds import AlertEvent
from domain.delivery.deliveries import SuppressedSpam
from domain.delivery.facts import DigestEntry
from domain.delivery.outages import OutageSummary
from domain.rules.gates import Gate
from messaging.languages.locale import ENGLISH, Locale, ngettext_noop
from messaging.telegram.texts.alert import POSSIBLE_REPEAT, headline
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.times import date_time, in_unit, is_today, moment, span_in_minutes, time_of_day

_MINUTE = 60
_EXACT_MINUTES = 10
"""Below, the seconds matter."""
MAX_NAMED = 20
"""Alerts that are named one by one; a headline with its marks stays under 150 characters."""


def outage_text(outage: OutageSummary, *, locale: Locale = ENGLISH) -> str:
    """The line as Telegram HTML."""
    down = locale.gettext("🌫 Feed was down {time}.", time=_outage_span(outage, locale=locale))
    return " ".join([down, _caught_up(outage, locale=locale), *_unread(outage, locale=locale)])


_SPAM_WORDS = {
    Gate.DUST: ngettext_noop("{number} worth less than $1", "{number} worth less than $1"),
    Gate.LOOK_ALIKE: ngettext_noop("{number} from look-alikes", "{number} from look-alikes"),
    Gate.LINK_NAME: ngettext_noop("{number} called like a website", "{number} called like a website"),
    Gate.BLAST: ngettext_noop("{number} sent to many at once", "{number} sent to many at once"),
    Gate.SPAM: ngettext_noop("{number} unasked and worthless", "{number} unasked and worthless"),
}


def spam_text(spam: SuppressedSpam, *, locale: Locale = ENGLISH) -> str:
    """`🧹 14 spam transfers were silent since yesterday: 9 worth less than $1, …`, as Telegram HTML."""
    total = sum(spam.by_gate.values())
    sorts = ", ".join(locale.ngettext(*_SPAM_WORDS[gate], number) for gate, number in spam.by_gate.items())
    return locale.ngettext(
        "🧹 {number} spam transfer was silent since yesterday: {list}. /why names each.",
        "🧹 {number} spam transfers were silent since yesterday: {list}. /why names each.",
        total,
        list=sorts,
    )


def _outage_span(outage: OutageSummary, *, locale: Locale = ENGLISH) -> str:
    lasted = [_lasted(outage, locale=locale)]
    if outage.gaps > 1:
        lasted.append(locale.ngettext("{number} time", "{number} times", outage.gaps))
    at = time_of_day if outage.began_at.date() == outage.ended_at.date() else date_time
    is_within_minute = f"{outage.began_at:%F %R}" == f"{outage.ended_at:%F %R}"
    began = "" if is_within_minute else f"{at(outage.began_at)}–"
    return f"{began}{at(outage.ended_at)} ({', '.join(lasted)})"


def _lasted(outage: OutageSummary, *, locale: Locale = ENGLISH) -> str:
    """`59 s`, `1 min 25 s`, `22 min`, `11 h`: cut, never rounded up."""
    seconds = max(1, int((outage.ended_at - outage.began_at).total_seconds()))
    minutes, rest = divmod(seconds, _MINUTE)
    if minutes == 0:
        return in_unit(seconds, "s", locale=locale)
    if not rest or minutes >= _EXACT_MINUTES:
        return span_in_minutes(seconds, locale=locale)
    return f"{in_unit(minutes, 'min', locale=locale)} {in_unit(rest, 's', locale=locale)}"


def _caught_up(outage: OutageSummary, *, locale: Locale = ENGLISH) -> str:
    read = [locale.ngettext("{number} block", "{number} blocks", outage.blocks)] if outage.blocks else []
    if outage.events:
        events = locale.ngettext(
            "{number} event of your wallets", "{number} events of your wallets", outage.events
        )
        read.append(events)
    if not outage.events and not outage.unread:
        if not read:
            return locale.gettext("Caught up; nothing happened in your wallets.")
        return locale.gettext("Caught up: {list}; nothing happened in your wallets.", list=", ".join(read))
    return (
        locale.gettext("Caught up: {list}.", list=", ".join(read)) if read else locale.gettext("Caught up.")
    )


def _unread(outage: OutageSummary, *, locale: Locale = ENGLISH) -> list[str]:
    """Return what no node gave is never called nothing."""
    if not outage.unread:
        return []
    return [
        locale.ngettext(
            "⚠️ {number} slot could not be recovered, so something may be missing.",
            "⚠️ {number} slots could not be recovered, so something may be missing.",
            outage.unread,
        )
    ]


def unconfirmed_text(
    entries: Sequence[DigestEntry],
    *,
    symbols: Mapping[str, str | None],
    now: datetime,
    possible_repeat: bool = False,
    locale: Locale = ENGLISH,
) -> str:
    """The line as Telegram HTML.

    Args:
        entries: the alerts, the oldest first; at least one.
        symbols: mint to symbol as the chain says it.
        now: the time at which it is read first.
        possible_repeat: the answer to an earlier send was lost.
        locale: of who reads it.
    """
    number = len(entries)
    names = [
        _name(entry, entry.event, symbols, locale=locale)
        for entry in entries[:MAX_NAMED]
        if entry.event is not None
    ]
    named = ", ".join(names)
    if number > len(names):
        rest = number - len(names)
        named = locale.ngettext("{list}, and {number} more", "{list}, and {number} more", rest, list=named)
    line = locale.ngettext(
        "⚠️ {number} alert of {time} may not have reached you: {list}",
        "⚠️ {number} alerts of {time} may not have reached you: {list}",
        number,
        time=_when(entries, now, locale=locale),
        list=named,
    )
    return f"{line}\n{locale.gettext(POSSIBLE_REPEAT)}" if possible_repeat else line


def _name(
    entry: DigestEntry, event: AlertEvent, symbols: Mapping[str, str | None], *, locale: Locale = ENGLISH
) -> str:
    return headline(
        AlertFacts(
            event=event,
            label=entry.label,
            symbols=symbols,
            happened_at=entry.happened_at,
            age=0.0,
            market=entry.market,
            locale=locale,
        )
    )


def _when(entries: Sequence[DigestEntry], now: datetime, *, locale: Locale = ENGLISH) -> str:
    first, last = entries[0].happened_at, entries[-1].happened_at
    if len(entries) == 1 or first == last:
        return moment(first, now)
    if is_today(first, now) and is_today(last, now):
        return _from_to(time_of_day(first), time_of_day(last), locale=locale)
    until = time_of_day(last) if first.date() == last.date() else date_time(last)
    return _from_to(date_time(first), until, locale=locale)


def _from_to(first: str, last: str, *, locale: Locale = ENGLISH) -> str:
    return locale.gettext("{first} to {last}", first=first, last=last)
