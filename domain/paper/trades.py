"""Values of a campaign: trades seen, fills, and results."""

from enum import StrEnum
from fractions import Fraction

import msgspec

from domain.paper.fills import ShownPrice


class Side(StrEnum):
    """What an order does."""

    BUY = "buy"
    SELL = "sell"


class Cause(StrEnum):
    """Why."""

    WHALE = "whale"
    TAKE_PROFIT = "take_profit"
    STOP = "stop"


class SeenTrade(msgspec.Struct, frozen=True, kw_only=True):
    """What one wallet did, as far as a campaign looks at it."""

    signature: str
    wallet: str
    at: int
    """Block time, Unix seconds."""
    buys: tuple[str, ...] = ()
    """Tokens that it got for something."""
    sells: tuple[tuple[str, Fraction], ...] = ()
    """Tokens that it gave, and which part of what it had."""
    token: str | None = None
    """Whose price it shows."""
    price: ShownPrice | None = None
    """After it; None: it shows none that can be believed."""
    fill: Fraction | None = None
    """Lamports that the wallet itself paid or got for one whole token; None: not known, or too little."""
    is_certain: bool = True
    """Whether a pool shows the price; else a jump needs another wallet."""
    cost: int = 0
    """Lamports that it took to have the transaction done, tips included."""


def unmoved(trade: SeenTrade) -> SeenTrade:
    """The trade with a price that one's own size does not move."""
    if trade.price is None:
        return trade
    return msgspec.structs.replace(trade, price=msgspec.structs.replace(trade.price, depth=None))


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """One order that was filled."""

    side: Side
    cause: Cause
    wallet: str
    token: str
    signature: str
    """Of the trade that caused it."""
    ordered_at: int
    filled_at: int
    price: Fraction
    """Lamports for one whole token, all fees left out, own size included."""
    quantity: int
    """In parts of a token."""
    lamports: int
    """Paid, or got, fees of the venue included."""
    fees: int
    """Of the venue, and priority costs."""
    gain: int | None = None
    """Of a sale: what came less all that the part of the position had cost; None: a purchase."""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign came to; lamports.

    As it is stored: `{"trades": 4, "wins": 3, "unfilled": 0, "realised": 400000000, "fees": 8000000,
    "max_drawdown": 90000000, "holding": 10000000000, "end": 10400000000}`.
    """

    trades: int
    """Sales that were filled."""
    wins: int
    """Those that gained."""
    unfilled: int
    """Purchases for which nobody showed a price in time, and all that still waits."""
    realised: int
    fees: int
    max_drawdown: int
    """The deepest fall of all that it had, from the most that it had had before."""
    holding: int
    """What it would have, had it kept its SOL."""
    end: int
    """What it has: SOL, and open positions at the last price seen."""
    refused: int = 0
    """Purchases for which there was not enough SOL."""
    late: int = 0
    """Sales that were filled later than a minute after their time, for want of a price."""
