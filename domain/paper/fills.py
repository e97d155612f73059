"""What a purchase or a sale of one's own would have got, at a price that somebody else's trade showed. Pure.

A pool that holds so much of SOL gives the less for it, the more is traded. Amounts are whole lamports and
whole parts of a token, cut against oneself.
"""

from fractions import Fraction

import msgspec

PARTS = 10**12
"""Of one whole token, in which quantities are counted."""
_BPS = 10_000


class ShownPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a trade showed of a token.

    As it is stored: `{"lamports":"2190000/1","depth":500000000000}`.
    """

    lamports: Fraction
    """For one whole token."""
    depth: int | None = None
    """Lamports that lie in its pool; None: not shown, so that one's own size moves nothing."""


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """What one order came to."""

    quantity: int
    """Parts of a token that came or went."""
    lamports: int
    """What was paid, or came of it after the fee; priority costs aside."""
    fee: int
    """Of the venue, in lamports: within what was paid, taken from what came."""


def bought(price: ShownPrice, lamports: int, fee_bps: int) -> Fill:
    """Return what this much SOL buys.

    Args:
        price: before this purchase, which itself raises it where the depth is shown.
        lamports: paid in all, the venue's fee included.
        fee_bps: of the venue, in hundredths of a per cent, rounded up.
    """
    fee = _share_up(lamports, fee_bps)
    spent = lamports - fee
    quantity = spent / _moved(price, spent) * PARTS
    return Fill(quantity=int(quantity), lamports=lamports, fee=fee)


def sold(price: ShownPrice, quantity: int, fee_bps: int) -> Fill:
    """Return what this much of a token brings.

    Args:
        price: before this sale, which itself lowers it where the depth is shown.
        quantity: in parts of a token (`PARTS`).
        fee_bps: of the venue, in hundredths of a per cent of what comes, rounded up.
    """
    worth = value(price, quantity)
    gross = worth if not price.depth else worth * price.depth // (price.depth + worth)
    fee = _share_up(gross, fee_bps)
    return Fill(quantity=quantity, lamports=gross - fee, fee=fee)


def value(price: ShownPrice, quantity: int) -> int:
    """Lamports that a quantity is worth at a price which nobody moves."""
    return int(price.lamports * quantity / PARTS)


def _moved(price: ShownPrice, spent: int) -> Fraction:
    """Return what one token costs on average, where so much is spent: a constant product."""
    return price.lamports if not price.depth else price.lamports * Fraction(price.depth + spent, price.depth)


def _share_up(lamports: int, bps: int) -> int:
    return -(-lamports * bps // _BPS)
