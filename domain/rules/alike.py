"""Watches whose decisions depend on settings alone, so equal settings share one decision. Pure.

Of such watches all that have set the same get the same decision about an activity: it is made once.
"""

from datetime import datetime

from domain.activity.activity import Activity
from domain.rules.rules import Watch

AlikeKey = tuple[int, int, tuple[str, ...]]
"""Identities of rules and settings, and the tags. It holds as long as a watch with that key is kept."""


def alike_key(watch: Watch, activity: Activity, *, seen_at: datetime) -> AlikeKey | None:
    """By what watches are alike; None: the decision rests on this very watch, its chat or its day.

    Args:
        watch: with its rules and those of its chat.
        activity: what happened.
        seen_at: when it was stored.
    """
    is_special = (
        watch.muted_until is not None
        or watch.noise is not None
        or watch.over_limit
        or watch.is_banned
        or watch.chat_closed
        or watch.is_holder
    )
    if is_special or _may_be_older(watch, activity, seen_at) or _may_be_full(watch):
        return None
    return id(watch.rules), id(watch.settings), watch.tags


def _may_be_older(watch: Watch, activity: Activity, seen_at: datetime) -> bool:
    """Whether the activity may have been seen, or have happened, before the chat followed the wallet."""
    return seen_at < watch.created_at or (watch.since_slot is not None and activity.slot <= watch.since_slot)


def _may_be_full(watch: Watch) -> bool:
    """Return whether the chat has got as many alerts in this hour as it wants, or may have."""
    number, wished = watch.alerts_this_hour, watch.settings.per_hour
    is_full = watch.hourly_limit is not None and number >= watch.hourly_limit
    return is_full or (wished is not None and number >= wished)
