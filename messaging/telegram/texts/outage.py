"""The one line after an outage: from when to when nothing was seen, and what that meant for the chat. Pure.

🌫 Feed was down 14:03–14:25 (22 min). Caught up: 3,140 blocks, 7 events of your wallets.
"""

from domain.delivery.deliveries import OutageSummary
from messaging.telegram.texts.kinds import counted
from messaging.telegram.texts.times import date_time, span_in_minutes, time_of_day

_MINUTE = 60
_EXACT_MINUTES = 10
"""Below, the seconds matter."""


def outage_text(outage: OutageSummary) -> str:
    """The line as Telegram HTML."""
    return f"🌫 Feed was down {_when(outage)}. {_caught_up(outage)}.{_unread(outage)}"


def _when(outage: OutageSummary) -> str:
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
