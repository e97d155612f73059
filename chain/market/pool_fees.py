"""What a pool keeps of each trade, where whoever makes it sets that as they like. Pure.

At most venues a pool's fee is one of a few that the venue sets. Meteora's DAMM v2 lets anybody take up to
99 % of what is bought or sold. Such fees may fall with time, for launches: what counts is the fee of the day
after.

Layout: `damm-v2` (`Pool`, `PoolFeesStruct`, `PodAlignedFeeTimeScheduler` and its two siblings).
"""

import struct
from fractions import Fraction

from chain.market.bins import power
from chain.market.pools import METEORA_DAMM_V2
from chain.market.vested_positions import Clock, pool_clock

_FEES = struct.Struct("<QB5xHQQ")
"""Fee at first, how it changes, number of steps, what makes a step, by how much each is lower."""
_FEES_AT = 8
_OPENS_AT = slice(472, 480)
_UNIT = 1_000_000_000
_PART = 10_000
_BY_TIME, _BY_PRICE = frozenset({0, 1}), frozenset({3, 4})
"""Fees that fall while time passes, and while the price rises; each linear, or by a part of what is left."""
_LINEAR = frozenset({0, 3})
_DAY = 86_400


def lasting_fee(data: bytes, *, owner: str, slot: int, now: int | None) -> Fraction | None:
    """Return the part of each trade that a pool still keeps a day from now; None: its venue bounds it.

    Args:
        data: the account of the pool.
        owner: the program that owns it.
        slot: when it was read; 0: not known.
        now: Unix seconds; None: not known, so that the lowest fee that it will have counts.
    """
    if owner != METEORA_DAMM_V2 or len(data) < _OPENS_AT.stop:
        return None
    first, mode, steps, step, lower = _FEES.unpack_from(data, _FEES_AT)
    if mode in _BY_TIME:
        clock = None if now is None else pool_clock(data, slot=slot, now=now)
        steps = _steps(data, clock, steps=steps, step=step)
    elif mode not in _BY_PRICE:
        steps = 0
    if mode in _LINEAR:
        return Fraction(max(0, first - steps * lower), _UNIT)
    return Fraction(first, _UNIT) * power(Fraction(max(0, _PART - lower), _PART), steps)


def _steps(data: bytes, clock: Clock | None, *, steps: int, step: int) -> int:
    """How often the fee will have fallen."""
    if not step or clock is None:
        return steps if step else 0
    tomorrow = clock.now + int(_DAY / clock.seconds)
    passed = (tomorrow - int.from_bytes(data[_OPENS_AT], "little")) // step
    return max(0, min(steps, passed))
