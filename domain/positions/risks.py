"""Four signs that a wallet's profit is no skill to copy, each with its sample size. Pure."""

from collections.abc import Iterable

import msgspec

from domain.positions.holdings import Holding

FAST_SECONDS = 60
"""Nobody comes after a round trip that took less."""


class Risks(msgspec.Struct, frozen=True, kw_only=True):
    """The signs, as counts."""

    tokens: int
    """Of which anything was seen."""
    unbought: int
    """Held or sold, and never seen to be bought: given, minted, or moved from another wallet."""
    oversold: int
    """Bought, and more of them sold than was seen to be bought."""
    trips: int
    """Ended round trips of which the time is known."""
    fast: int
    """Those within `FAST_SECONDS`."""
    scanned: int = 0
    """Of the tokens, those that were scanned."""
    unsellable: int = 0
    """Of these, those that their holders may not sell freely: honeypots."""

    @property
    def are_known(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.tokens)


def risks_of(holdings: Iterable[Holding], *, scanned: int = 0, unsellable: int = 0) -> Risks:
    """The signs of a wallet.

    Args:
        holdings: its positions, one a token.
        scanned: how many of these tokens were scanned.
        unsellable: of how many of them the scan says that holders may not sell freely.
    """
    seen = [one for one in holdings if one.purchases or one.sales or one.quantity]
    times = [seconds for one in seen for trip in one.trips if (seconds := trip.held_seconds) is not None]
    return Risks(
        tokens=len(seen),
        unbought=sum(not one.purchases for one in seen),
        oversold=sum(bool(one.purchases) and one.sold_unknown > one.bought_unknown for one in seen),
        trips=len(times),
        fast=sum(seconds < FAST_SECONDS for seconds in times),
        scanned=scanned,
        unsellable=unsellable,
    )
