"""Trades of a token that a chat follows, by whomever. Pure."""

from decimal import Decimal

from msgspec import Struct

from domain.activity.activity import TRADES, Activity
from domain.activity.prices import DOLLAR_MINTS

MAX_FOLLOWED_TOKENS = 5
"""Tokens of which one chat follows all trades: few, for all chats share what a scanner can look for."""
MIN_USD = Decimal(100)
"""Nobody asks for trades of less: a busy token has thousands of them."""
DEFAULT_USD = Decimal(10_000)


class TokenTraded(Struct, frozen=True, kw_only=True):
    """Somebody traded a token that a chat follows.

    In an alert's payload: `{"chain": "solana", "mint": "EKpQ…", "usd": "15900", "activity": {"chain":
    "solana", "signature": "5Nf2…", "slot": 5, "block_time": null, "wallet": "86xC…", "kind": "sell", "paid":
    [], "received": []}}`.
    """

    chain: str
    mint: str
    activity: Activity
    usd: Decimal
    """Dollars that changed hands."""


class FollowedToken(Struct, frozen=True, kw_only=True):
    """A token of which a chat wants to hear all trades."""

    mint: str
    min_usd: Decimal
    """From so many dollars on."""


def trades_of(activities: list[Activity], mints: frozenset[str]) -> list[tuple[str, Activity]]:
    """Trades among these that are about one of the tokens, with the token; money is none.

    A market maker that signs sells what the other signer buys: that is one trade, of who signs first.

    Args:
        activities: of the signers of one transaction, in the order in which they sign.
        mints: the tokens.
    """
    found: list[tuple[str, Activity]] = []
    sides: dict[str, bool] = {}
    for one in activities:
        if one.kind not in TRADES:
            continue
        received = {leg.mint for leg in one.received}
        moved = ({leg.mint for leg in one.paid} | received) & mints
        for mint in sorted(moved - DOLLAR_MINTS):
            is_purchase = mint in received
            if sides.setdefault(mint, is_purchase) == is_purchase:
                found.append((mint, one))
    return found
