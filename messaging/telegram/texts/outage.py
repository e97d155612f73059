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
    read = f"{counted(outage.blocks, 'block')}, " if outage.blocks else ""
    return f"🌫 Feed was down {_when(outage)}. Caught up: {read}{_events(outage)}.{_unread(outage)}"


def _when(outage: OutageSummary) -> str:
    pauses = f", {outage.gaps} times" if outage.gaps > 1 else ""
    at = time_of_day if outage.began_at.date() == outage.ended_at.date() else date_time
    return f"{at(outage.began_at)}–{at(outage.ended_at)} ({_lasted(outage)}{pauses})"


def _lasted(outage: OutageSummary) -> str:
    """`59 s`, `1 min 25 s`, `22 min`, `11 h`: cut, never rounded up."""
    seconds = max(1, int((outage.ended_at - outage.began_at).total_seconds()))
    minutes, rest = divmod(seconds, _MINUTE)
    if minutes == 0:
        return f"{seconds} s"
    return f"{minutes} min {rest} s" if rest and minutes < _EXACT_MINUTES else span_in_minutes(seconds)


def _events(outage: OutageSummary) -> str:
    if not outage.events:
        return "nothing of your wallets" if outage.unread else "nothing happened in your wallets"
    return f"{counted(outage.events, 'event')} of your wallets"


def _unread(outage: OutageSummary) -> str:
    """What no node gave is never called nothing."""
    if not outage.unread:
        return ""
    return f" ⚠️ {counted(outage.unread, 'slot')} could not be recovered, so something may be missing."
