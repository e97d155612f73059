"""What an alert's message says, whatever its kind. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

E_co = TypeVar("E_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts(Generic[E_co]):
    """Everything an alert's message says."""

    event: E_co
    label: str
    """What the chat calls the subject; empty: nothing."""
    symbols: Mapping[str, str | None]
    """Mint to symbol as the chain says it; missing: not known."""
    happened_at: datetime
    """The block's time, or when it was seen."""
    age: float
    """Seconds from `happened_at` to now."""
    possible_repeat: bool = False
    """The answer to an earlier send was lost, so that this may be the second copy."""
    notes: Sequence[str] = ()
    """What the reader should know of how it was decided, as Telegram HTML."""
    reverted: bool = False
    """Whether the transaction died with its fork."""
