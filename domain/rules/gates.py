"""The gates that an activity passes before an alert is sent, what each asks and may decide. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum


class Gate(StrEnum):
    """The gate that decided. Every gate but `WANTED` stops an alert or defers it."""

    WANTED = "wanted"
    REVERTED = "reverted"
    """It was seen before it was confirmed, and died with its fork."""
    CHAT_CLOSED = "chat_closed"
    """The chat blocked the bot or is gone."""
    BEFORE_WATCH = "before_watch"
    """It was seen, or happened, before the chat followed the wallet."""
    PAUSED = "paused"
    """The chat wants no alerts at all for a while."""
    MUTED = "muted"
    TOKEN_MUTED = "token_muted"  # noqa: S105 - a token of the chain
    KIND_OFF = "kind_off"
    DUST = "dust"
    """A tiny amount came in, of whatever currency."""
    SPAM = "spam"
    """A token of no known value came in unasked."""
    TOKEN_NOT_LISTED = "token_not_listed"  # noqa: S105 - the same
    """The rules name the only tokens that are sent, and this is none of them."""
    TOKEN_EXCLUDED = "token_excluded"  # noqa: S105 - the same
    BELOW_MINIMUM = "below_minimum"
    ABOVE_MAXIMUM = "above_maximum"
    NOT_FIRST_BUY = "not_first_buy"
    NOT_FULL_EXIT = "not_full_exit"
    TOO_YOUNG = "too_young"
    """The token was made a shorter time ago than the rules ask for."""
    TOO_OLD = "too_old"
    MARKET_CAP_TOO_LOW = "market_cap_too_low"
    """All of the token together is worth less than the rules ask for."""
    MARKET_CAP_TOO_HIGH = "market_cap_too_high"
    QUIET = "quiet"
    """It comes in one digest when the quiet hours end."""
    DIGEST = "digest"
    """The chat gets everything in digests."""
    HOUR_FULL = "hour_full"
    """The chat has got as many alerts in this hour as it wants; the rest comes together at its end."""
    TIER_FULL = "tier_full"
    """The same for what the chat's tier allows."""


class GateResult(StrEnum):
    """What a gate decides about an activity."""

    PASSED = "passed"
    UNKNOWN = "unknown"
    """What the gate needs is not known: that never stops an alert, and the message names it."""
    DEFERRED = "deferred"
    STOPPED = "stopped"


DEFERRING = frozenset({Gate.QUIET, Gate.DIGEST, Gate.HOUR_FULL, Gate.TIER_FULL})
"""They never stop an alert, they only defer it."""
OVER_LIMIT = frozenset({Gate.HOUR_FULL, Gate.TIER_FULL})
"""They defer what exceeds the number of alerts that a chat gets one by one in an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known beyond the activity itself. None: not known."""

    usd: Decimal | None = None
    """Dollars that changed hands."""
    first_buy: bool | None = None
    """Whether the wallet had never got the bought token before, as far as it was watched."""
    full_exit: bool | None = None
    """Whether nothing is left of the sold token of all that the wallet was seen to get."""
    token_age: timedelta | None = None
    """How long ago the token was made."""
    token_age_at_least: timedelta | None = None
    """It is as old as this or older, where it is not known when it was made."""
    tokens_known: bool | None = None
    """Whether the wallet ever dealt itself with a token that came in unasked; not asked for other events."""
    market_cap: Decimal | None = None
    """Dollars that all of the token would fetch at the price of this very trade."""


NO_FACTS = Facts()
