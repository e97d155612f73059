"""How far a campaign has come, as it is stored between its trades."""

from fractions import Fraction
from typing import Any

import msgspec

from domain.paper.fills import ShownPrice
from domain.paper.trades import Cause, Side


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """What is owned of one token for one wallet that is followed.

    As it is stored: `{"wallet": "86xC…", "token": "EKpQ…", "quantity": 228000000000000, "cost": 500105000,
    "price": "2190000/1", "priority": 100000}`.
    """

    wallet: str
    token: str
    quantity: int
    """In parts of a token."""
    cost: int
    """Lamports of what is left, priority costs included."""
    price: Fraction
    """At which it was bought: lamports for one whole token."""
    priority: int
    """Lamports that each own transaction takes besides."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for a price.

    As it is stored: `{"side": "buy", "cause": "whale", "wallet": "86xC…", "token": "EKpQ…", "signature":
    "5Nf2…", "due": 1764435789, "ordered_at": 1764435787, "priority": 100000, "share": "1/1"}`.
    """

    side: Side
    cause: Cause
    wallet: str
    token: str
    signature: str
    """Of the trade that caused it."""
    due: int
    """Unix seconds from which on a price counts."""
    ordered_at: int
    priority: int
    share: Fraction = Fraction(1)
    """Of the position, that is sold."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A price that nobody else has shown yet.

    As it is stored: `{"wallet":"86xC…","lamports":"2190000/1","at":1764435787}`.
    """

    wallet: str
    """Who showed it."""
    lamports: Fraction
    at: int
    """Unix seconds, since when."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """All that a campaign remembers; lamports.

    As it is stored: `{"cash": 9500000000, "peak": 10000000000, "positions": {}, "orders": [], "marks": {},
    "claims": {}, "trades": 4, "wins": 3}`.
    """

    cash: int
    peak: int
    """The most that it has had."""
    positions: dict[str, Position] = {}
    """By `key_of` wallet and token."""
    orders: list[Order] = []
    marks: dict[str, ShownPrice] = {}
    """The last price of each token that is open or ordered."""
    claims: dict[str, Claim] = {}
    """Of the same tokens."""
    trades: int = 0
    wins: int = 0
    unfilled: int = 0
    refused: int = 0
    late: int = 0
    realised: int = 0
    fees: int = 0
    drawdown: int = 0

    @property
    def tokens(self) -> frozenset[str]:
        """The tokens whose prices it waits for."""
        owned = {one.token for one in self.positions.values()}
        return frozenset(owned | {order.token for order in self.orders})


def key_of(wallet: str, token: str) -> str:
    """Return what stands for a wallet and a token."""
    return f"{wallet} {token}"


def write_state(state: State) -> str:
    """The state as JSON."""
    return _encode(state).decode()


def read_state(text: str) -> State:
    """Return what `write_state` wrote.

    Raises:
        msgspec.ValidationError: it did not.
    """
    return _decode(text)


def _plain(value: object) -> str:
    if not isinstance(value, Fraction):
        raise NotImplementedError
    return f"{value.numerator}/{value.denominator}"


def _read(kind: type, value: Any) -> object:
    if kind is not Fraction:
        raise NotImplementedError
    return Fraction(value)


_encode = msgspec.json.Encoder(enc_hook=_plain).encode
_decode = msgspec.json.Decoder(State, dec_hook=_read).decode
