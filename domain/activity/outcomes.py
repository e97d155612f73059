"""What one trade made of a position: the value that an alert shows. Pure."""

from decimal import Decimal

import msgspec


class Outcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a purchase or a sale made of the wallet's position in the token. None: not known.

    In JSON: `{"known_share": "1", "gain_share": "0.25", "gain_usd": "120.5", "gain_sol": 800000000,
    "held_seconds": 3600}`.
    """

    is_added: bool = False
    """Whether more was bought of what was held."""
    average_usd: Decimal | None = None
    """Dollars that one whole token of what is held has cost, after a purchase."""
    known_share: Decimal | None = None
    """Of a sale: the part of what was sold whose cost is known."""
    gain_share: Decimal | None = None
    """Of that part: profit for each unit of its cost, below zero: loss."""
    gain_usd: Decimal | None = None
    """The same profit in dollars."""
    gain_sol: int | None = None
    """The same in lamports."""
    rotated_from: str | None = None
    """Of a purchase: the token that the wallet sold shortly before, for about as much."""
    rotated_seconds: int | None = None
    """How long before."""
    held_seconds: int | None = None
    """For how long it was held, by quantity; first come, first sold."""
    sent_all: bool = False
    """Of a transfer: whether nothing is left of all that the wallet was seen to get, either."""
