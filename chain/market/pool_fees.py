"""What a pool keeps of each trade, where whoever makes it sets that as they like. Pure.

At most venues a pool's fee is one of a few that the venue sets. Meteora's DAMM v2 lets anybody take up to
99 % of what is bought or sold. Such fees may fall with time, for launches: what counts is the fee of the day
after. At Pump.fun and PumpSwap the creator of a token may have chosen a part for themselves, up to a bound
that the venue moves (100 to 300 basis points in autumn 2026); beside it stand the 0.3 to 1.25 % of venue and
liquidity, which no account of the pool says.

Layouts: `damm-v2` (`Pool`, `PoolFeesStruct`, `PodAlignedFeeTimeScheduler` and its two siblings), and
`pump-public-docs` (`BondingCurve`, `Pool`).
"""

import struct
from fractions import Fraction

from chain.market.bins import power
from chain.market.curves import PUMP
from chain.market.pools import METEORA_DAMM_V2, PUMP_SWAP
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
_CREATOR_AT = {PUMP: slice(115, 123), PUMP_SWAP: slice(261, 269)}
"""Where the accounts of these say what the creator chose, in basis points; zero, or too short: nothing."""


def lasting_fee(data: bytes, *, owner: str, slot: int, now: int | None) -> Fraction | None:
    """Return the part of each trade that a pool still keeps a day from now; None: its venue bounds it.

    Args:
        data: the account of the pool.
        owner: the program that owns it.
        slot: when it was read; 0: not known.
        now: Unix seconds; None: not known, so that the lowest fee that it will have counts.
    """
    if owner in _CREATOR_AT:
        chosen = int.from_bytes(data[_CREATOR_AT[owner]], "little")
        return Fraction(min(chosen, _PART), _PART) if chosen else None
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
