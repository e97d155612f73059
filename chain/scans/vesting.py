"""Liquidity of Meteora's DAMM v2 that is locked for a time: positions are listed, then the largest checked.

What cannot be seen counts as free.
"""

from collections.abc import Sequence
from fractions import Fraction

from chain.market.vested_positions import (
    POOL_AT,
    POSITION_AT,
    Clock,
    VestedPosition,
    Vesting,
    pool_clock,
    pool_liquidity,
    read_vesting,
    vested_position,
)
from chain.rpc.accounts import Account
from chain.scans.node import NotAnswered, ScanNode
from chain.scans.owned import MemoryMatch, owned_accounts
from domain.security.facts import LiquidityShares

MAX_POSITIONS = 2
"""Whose schedules in accounts of their own are asked for: those with most."""
_ALL = Fraction(99, 100)


async def with_vested(
    node: ScanNode, pool: Account, *, for_ever: Fraction, now: int | None
) -> LiquidityShares:
    """Return what is locked forever, and what else stays locked for longer than counts as soon.

    Args:
        node: whom to ask.
        pool: its account.
        for_ever: the part that the pool says is locked forever.
        now: Unix seconds; None: not known.
    """
    known = LiquidityShares(locked=for_ever)
    clock = None if now is None else pool_clock(pool.data, slot=pool.slot, now=now)
    if for_ever >= _ALL or clock is None or now is None:
        return known
    try:
        match = MemoryMatch(offset=POOL_AT, address=pool.address)
        found = await owned_accounts(node, pool.owner, match)
    except NotAnswered:
        return known
    vested = [one for at in found if (one := vested_position(at.data, address=at.address)) is not None]
    locked, unlocks = 0, list[int]()
    for number, position in enumerate(sorted(vested, key=lambda one: one.raw, reverse=True)):
        others = await _others(node, pool.owner, position) if number < MAX_POSITIONS else ()
        locked += position.locked(clock.soon, others)
        unlocks += [at for one in (*position.vestings, *others) if (at := _unlocks_at(one, clock, now))]
    share = min(1 - for_ever, Fraction(locked, pool_liquidity(pool.data)))
    return LiquidityShares(locked=for_ever + share, unlocks_at=min(unlocks, default=None) if locked else None)


async def _others(node: ScanNode, program: str, position: VestedPosition) -> Sequence[Vesting]:
    """The schedules of a position beside its own; nothing where its own says all, or the node does not."""
    if sum(one.schedule.total - one.released for one in position.vestings) >= position.raw:
        return ()
    try:
        match = MemoryMatch(offset=POSITION_AT, address=position.address)
        found = await owned_accounts(node, program, match)
    except NotAnswered:
        return ()
    return [one for at in found if (one := read_vesting(at.data)) is not None]


def _unlocks_at(vesting: Vesting, clock: Clock, now: int) -> int | None:
    """When more of it comes free, at the earliest, in Unix seconds; None: never, or so late as never."""
    following = vesting.schedule.next_unlock(clock.now)
    return None if following is None else now + int((following - clock.now) * clock.seconds)
