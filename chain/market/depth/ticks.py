"""Accounts of ticks of Whirlpool and Raydium's CLMM: where liquidity begins and ends. Pure.

From price to price a pool of these has so much liquidity as the positions there have together. It changes at
ticks only, and accounts of many ticks each say by how much. Layouts: Orca's `whirlpools` (`FixedTickArray`,
`DynamicTickArray`) and `raydium-clmm` (`TickArrayState`); all numbers are little endian.
"""

import hashlib
from collections.abc import Iterator, Mapping

import base58
from msgspec import Struct
from solders.pubkey import Pubkey

from chain.market.bins import MAX_BIN, ROOT_BITS, root_at
from chain.market.pools import RAYDIUM_CLMM, WHIRLPOOL

_SIGNED_WIDE = 16
_DYNAMIC_TICK = 113
"""Bytes of a tick that is used; one that is not takes the first byte only."""


class _Pool(Struct, frozen=True):
    """Where a pool says these, and how many ticks an account of them has."""

    spacing: int
    liquidity: int
    root: int
    tick: int
    size: int


_POOLS = {WHIRLPOOL: _Pool(41, 49, 65, 81, 88), RAYDIUM_CLMM: _Pool(235, 237, 253, 269, 60)}
TICK_PROGRAMS = frozenset(_POOLS)


def _head(name: str) -> bytes:
    """Return the eight bytes with which Anchor begins an account."""
    return hashlib.sha256(f"account:{name}".encode()).digest()[:8]


_FIXED, _DYNAMIC, _RAYDIUM = _head("TickArray"), _head("DynamicTickArray"), _head("TickArrayState")


class TickPool(Struct, frozen=True, kw_only=True):
    """What the account of such a pool says of its price and of the liquidity there."""

    address: str
    program: str
    spacing: int
    """Of ticks that can be used."""
    liquidity: int
    root: int
    """The price's square root, with `ROOT_BITS` behind the point."""
    tick: int

    @property
    def width(self) -> int:
        """Over how many ticks an account of them reaches."""
        return _POOLS[self.program].size * self.spacing


def tick_pool(address: str, data: bytes, *, program: str) -> TickPool | None:
    """The pool of a program with ticks; None: cut short, or it says what cannot be.

    Args:
        address: of the pool.
        data: of its account.
        program: one of `TICK_PROGRAMS`.
    """
    at = _POOLS[program]
    spacing, root = _number(data, at.spacing, 2), _number(data, at.root, _SIGNED_WIDE)
    tick = _number(data, at.tick, 4, signed=True)
    if len(data) < at.tick + 4 or not spacing or not root or abs(tick) > MAX_BIN + 1:
        return None
    return TickPool(
        address=address,
        program=program,
        spacing=spacing,
        liquidity=_number(data, at.liquidity, _SIGNED_WIDE),
        root=root,
        tick=tick,
    )


def array_starts(pool: TickPool, *, side: int, ticks: int, limit: int) -> list[int]:
    """The first ticks of the accounts from the price on toward which a sale moves it, the price's own first.

    Args:
        pool: the pool.
        side: which of its tokens is the quote: 1 lies below the price, 0 above it.
        ticks: how far they reach.
        limit: how many at most.
    """
    first = pool.tick // pool.width
    last = (pool.tick - ticks if side else pool.tick + ticks) // pool.width
    numbers = range(first, last - 1, -1) if side else range(first, last + 1)
    return [number * pool.width for number in numbers[:limit]]


def array_address(pool: TickPool, start: int) -> str:
    """Where the account of the ticks from this one on is."""
    named = str(start).encode() if pool.program == WHIRLPOOL else start.to_bytes(4, "big", signed=True)
    seeds = [b"tick_array", bytes(Pubkey.from_string(pool.address)), named]
    return str(Pubkey.find_program_address(seeds, Pubkey.from_string(pool.program))[0])


def changes_at(pool: TickPool, start: int, data: bytes) -> dict[int, int]:
    """By how much liquidity grows at each tick of an account as the price rises; nothing if it is another.

    Args:
        pool: whose ticks.
        start: the first of them.
        data: of the account.
    """
    read = _READERS.get(data[:8])
    if read is None:
        return {}
    owner_at, start_at, ticks = read(data)
    owner, first = data[owner_at : owner_at + 32], _number(data, start_at, 4, signed=True)
    if owner != base58.b58decode(pool.address) or first != start:
        return {}
    size = _POOLS[pool.program].size
    return {start + at * pool.spacing: net for at, net in ticks if net and at < size}


def between(pool: TickPool, changes: Mapping[int, int], *, side: int, end: int) -> int:
    """Return how much of the quote sales take out of a pool until the price's root is `end`, rounded down.

    Args:
        pool: the pool.
        changes: of liquidity by tick, as the price rises.
        side: which of its tokens is the quote: 1 lies below the price, 0 above it.
        end: as `root` of the pool.
    """
    total, liquidity, root = 0, pool.liquidity, pool.root
    crossed = (at for at in changes if (at <= pool.tick if side else at > pool.tick))
    for tick in sorted(crossed, reverse=bool(side)):
        following = min(root, root_at(tick)) if side else max(root, root_at(tick))
        if following <= end if side else following >= end:
            break
        total += _amount(liquidity, root, following)
        liquidity += -changes[tick] if side else changes[tick]
        root = following
    return total + _amount(liquidity, root, end)


def _amount(liquidity: int, root: int, following: int) -> int:
    """Of the second token where the price falls, of the first one where it rises."""
    if liquidity <= 0 or not following:
        return 0
    if following <= root:
        return liquidity * (root - following) >> ROOT_BITS
    return (liquidity * (following - root) << ROOT_BITS) // (root * following)


_Ticks = tuple[int, int, Iterator[tuple[int, int]]]
"""Where an account names its pool and its first tick; its ticks by number, with the change there."""


def _fixed(data: bytes) -> _Ticks:
    size = _DYNAMIC_TICK
    begins = range(12, min(len(data), 12 + 88 * size) - size + 1, size)
    ticks = ((at, _net(data, begin + 1)) for at, begin in enumerate(begins) if data[begin])
    return 12 + 88 * size, 8, ticks


def _dynamic(data: bytes) -> _Ticks:
    return 12, 8, _dynamic_ticks(data)


def _dynamic_ticks(data: bytes) -> Iterator[tuple[int, int]]:
    begin = 60
    for at in range(88):
        if begin >= len(data):
            return
        if data[begin]:
            yield at, _net(data, begin + 1)
        begin += _DYNAMIC_TICK if data[begin] else 1


def _raydium(data: bytes) -> _Ticks:
    size = 168
    begins = range(44, min(len(data), 44 + 60 * size) - size + 1, size)
    return 8, 40, ((at, _net(data, begin + 4)) for at, begin in enumerate(begins))


_READERS = {_FIXED: _fixed, _DYNAMIC: _dynamic, _RAYDIUM: _raydium}


def _net(data: bytes, at: int) -> int:
    return _number(data, at, _SIGNED_WIDE, signed=True)


def _number(data: bytes, at: int, size: int, *, signed: bool = False) -> int:
    return int.from_bytes(data[at : at + size], "little", signed=signed)
