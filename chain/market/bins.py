"""Prices of Meteora's DLMM pools before and after a swap, by the bins at which it began and ended. Pure.

Such a pool trades at one price in each bin, and from bin to bin the price grows by the pool's step. A swap
says its bins in an event, but not the step: it is the one whole number at which the swap's own price lies
between those of its bins. Source: `lb_clmm` of Meteora's `dlmm-sdk` (event `Swap`; bin and step in `LbPair`).
"""

import hashlib
import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import base58
from msgspec import Struct

from chain.parsing.calls import Call

MAX_BIN = 443_636
"""The program's own limit."""
_STEPS = range(1, 1_001)
"""Of pools, in hundredths of a percent."""
_MAX_CANDIDATES = 16
_EVENT = bytes.fromhex("e445a52e51cb9a1d") + hashlib.sha256(b"event:Swap").digest()[:8]
"""How a program of Anchor begins a call to itself that carries the event."""
_SIZE = 145
_ROUNDING = Fraction(1, 10**9)
_DIGITS = 10**60
"""A power is kept to so many digits: exact, it would have a million."""


class BinSwap(Struct, frozen=True, kw_only=True):
    """What the event of a swap says; amounts in smallest units."""

    pool: str
    start: int
    """The bin at whose price it began."""
    end: int
    amount_in: int
    amount_out: int
    fee: int
    """Of what came in."""
    takes_first: bool
    """Whether the pool took its first mint."""


def bin_swap(call: Call) -> BinSwap | None:
    """The event in a call; None: it is none."""
    if call.prefix != _EVENT[:8]:
        return None
    data = call.data
    if not data.startswith(_EVENT) or len(data) < _SIZE:
        return None
    return BinSwap(
        pool=base58.b58encode(data[16:48]).decode(),
        start=_number(data[80:84], signed=True),
        end=_number(data[84:88], signed=True),
        amount_in=_number(data[88:96]),
        amount_out=_number(data[96:104]),
        takes_first=data[104] != 0,
        fee=_number(data[105:113]),
    )


def _number(data: bytes, *, signed: bool = False) -> int:
    return int.from_bytes(data, "little", signed=signed)


def bin_rates(
    calls: Sequence[Call], pool: str, *, amount_in: int, amount_out: int
) -> tuple[Fraction, Fraction] | None:
    """Return what a swap's pool gave for one of what it took, before and after it, in smallest units.

    Args:
        calls: those that the swap made.
        pool: its address.
        amount_in: what it took; an event that says something else is not this swap's.
        amount_out: what it gave.

    Returns:
        None where no event says it, or several steps fit.
    """
    found = next((one for call in calls if (one := bin_swap(call)) is not None and one.pool == pool), None)
    if found is None or (found.amount_in, found.amount_out) != (amount_in, amount_out):
        return None
    prices = _prices(found)
    if prices is None or found.takes_first:
        return prices
    return 1 / prices[0], 1 / prices[1]


def _prices(swap: BinSwap) -> tuple[Fraction, Fraction] | None:
    """Of the first mint in the second one."""
    paid = swap.amount_in - swap.fee
    if paid <= 0 or swap.amount_out <= 0 or max(abs(swap.start), abs(swap.end)) > MAX_BIN:
        return None
    price = Fraction(swap.amount_out, paid) if swap.takes_first else Fraction(paid, swap.amount_out)
    units = abs(swap.end - swap.start) + 2
    off = _ROUNDING + Fraction(units, paid) + Fraction(units, swap.amount_out)
    fitting = [
        ends for step in _candidates(swap, price) if _lies_between(price, ends := _ends(swap, step), off)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _candidates(swap: BinSwap, price: Fraction) -> Sequence[int]:
    """Steps near those at which the price is exactly that of the first or the last bin."""
    if not swap.start and not swap.end:
        return _STEPS[:1]  # in this bin one costs one, whatever the step is
    if swap.start * swap.end <= 0:
        return ()
    logarithm = math.log(price)
    exact = [10_000 * math.expm1(min(1.0, logarithm / at)) for at in (swap.start, swap.end)]
    steps = range(max(1, math.floor(min(exact)) - 1), min(_STEPS[-1], math.ceil(max(exact)) + 1) + 1)
    return steps if len(steps) <= _MAX_CANDIDATES else ()


def _ends(swap: BinSwap, step: int) -> tuple[Fraction, Fraction]:
    growth = 1 + Fraction(step, 10_000)
    return power(growth, swap.start), power(growth, swap.end)


def _lies_between(price: Fraction, ends: tuple[Fraction, Fraction], off: Fraction) -> bool:
    return min(ends) * (1 - off) <= price <= max(ends) * (1 + off)


def power(base: Fraction, exponent: int) -> Fraction:
    """`base` to the power of `exponent`, with sixty digits behind the point of it or of its inverse."""
    result, factor = Fraction(1), base
    for bit in bin(abs(exponent))[:1:-1]:
        if bit == "1":
            result = _rounded(result * factor)
        factor = _rounded(factor * factor)
    return 1 / result if exponent < 0 else result


def _rounded(value: Fraction) -> Fraction:
    return Fraction(value.numerator * _DIGITS // value.denominator, _DIGITS)


ROOT_BITS = 64
"""Behind the point of a price's square root."""
_TICK = 1 + Fraction(1, 10_000)
"""By which the price grows from tick to tick."""
_FACTOR_BITS = 128


@cache
def _falls() -> tuple[int, ...]:
    """By what the root of a price is multiplied that falls by one tick, by two, by four, and so on."""
    prices = (power(_TICK, 1 << bit) for bit in range(MAX_BIN.bit_length()))
    return tuple(math.isqrt((price.denominator << 2 * _FACTOR_BITS) // price.numerator) for price in prices)


def root_at(tick: int) -> int:
    """The square root of the price at a tick; beyond the last one, that of the last."""
    root, number = 1 << _FACTOR_BITS, min(MAX_BIN, abs(tick))
    for bit, factor in enumerate(_falls()):
        if number >> bit & 1:
            root = root * factor >> _FACTOR_BITS
    return (1 << ROOT_BITS + _FACTOR_BITS) // root if tick > 0 else root >> _FACTOR_BITS - ROOT_BITS
