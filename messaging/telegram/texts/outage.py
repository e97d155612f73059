"""The one line after an outage: from when to when nothing was seen, and what that meant for the chat. Pure.

🌫 I was blind from 14:03 to 14:25 (22 min). 3,140 blocks were read afterwards: 7 events of your wallets fell
into that time.
"""

from datetime import datetime

from domain.delivery.system_messages import Blind
from messaging.telegram.texts.alert import span
from messaging.telegram.texts.times import date_time, time_of_day

_MINUTE = 60.0


def outage_text(blind: Blind) -> str:
    """The line as Telegram HTML."""
    return f"🌫 I was blind {_when(blind)}. {_replayed(blind)}: {_meant(blind)}."


def _when(blind: Blind) -> str:
    seconds = (blind.ended_at - blind.began_at).total_seconds()
    lasted = span(seconds) if seconds >= _MINUTE else f"{max(1, int(seconds))} s"
    pauses = f", {blind.spells} times" if blind.spells > 1 else ""
    return f"from {_from(blind.began_at, blind.ended_at)} to {date_time(blind.ended_at)} ({lasted}{pauses})"


def _from(began_at: datetime, ended_at: datetime) -> str:
    same_day = began_at.date() == ended_at.date()
    return time_of_day(began_at) if same_day else date_time(began_at)


def _replayed(blind: Blind) -> str:
    read = "What was missed was looked up afterwards"
    if blind.blocks:
        read = f"{blind.blocks:,} block{' was' if blind.blocks == 1 else 's were'} read afterwards"
    lost = f", {blind.unread:,} slots no node would show me any more" if blind.unread else ""
    return read + lost


def _meant(blind: Blind) -> str:
    if blind.events:
        return f"{blind.events:,} event{'' if blind.events == 1 else 's'} of your wallets fell into that time"
    return (
        "I cannot rule out that I missed something"
        if blind.unread
        else "nothing happened in your wallets in that time"
    )
