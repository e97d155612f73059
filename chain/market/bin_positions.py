"""Positions of Meteora's DLMM that are released later, and what of a pool's quote they have. Pure.

Only the quote counts, since that is what holders sell for: whoever made the token has as much of it as they
like to lock beside. Layouts: `dlmm-sdk` (`LbPair`, `PositionV2`, `BinArray` with `Bin`); all numbers are
little endian. Of a pool the release counts slots or seconds.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

import base58
from msgspec import Struct
from solders.pubkey import Pubkey

from chain.market.pools import METEORA_DLMM
from chain.market.vested_positions import MIN_SLOT_SECONDS, Clock

POOL_AT = 8
"""Where a position names its pool."""
RELEASE = slice(7992, 8000)
"""Where a position says when it is released; zero: it is free."""
FOR_EVER = 2**64 - 1
BINS = 70
"""In an array, and in a position that was not made wider."""
_POSITION = hashlib.sha256(b"account:PositionV2").digest()[:8]
_ARRAY = hashlib.sha256(b"account:BinArray").digest()[:8]
_SHARES_AT, _FIRST_BIN_AT, _LAST_BIN_AT, _POSITION_BYTES = 72, 7912, 7916, 8120
_WIDER_BYTES = 112
"""For each bin beyond the first ones."""
_BINS_AT, _BIN_BYTES, _SUPPLY_AT = 56, 144, 32
_COUNTS_AT = 86


class BinPosition(Struct, frozen=True, kw_only=True):
    """A position with what it has in each bin, as the program counts shares."""

    release: int
    """In what the pool counts."""
    shares: Mapping[int, int]


def release_of(part: bytes) -> int:
    """When a position is released, by these bytes of it; 0: it is free, or of an older form without that."""
    return int.from_bytes(part, "little") if len(part) == RELEASE.stop - RELEASE.start else 0


def release_clock(pool: bytes, *, slot: int, now: int | None) -> Clock | None:
    """Return what a pool's positions count; None: not known.

    Args:
        pool: its account.
        slot: when it was read; 0: not known.
        now: Unix seconds; None: not known.
    """
    counts = pool[_COUNTS_AT : _COUNTS_AT + 1]
    if counts == b"\1" and now is not None:
        return Clock(now=now, seconds=1.0)
    return Clock(now=slot, seconds=MIN_SLOT_SECONDS) if counts == b"\0" and slot else None


def is_locked(release: int, clock: Clock | None) -> bool:
    """Return whether a position stays locked for longer than counts as soon."""
    return release == FOR_EVER or (clock is not None and release > clock.soon)


def bin_position(data: bytes, *, pool: str) -> BinPosition | None:
    """The position; None: it is none of this pool, or cut short."""
    if not data.startswith(_POSITION) or len(data) < _POSITION_BYTES:
        return None
    if data[POOL_AT : POOL_AT + 32] != base58.b58decode(pool):
        return None
    first, last = (
        int.from_bytes(data[at : at + 4], "little", signed=True) for at in (_FIRST_BIN_AT, _LAST_BIN_AT)
    )
    bins = min(last - first + 1, BINS + (len(data) - _POSITION_BYTES) // _WIDER_BYTES)
    shares = {first + index: share for index in range(bins) if (share := _wide(data, _share_at(index)))}
    return BinPosition(release=release_of(data[RELEASE]), shares=shares)


def _share_at(index: int) -> int:
    """Return where a position has its share of its bin number so and so."""
    if index < BINS:
        return _SHARES_AT + 16 * index
    return _POSITION_BYTES + _WIDER_BYTES * (index - BINS)


def bin_arrays(pool: str, bins: Iterable[int]) -> dict[int, str]:
    """The accounts that say what lies in these bins, by their number, in the order of the bins."""
    key, program = bytes(Pubkey.from_string(pool)), Pubkey.from_string(METEORA_DLMM)
    return {
        number: str(
            Pubkey.find_program_address(
                [b"bin_array", key, number.to_bytes(8, "little", signed=True)], program
            )[0]
        )
        for number in dict.fromkeys(one // BINS for one in bins)
    }


def quote_in(positions: Collection[BinPosition], arrays: Mapping[int, bytes], *, pool: str, side: int) -> int:
    """What these positions have of one of the pool's tokens, raw; bins that were not read count as empty.

    Args:
        positions: of the pool.
        arrays: accounts of bins by their number.
        pool: its address.
        side: 0 or 1, which of its tokens.
    """
    shares: dict[int, int] = {}
    for position in positions:
        for at, share in position.shares.items():
            shares[at] = shares.get(at, 0) + share
    known = {number: data for number, data in arrays.items() if _is_array(data, number, pool)}
    return sum(
        int(_amount(known[at // BINS], at % BINS, side, share))
        for at, share in shares.items()
        if at // BINS in known
    )


def array_quote(data: bytes, number: int, bins: Collection[int], *, pool: str, side: int) -> int:
    """Return what an account of bins has of one of the pool's tokens in these; another one has nothing.

    Args:
        data: of the account.
        number: which it is.
        bins: those that count.
        pool: its address.
        side: 0 or 1, which of its tokens.
    """
    if not _is_array(data, number, pool):
        return 0
    begins = {at: _BINS_AT + _BIN_BYTES * (at - number * BINS) + 8 * side for at in _bins_of(number)}
    return sum(
        int.from_bytes(data[begin : begin + 8], "little") for at, begin in begins.items() if at in bins
    )


def _bins_of(number: int) -> range:
    return range(number * BINS, (number + 1) * BINS)


def _is_array(data: bytes, number: int, pool: str) -> bool:
    return (
        data.startswith(_ARRAY)
        and len(data) >= _BINS_AT + BINS * _BIN_BYTES
        and data[8:16] == number.to_bytes(8, "little", signed=True)
        and data[24:56] == base58.b58decode(pool)
    )


def _amount(array: bytes, index: int, side: int, share: int) -> Fraction:
    at = _BINS_AT + _BIN_BYTES * index
    amount = int.from_bytes(array[at + 8 * side : at + 8 * side + 8], "little")
    supply = _wide(array, at + _SUPPLY_AT)
    return min(Fraction(1), Fraction(share, supply)) * amount if supply else Fraction(0)


def _wide(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 16], "little")
