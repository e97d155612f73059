"""Whether what a wallet did ends a position. Pure."""

from decimal import Decimal

from domain.activity.activity import SOL, Activity, Kind
from domain.activity.prices import DOLLAR_MINTS

CLOSED_SHARE = 50
"""A position is closed when at most one part in so many of what there was before is left."""
_MONEY = DOLLAR_MINTS | {SOL}


def is_exit(activity: Activity, *, full_exit: bool | None = None) -> bool:
    """Whether a sale, or a swap into another token, left next to nothing of what it gave; not known is no."""
    return exit_known(activity, full_exit=full_exit) is True


def exit_known(activity: Activity, *, full_exit: bool | None = None) -> bool | None:
    """The same, with None where it is not known. What the transaction shows of balances decides, if it does.

    Args:
        activity: its balances are those of the accounts of its transaction; of a swap, what was there before
            of what it gave.
        full_exit: whether nothing is left of all that the wallet was seen to get; None: not known.
    """
    if activity.kind is Kind.SELL:
        is_closed = _is_closed(activity.token_before, activity.token_after)
    elif activity.kind is Kind.SWAP:
        is_closed = _is_closed(activity.given_before, _left_of_given(activity))
    else:
        return False
    return full_exit if is_closed is None else is_closed


def leaves_nothing(activity: Activity) -> bool:
    """Return whether next to nothing is left of the token whose balances an activity shows."""
    return _is_closed(activity.token_before, activity.token_after) is True


def _is_closed(before: int | None, after: int | None) -> bool | None:
    """None: not known, as where nothing was there before."""
    return after * CLOSED_SHARE <= before if before and after is not None else None


def share_given(activity: Activity) -> Decimal | None:
    """The part that a swap gave of what was there of its token; None: not known, or it gave several."""
    before, left = given_balances(activity)
    return 1 - Decimal(left) / before if before and left is not None else None


def given_balances(activity: Activity) -> tuple[int | None, int | None]:
    """What was there before a swap of the one token that it gave, and what is left; None: not known."""
    left = _left_of_given(activity)
    return (None, None) if left is None or left < 0 else (activity.given_before, left)


def _left_of_given(activity: Activity) -> int | None:
    given = [leg.raw for leg in activity.paid if leg.mint not in _MONEY]
    before = activity.given_before
    return before - given[0] if before is not None and len(given) == 1 else None
