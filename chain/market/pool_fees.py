"""What a pool keeps of each trade, where whoever makes it sets that as they like. Pure.

At most venues a pool's fee is one of a few that the venue sets. Meteora's DAMM v2 lets anybody take up to
99 % of what is bought or sold, so do its launch curves, and its DLMM up to 10 %. Such fees may fall with
time, for launches: what counts is the fee of the day after. Or they fall while the price rises, until that
ends: a price that nobody will see lowers none. At Pump.fun and PumpSwap the creator of a token may have
chosen a part for themselves, up to a bound that the venue moves (100 to 300 basis points in autumn 2026);
beside it stand the 0.3 to 1.25 % of venue and liquidity, which no account of the pool says.

Layouts: `damm-v2` (`Pool`, `PoolFeesStruct`, `PodAlignedFeeTimeScheduler` and its two siblings), `dlmm-sdk`
(`LbPair`, `StaticParameters`), `dynamic-bonding-curve` (`PoolConfig`, `BaseFeeConfig`, `VirtualPool`), and
`pump-public-docs` (`BondingCurve`, `Pool`).
"""

import struct
from fractions import Fraction

from chain.market.bins import power
from chain.market.curves import PUMP
from chain.market.pools import METEORA_DAMM_V2, METEORA_DLMM, PUMP_SWAP
from chain.market.vested_positions import MIN_SLOT_SECONDS, Clock, pool_clock

_FEES = struct.Struct("<QB5xHQQ")
"""Fee at first, how it changes, number of steps, what makes a step, by how much each is lower."""
_FEES_AT = 8
_FIRST_ROOT, _ROOT, _OPENS_AT = slice(152, 168), slice(456, 472), slice(472, 480)
"""The roots of the price at first and now, and when trading began."""
_UNIT = 1_000_000_000
_PART = 10_000
_BY_TIME, _BY_PRICE = frozenset({0, 1}), frozenset({3, 4})
"""Fees that fall while time passes, and while the price rises; each linear, or by a part of what is left."""
_LINEAR = frozenset({0, 3})
_DAY = 86_400
_LAUNCH_FEES, _LAUNCH_FEES_AT = struct.Struct("<QQQHB"), 104
"""Of a launch curve's configuration: fee at first, what makes a step, how much lower it is, number, mode."""
_COUNTS_AT, _CURVE_OPENS_AT = 234, slice(296, 304)
"""Whether it counts slots, 0, or seconds, 1; when trading at the curve began."""
_DLMM_FACTOR, _DLMM_POWER, _DLMM_STEP = slice(8, 10), 34, slice(80, 82)
_DLMM_MOST = 100_000_000
"""Of `_UNIT`: the program takes no more, whatever the factors say."""
_CREATOR_AT = {PUMP: slice(115, 123), PUMP_SWAP: slice(261, 269)}
"""Where the accounts of these say what the creator chose, in basis points; zero, or too short: nothing."""


def lasting_fee(data: bytes, *, owner: str, slot: int, now: int | None) -> Fraction | None:
    """Return the part of each trade that a pool still keeps a day from now; None: its venue bounds it.

    Args:
        data: the account of the pool.
        owner: the program that owns it.
        slot: when it was read; 0: not known.
        now: Unix seconds; None: not known, so that the lowest fee that it may have counts.
    """
    if owner in _CREATOR_AT:
        chosen = int.from_bytes(data[_CREATOR_AT[owner]], "little")
        return Fraction(min(chosen, _PART), _PART) if chosen else None
    if owner == METEORA_DLMM and len(data) >= _DLMM_STEP.stop:
        return _dlmm_fee(data)
    if owner != METEORA_DAMM_V2 or len(data) < _OPENS_AT.stop:
        return None
    first, mode, steps, step, lower = _FEES.unpack_from(data, _FEES_AT)
    clock = None if now is None else pool_clock(data, slot=slot, now=now)
    if mode in _BY_TIME:
        steps = _steps(_opened(data, _OPENS_AT), clock, steps=steps, step=step)
    elif mode in _BY_PRICE:
        steps = _steps_of_price(data, clock, steps=steps, step=step)
    else:
        steps = 0
    return _fallen(first, lower, steps, is_linear=mode in _LINEAR)


def launch_fee(curve: bytes, config: bytes, *, slot: int, now: int | None) -> Fraction | None:
    """Return the part of each trade that a launch curve of Meteora's keeps a day from now; None: not said.

    Args:
        curve: its account.
        config: the account of its configuration.
        slot: when they were read; 0: not known.
        now: Unix seconds; None: not known, so that the lowest fee that it may have counts.
    """
    if len(curve) < _CURVE_OPENS_AT.stop or len(config) <= _COUNTS_AT:
        return None
    first, step, lower, steps, mode = _LAUNCH_FEES.unpack_from(config, _LAUNCH_FEES_AT)
    if mode not in _BY_TIME:
        return Fraction(first, _UNIT)
    moment, seconds = (now, 1.0) if config[_COUNTS_AT] else (slot, MIN_SLOT_SECONDS)
    clock = Clock(now=moment, seconds=seconds) if moment else None
    passed = _steps(_opened(curve, _CURVE_OPENS_AT), clock, steps=steps, step=step)
    return _fallen(first, lower, passed, is_linear=mode in _LINEAR)


def _fallen(first: int, lower: int, steps: int, *, is_linear: bool) -> Fraction:
    """A fee that fell so often, each time by an amount or by a part of what was left."""
    if is_linear:
        return Fraction(max(0, first - steps * lower), _UNIT)
    return Fraction(first, _UNIT) * power(Fraction(max(0, _PART - lower), _PART), steps)


def _opened(data: bytes, at: slice) -> int:
    return int.from_bytes(data[at], "little")


def _dlmm_fee(data: bytes) -> Fraction:
    """The fee of a calm market; a wild one adds to it for a while."""
    factor, step = (int.from_bytes(data[at], "little") for at in (_DLMM_FACTOR, _DLMM_STEP))
    return Fraction(min(_DLMM_MOST, factor * step * 10 ** (1 + data[_DLMM_POWER])), _UNIT)


def _steps_of_price(data: bytes, clock: Clock | None, *, steps: int, step: int) -> int:
    """How often the fee has fallen at the price of now; as often as it can once the schedule is over.

    Args:
        data: the account of the pool.
        clock: what the pool counts; None: not known.
        steps: how often it can fall.
        step: by how much the root of the price rises for each; above that, how long the schedule lasts.
    """
    rise, lasts = step & 0xFFFFFFFF, step >> 32
    before, root = (int.from_bytes(data[at], "little") for at in (_FIRST_ROOT, _ROOT))
    if clock is None or _tomorrow(clock) > _opened(data, _OPENS_AT) + lasts:
        return steps
    return max(0, min(steps, (root - before) * _PART // before // rise)) if before and rise else 0


def _tomorrow(clock: Clock) -> int:
    return clock.now + int(_DAY / clock.seconds)


def _steps(opened: int, clock: Clock | None, *, steps: int, step: int) -> int:
    """How often the fee will have fallen."""
    if not step or clock is None:
        return steps if step else 0
    return max(0, min(steps, (_tomorrow(clock) - opened) // step))
