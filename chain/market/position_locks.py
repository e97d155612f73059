"""Pools whose liquidity lies in positions: where these are locked, and what they have of the quote. Pure.

Only positions in whose range the price is can be traded against, so only they count, with the tokens in them:
a narrow range makes much liquidity of little money. Layouts: Orca's
`whirlpools` (`LockConfig`, `Position`), `raydium-clmm` (`PersonalPositionState`), `raydium-sdk-V2`
(`LockClPositionV2`). All numbers are little endian.
"""

import hashlib

import base58
from msgspec import Struct

from chain.market.bins import ROOT_BITS, root_at
from chain.market.pools import RAYDIUM_CLMM, WHIRLPOOL

_RAYDIUM_LOCK = "LockrWmn6K5twhz3y9w1dQERbmgSaRkfnTeTKbpofwE"


class PositionLocks(Struct, frozen=True, kw_only=True):
    """Where a venue's locks of positions are. Such a lock is forever."""

    program: str
    """That owns the accounts of locks."""
    pool_at: int
    """Where such an account names the pool, in bytes."""
    position_at: int
    begins: bytes
    """How such an account begins."""


class _Active(Struct, frozen=True):
    """Where a pool says how much liquidity is active, at which root of the price, and at which tick."""

    liquidity: int
    root: int
    tick: int


class _Position(Struct, frozen=True):
    """Where a position says whose it is, how much, and from which tick to which."""

    pool: int
    liquidity: int
    lower: int
    upper: int


def _head(name: str) -> bytes:
    """Return the eight bytes with which Anchor begins an account."""
    return hashlib.sha256(f"account:{name}".encode()).digest()[:8]


LOCKS = {
    WHIRLPOOL: PositionLocks(program=WHIRLPOOL, pool_at=72, position_at=8, begins=_head("LockConfig")),
    RAYDIUM_CLMM: PositionLocks(
        program=_RAYDIUM_LOCK, pool_at=41, position_at=73, begins=_head("LockedClmmPositionState")
    ),
}
"""By the program of the pool."""
_ACTIVE = {WHIRLPOOL: _Active(49, 65, 81), RAYDIUM_CLMM: _Active(237, 253, 269)}
_POSITIONS = {WHIRLPOOL: _Position(8, 72, 88, 92), RAYDIUM_CLMM: _Position(41, 81, 73, 77)}


def locked_position(data: bytes, locks: PositionLocks) -> str:
    """The address of the position that a lock's account is about; empty: it is none, or cut short."""
    if not data.startswith(locks.begins):
        return ""
    key = data[locks.position_at : locks.position_at + 32]
    return base58.b58encode(key).decode() if len(key) == 32 else ""  # noqa: PLR2004 - bytes of an address


def active_liquidity(pool: bytes, *, program: str) -> int:
    """The liquidity at a pool's price."""
    return _unsigned(pool, _ACTIVE[program].liquidity)


def quote_at_price(position: bytes, pool: bytes, *, program: str, address: str, side: int, end: int) -> int:
    """Return what a position has of the quote within reach; nothing if it is another pool's, or out of range.

    Args:
        position: its account's bytes.
        pool: the pool's.
        program: that owns both.
        address: of the pool.
        side: which of the pool's two tokens the quote is, 0 or 1.
        end: the square root of the price beyond which nothing counts.

    Returns:
        An amount in the quote's smallest unit, rounded down.
    """
    at, now = _POSITIONS[program], _ACTIVE[program]
    lower, tick, upper = _signed(position, at.lower), _signed(pool, now.tick), _signed(position, at.upper)
    if position[at.pool : at.pool + 32] != base58.b58decode(address) or not lower <= tick < upper:
        return 0
    liquidity, root = _unsigned(position, at.liquidity), _unsigned(pool, now.root)
    if side:
        return max(0, liquidity * (root - max(end, root_at(lower))) >> ROOT_BITS)
    far = min(end, root_at(upper))
    return max(0, (liquidity * (far - root) << ROOT_BITS) // (root * far)) if root else 0


def _unsigned(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 16], "little")


def _signed(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little", signed=True)
