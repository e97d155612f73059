"""What operators read of large changes of SOL that no activity showed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.activity.activity import SOL_DECIMALS
from domain.activity.amounts import exact
from messaging.telegram.escaping import escape
from messaging.telegram.texts.kinds import counted

_MAX_LISTED = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexplainedChange:
    """A large change of a wallet's SOL that no activity showed."""

    address: str
    lamports: int
    """More than before, or less; never 0."""
    slots: tuple[int, int]
    """Of the readings before and after it."""
    stored: int | None
    """Missed activities that are stored now; None: no node answers what the wallet did."""


def unexplained_changes(changes: Sequence[UnexplainedChange]) -> str:
    """Return what operators read of large changes that no activity showed, at least one."""
    hidden = len(changes) - _MAX_LISTED
    rest = [f"… and {counted(hidden, 'more change')}."] if hidden > 0 else []
    return "\n".join([*map(_unexplained, changes[:_MAX_LISTED]), *rest])


def _unexplained(change: UnexplainedChange) -> str:
    amount = exact(abs(change.lamports), SOL_DECIMALS)
    verb = "came to" if change.lamports > 0 else "left"
    first, last = change.slots
    what = "No node lists a transaction that was missed."
    if change.stored is None:
        what = "No node answers what it did."
    elif change.stored:
        what = f"{counted(change.stored, 'missed activity')} stored now."
    return (
        f"🟠 {amount} SOL {verb} <code>{escape(change.address)}</code> in slots {first:,} to {last:,} without"
        f" an activity. {what}"
    )
