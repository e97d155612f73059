"""What detectors of patterns read: one wallet in one transaction, in few words. Pure."""

from enum import StrEnum
from typing import NamedTuple


class Action(StrEnum):
    """What the wallet did, as far as a pattern asks for it."""

    BUY = "buy"
    SELL = "sell"
    SENT = "sent"
    GOT = "got"
    OTHER = "other"
    """Something else that it did itself."""


class Sighting(NamedTuple):
    """One wallet in one transaction."""

    wallet: str
    at: float
    """Block time, Unix seconds."""
    action: Action
    mint: str = ""
    """The token that was traded, or what was sent; `SOL` for native and wrapped SOL; empty: none."""
    usd: float | None = None
    """Dollars that changed hands, near enough for thresholds; None: not known."""
    before: int | None = None
    """What the wallet held of the token before, raw; None: not known."""
    after: int | None = None
    party: str = ""
    """Who got what was sent, or sent what was got; empty: nobody in particular."""
    is_small: bool = False
    """Whether the market of what was sent is known, and too small for any exchange to take the token."""
    lamports: int = 0
    """SOL that was sent or got."""
    book: float | None = None
    """Dollars that the wallet had before what it sent, that included; None: not known."""
    by_itself: bool = True
    """Whether the wallet signed; not known counts as yes."""
    event_id: int = 0
    """Of the alert that reports it; 0: none does."""


class PastOfAddress(NamedTuple):
    """What a chain shows of an address that value went to."""

    first_at: float | None
    """Its first transaction, Unix seconds; None: it is older than what was read."""
    passed_on: float = 0.0
    """The part of what it got that it has sent on in plain transfers, of every kind the largest part."""
    passed_to: tuple[str, ...] = ()
    """To whom."""
    acts: bool = False
    """Whether it did anything itself but send on: traded, staked, opened a position."""
    seen_until: float = 0.0
    """Up to when this was read, Unix seconds."""
