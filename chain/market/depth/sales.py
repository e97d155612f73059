"""How much of a pool's quote a seller could get before the price is down to a quarter of what it is. Pure.

Where liquidity lies at many prices, what lies in a pool's vault says little: money far below the price waits
for nobody, may be taken back at any time, and neither backs the token nor leaves a hole when it goes. A pool
that keeps a constant product gives half of its quote for that fall, so here, too, twice as much is its quote.
"""

import math
from collections.abc import Collection, Mapping
from typing import Protocol

from chain.market.bin_positions import BINS, array_quote, bin_arrays
from chain.market.bins import root_at
from chain.market.depth.ticks import (
    TICK_PROGRAMS,
    TickPool,
    array_address,
    array_starts,
    between,
    changes_at,
    tick_pool,
)
from chain.market.pools import METEORA_DLMM
from chain.parsing.accounts import AccountData

CONCENTRATED_PROGRAMS = TICK_PROGRAMS | {METEORA_DLMM}
"""Of whose pools the vaults do not say what a seller gets."""
FALL = 4
_TICKS = math.floor(math.log(FALL) / math.log(1.0001))
_ROOT_OF_FALL = 2
_ACTIVE, _STEP = slice(76, 80), slice(80, 82)


class PoolAt(AccountData, Protocol):
    """The account of a pool, as a node gave it."""

    @property
    def address(self) -> str:
        """The pool's."""


def accounts_below(pool: PoolAt, *, side: int, limit: int) -> list[str]:
    """The accounts that say what lies between the price and a quarter of it; those at the price first.

    Args:
        pool: of one of `CONCENTRATED_PROGRAMS`.
        side: which of its tokens is the quote, 0 or 1.
        limit: how many at most; what lies beyond them does not count.
    """
    if pool.owner == METEORA_DLMM:
        return list(_bin_accounts(pool, side=side, limit=limit).values())
    ticks = tick_pool(pool.address, pool.data, program=pool.owner)
    return [] if ticks is None else list(_tick_accounts(ticks, side=side, limit=limit).values())


def quote_below(pool: PoolAt, accounts: Mapping[str, AccountData | None], *, side: int, limit: int) -> int:
    """How much of the quote lies between the price and a quarter of it, in its smallest unit.

    Args:
        pool: of one of `CONCENTRATED_PROGRAMS`.
        accounts: those of `accounts_below`, with the same limit; nothing lies in one that does not exist.
        side: which of its tokens is the quote, 0 or 1.
        limit: as above.
    """
    if pool.owner == METEORA_DLMM:
        return _in_bins(pool, accounts, side=side, limit=limit)
    ticks = tick_pool(pool.address, pool.data, program=pool.owner)
    return 0 if ticks is None else _at_ticks(ticks, accounts, side=side, limit=limit)


def backing_quote(in_vault: int, below: int) -> int:
    """The quote that counts as a pool's: as much as one that keeps a constant product would have for this.

    Args:
        in_vault: what lies there.
        below: the answer of `quote_below`.
    """
    return min(in_vault, _ROOT_OF_FALL * below)


def near_bins(pool: bytes, *, side: int) -> range:
    """The bins of DLMM between a pool's price and a quarter of it.

    Args:
        pool: the bytes of its account.
        side: which of its tokens is the quote: 1 lies below the price, 0 above it.
    """
    active, step = int.from_bytes(pool[_ACTIVE], "little", signed=True), int.from_bytes(pool[_STEP], "little")
    wide = math.floor(math.log(FALL) / math.log1p(step / 10_000)) if step else BINS
    return range(active - wide, active + 1) if side else range(active, active + wide + 1)


def root_below(pool: PoolAt, *, side: int, limit: int) -> int | None:
    """The square root of the price down to which `quote_below` counts; None: the pool cannot be read.

    Args:
        pool: of one of `TICK_PROGRAMS`.
        side: which of its tokens is the quote, 0 or 1.
        limit: as there.
    """
    ticks = tick_pool(pool.address, pool.data, program=pool.owner)
    return None if ticks is None else _end(ticks, _tick_accounts(ticks, side=side, limit=limit), side=side)


def _bin_accounts(pool: PoolAt, *, side: int, limit: int) -> dict[int, str]:
    bins = near_bins(pool.data, side=side)
    numbers = range(bins[0] // BINS, bins[-1] // BINS + 1)
    near = numbers[::-1][:limit] if side else numbers[:limit]
    return bin_arrays(pool.address, (number * BINS for number in near))


def _in_bins(pool: PoolAt, accounts: Mapping[str, AccountData | None], *, side: int, limit: int) -> int:
    bins, total = near_bins(pool.data, side=side), 0
    for number, address in _bin_accounts(pool, side=side, limit=limit).items():
        account = accounts.get(address)
        if account is not None and account.owner == METEORA_DLMM:
            total += array_quote(account.data, number, bins, pool=pool.address, side=side)
    return total


def _tick_accounts(pool: TickPool, *, side: int, limit: int) -> dict[int, str]:
    starts = array_starts(pool, side=side, ticks=_TICKS, limit=limit)
    return {start: array_address(pool, start) for start in starts}


def _at_ticks(pool: TickPool, accounts: Mapping[str, AccountData | None], *, side: int, limit: int) -> int:
    changes, starts = dict[int, int](), _tick_accounts(pool, side=side, limit=limit)
    for start, address in starts.items():
        account = accounts.get(address)
        if account is not None and account.owner == pool.program:
            changes |= changes_at(pool, start, account.data)
    return between(pool, changes, side=side, end=_end(pool, starts, side=side))


def _end(pool: TickPool, starts: Collection[int], *, side: int) -> int:
    """The square root of the price after the fall, or where the accounts that are read end before that."""
    last = root_at(min(starts) if side else max(starts) + pool.width)
    if side:
        return min(pool.root, max(pool.root // _ROOT_OF_FALL, last))
    return max(pool.root, min(pool.root * _ROOT_OF_FALL, last))
