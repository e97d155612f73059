"""The one line after an outage: from when to when nothing was seen, and what that meant for the chat. Pure.

🌫 I was blind from 14:03 to 14:25 (22 min). 3,140 blocks were read afterwards: 7 events of your wallets fell
into that time.
"""

from datetime import datetime

from domain.delivery.deliveries import OutageSummary
from messaging.telegram.texts.times import date_time, span_in_minutes, time_of_day

_MINUTE = 60.0


def outage_text(outage: OutageSummary) -> str:
    """The line as Telegram HTML."""
    return f"🌫 I was blind {_when(outage)}. {_replayed(outage)}: {_meant(outage)}."


def _when(outage: OutageSummary) -> str:
    seconds = (outage.ended_at - outage.began_at).total_seconds()
    lasted = span_in_minutes(seconds) if seconds >= _MINUTE else f"{max(1, int(seconds))} s"
    pauses = f", {outage.gaps} times" if outage.gaps > 1 else ""
    return (
        f"from {_from(outage.began_at, outage.ended_at)} to {date_time(outage.ended_at)} ({lasted}{pauses})"
    )


def _from(began_at: datetime, ended_at: datetime) -> str:
    same_day = began_at.date() == ended_at.date()
    return time_of_day(began_at) if same_day else date_time(began_at)


def _replayed(outage: OutageSummary) -> str:
    read = "What was missed was looked up afterwards"
    if outage.blocks:
        read = f"{outage.blocks:,} block{' was' if outage.blocks == 1 else 's were'} read afterwards"
    unread = f", {outage.unread:,} slots no node would show me any more" if outage.unread else ""
    return read + unread


def _meant(outage: OutageSummary) -> str:
    if outage.events:
        return (
            f"{outage.events:,} event{'' if outage.events == 1 else 's'} of your wallets fell into that time"
        )
    return (
        "I cannot rule out that I missed something"
        if outage.unread
        else "nothing happened in your wallets in that time"
    )
