"""Bytes of a pool's account -> where the shares of its liquidity are, and what the pool itself locks. Pure.

Layouts and their sources: `chain/market/pool_accounts.py`. Where liquidity lies in positions, no token stands
for it, and the account says only what Meteora's DAMM v2 has locked forever.
"""

from fractions import Fraction

import base58
from msgspec import Struct

from chain.market.pools import METEORA_DAMM_V2, PUMP_SWAP, RAYDIUM_CPMM, RAYDIUM_V4


class ShareToken(Struct, frozen=True, kw_only=True):
    """The token that stands for shares of a pool."""

    mint: str
    issued: int
    """All shares that there ever were and were not redeemed, burned ones included, in the smallest unit."""
    creator: str | None
    """Who created the pool, where its account says it."""


class _Layout(Struct, frozen=True):
    mint: int
    issued: int
    creator: int | None


_LAYOUTS = {
    PUMP_SWAP: _Layout(107, 203, 11),
    RAYDIUM_CPMM: _Layout(136, 333, 40),
    RAYDIUM_V4: _Layout(464, 720, None),
}
_LIQUIDITY, _LOCKED = slice(360, 376), slice(552, 568)


def share_token(data: bytes, *, owner: str) -> ShareToken | None:
    """The token of a pool's shares; None: it has none, or is cut short."""
    layout = _LAYOUTS.get(owner)
    if layout is None or len(data) < layout.issued + 8:
        return None
    return ShareToken(
        mint=_key(data, layout.mint),
        issued=int.from_bytes(data[layout.issued : layout.issued + 8], "little"),
        creator=None if layout.creator is None else _key(data, layout.creator),
    )


def locked_by_pool(data: bytes, *, owner: str) -> Fraction | None:
    """Return which part of its liquidity a pool has locked forever; None: its account does not say it."""
    if owner != METEORA_DAMM_V2 or len(data) < _LOCKED.stop:
        return None
    whole = int.from_bytes(data[_LIQUIDITY], "little")
    locked = int.from_bytes(data[_LOCKED], "little")
    return min(Fraction(1), Fraction(locked, whole)) if whole else None


def _key(data: bytes, at: int) -> str:
    return base58.b58encode(data[at : at + 32]).decode()
