"""Whether what a wallet did ends a position. Pure."""

from domain.activity.activity import Activity, Kind

CLOSED_SHARE = 50
"""A position is closed when at most one part in so many of the most it held is left."""


def is_exit(activity: Activity, *, full_exit: bool | None = None) -> bool:
    """Whether a sale, or a swap into another token, left next to nothing of what it gave.

    Args:
        activity: its balances are those of the accounts of its transaction; a swap's are of what came in,
            which never ends by it.
        full_exit: whether nothing is left of all that the wallet was seen to get; None: not known.
    """
    if activity.kind not in {Kind.SELL, Kind.SWAP}:
        return False
    return full_exit is True or leaves_nothing(activity)


def leaves_nothing(activity: Activity) -> bool:
    """Whether next to nothing is left of the token whose balances an activity tells."""
    before, after = activity.token_before, activity.token_after
    return bool(before and after is not None and after * CLOSED_SHARE <= before)
