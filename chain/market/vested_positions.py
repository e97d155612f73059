"""Positions of Meteora's DAMM v2 whose liquidity comes free in parts: what is locked at a later time. Pure.

A pool counts in slots or in seconds; its positions hold one schedule themselves, others stand in accounts of
their own. Layouts: `damm-v2` (`Pool`, `Position` with `InnerVesting`, `Vesting`); all numbers little endian.
"""

import hashlib
from collections.abc import Sequence

from msgspec import Struct

from chain.market.locks import SOON_SECONDS, Schedule

POOL_AT = 8
"""Where a position names its pool."""
POSITION_AT = 8
"""Where an account of a schedule names its position."""
MIN_SLOT_SECONDS = 0.2
"""Slots come no faster for long: so what is counted in slots comes free no sooner."""
_POSITION = hashlib.sha256(b"account:Position").digest()[:8]
_VESTING = hashlib.sha256(b"account:Vesting").digest()[:8]
_POSITION_BYTES, _VESTING_BYTES, _POOL_BYTES = 408, 184, 568
_LIQUIDITY, _BY_SECONDS = slice(360, 376), 480


class Clock(Struct, frozen=True, kw_only=True):
    """What a pool's schedules count, and what that is now."""

    now: int
    """Unix seconds, or a slot."""
    seconds: float
    """Of one step, at least."""

    @property
    def soon(self) -> int:
        """What comes free by then counts as free."""
        return self.now + int(SOON_SECONDS / self.seconds)


class Vesting(Struct, frozen=True, kw_only=True):
    """Liquidity that comes free in parts."""

    schedule: Schedule
    """In what the pool counts, not always seconds."""
    released: int
    """What has been set free already."""

    def locked(self, at: int) -> int:
        """Return what is locked at this time."""
        return max(0, self.schedule.total - max(self.schedule.unlocked(at), self.released))


class VestedPosition(Struct, frozen=True, kw_only=True):
    """A position some of which comes free later."""

    address: str
    raw: int
    """That part, as the program counts liquidity."""
    vestings: tuple[Vesting, ...]
    """Those that the position holds itself."""

    def locked(self, at: int, others: Sequence[Vesting] = ()) -> int:
        """Return what is locked at this time; `others`: those in accounts of their own."""
        return min(self.raw, sum(vesting.locked(at) for vesting in (*self.vestings, *others)))


def pool_clock(data: bytes, *, slot: int, now: int) -> Clock | None:
    """Return what the pool counts; None: not known.

    Args:
        data: the account of the pool.
        slot: when it was read; 0: not known.
        now: Unix seconds.
    """
    if len(data) < _POOL_BYTES or data[_BY_SECONDS] > 1:
        return None
    if data[_BY_SECONDS]:
        return Clock(now=now, seconds=1.0)
    return Clock(now=slot, seconds=MIN_SLOT_SECONDS) if slot else None


def pool_liquidity(data: bytes) -> int:
    """All liquidity of a pool."""
    return int.from_bytes(data[_LIQUIDITY], "little")


def vested_position(data: bytes, *, address: str) -> VestedPosition | None:
    """The position; None: it is none, or nothing of it comes free later."""
    if not data.startswith(_POSITION) or len(data) < _POSITION_BYTES:
        return None
    raw = _wide(data, 168)
    inner = _vesting(data, 312)
    own = () if inner is None else (inner,)
    return VestedPosition(address=address, raw=raw, vestings=own) if raw else None


def read_vesting(data: bytes) -> Vesting | None:
    """The schedule in an account of its own; None: it is none."""
    return _vesting(data, 40) if data.startswith(_VESTING) and len(data) >= _VESTING_BYTES else None


def _vesting(data: bytes, at: int) -> Vesting | None:
    """The schedule that stands there; None: there is none, or one that never ends."""
    first, part, released = (_wide(data, at + more) for more in (16, 32, 48))
    period, periods = _number(data, at + 8), int.from_bytes(data[at + 64 : at + 66], "little")
    if periods and not period:
        return None
    schedule = Schedule(
        begins=_number(data, at), first=first, period=period, part=part, total=first + part * periods
    )
    return Vesting(schedule=schedule, released=released) if schedule.total else None


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


def _wide(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 16], "little")
