"""Lanes: which message goes first when not all can go at once, and which may wait for others. Pure."""

from datetime import datetime, timedelta
from enum import IntEnum

from domain.activity.activity import SOL, WRAPPED_SOL, Activity, Kind
from domain.activity.dollars import DOLLAR_MINTS

PACE = 1 / 27
"""Seconds between the fair-queue times of one alert's deliveries: as fast as Telegram takes them."""


class Lane(IntEnum):
    """What goes first; a lower number passes the higher ones."""

    REPLIES = 0
    """Answers to people who look at the chat right now; never stored."""
    URGENT = 1
    """An exit, or about a token that the chat holds: who holds it may want to act."""
    NORMAL = 2
    BULK = 3
    """Outages: they may wait, and are never sent again when the answer does not come."""
    BROADCAST = 4
    """What an operator writes to all chats: after everything else, and at half of the rate at most."""


def lane_of(activity: Activity, *, full_exit: bool | None = None, is_owned: bool = False) -> Lane:
    """The lane of an activity's delivery.

    Args:
        activity: what happened.
        full_exit: whether a sell left nothing; None: not known, and then it counts as an exit.
        is_owned: whether another wallet that the chat follows holds a token of it.
    """
    is_exit = activity.kind is Kind.SELL and full_exit is not False
    return Lane.URGENT if is_exit or is_owned else Lane.NORMAL


def tokens_of(activity: Activity) -> frozenset[str]:
    """The mints that one holds rather than pays with."""
    legs = (*activity.paid, *activity.received)
    return frozenset(leg.mint for leg in legs) - DOLLAR_MINTS - {SOL, WRAPPED_SOL}


def fair_queue_time(begun: datetime, position: int) -> datetime:
    """When an alert's delivery number `position`, counted from 0, goes if all share fairly.

    An alert with very many followers takes the whole rate while it is alone, and leaves room for the next
    alert: these times are compared, not waited for.
    """
    return begun + timedelta(seconds=position * PACE)


def coalesce(
    created_at: datetime, before: tuple[datetime, datetime | None] | None, coalesce_seconds: float
) -> datetime | None:
    """Until when an alert waits for others of its wallet, so that a burst becomes one message.

    The first of a burst goes at once; what follows within the window goes together at its end.

    Args:
        created_at: when the alert was stored.
        before: the wallet's alert before: when it was stored, and until when it was coalesced.
        coalesce_seconds: within which alerts go together; 0: nothing waits.
    """
    if before is None or coalesce_seconds <= 0:
        return None
    last_at, coalesce_until = before
    sent_at = coalesce_until or last_at
    if created_at < sent_at:
        return coalesce_until
    ends = sent_at + timedelta(seconds=coalesce_seconds)
    return ends if created_at < ends else None
