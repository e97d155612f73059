"""Liquidity of Meteora's DLMM: its positions are listed with their release, those that are locked are read.

Three questions: when each position is released; what the locked ones have in which bins; what lies there.
What cannot be seen counts as free, and what lies out of reach of sellers does not count.
"""

from collections.abc import Mapping
from fractions import Fraction

from msgspec import structs

from chain.market.bin_positions import (
    FOR_EVER,
    POOL_AT,
    RELEASE,
    BinPosition,
    bin_arrays,
    bin_position,
    is_locked,
    quote_in,
    release_clock,
    release_of,
)
from chain.market.depth.sales import accounts_below, near_bins, quote_below
from chain.market.locks import LAST_DATE
from chain.market.pool_prices import OpenPool, vault_amounts
from chain.market.vested_positions import Clock
from chain.rpc.accounts import Account
from chain.scans.node import ScanNode
from chain.scans.owned import MemoryMatch, owned_parts
from domain.security.checks import NotRead
from domain.security.facts import LiquidityShares
from domain.sentences import sentence

MAX_POSITIONS, MAX_ARRAYS = 40, 50
"""That are read: each is large. Those beyond count as free."""
_NOT_READ = NotRead(reason=sentence("what lies in it was not read"))
_NOTHING = NotRead(reason=sentence("what holders could sell for lies in none of its bins"))
_NO_POSITION = NotRead(reason=sentence("the node lists none of its positions"))


async def read_released(
    node: ScanNode, pool: OpenPool, accounts: Mapping[str, Account], now: int | None
) -> LiquidityShares | NotRead:
    """Return which part of a pool's quote lies in positions that stay locked for longer than counts as soon.

    Args:
        node: whom to ask.
        pool: of DLMM.
        accounts: those read so far, the pool's and its vaults' among them.
        now: Unix seconds; None: not known.

    Raises:
        NotAnswered: the node lists no positions, or does not show those that are locked.
    """
    account, side = accounts[pool.known.pool], 1 - pool.base
    amounts = vault_amounts(pool, accounts)
    if amounts is None:
        return _NOT_READ
    if not amounts[side]:
        return _NOTHING
    match = MemoryMatch(offset=POOL_AT, address=account.address)
    found = await owned_parts(node, account.owner, match, RELEASE)
    if not found:
        return _NO_POSITION
    clock = release_clock(account.data, slot=account.slot, now=now)
    locked = [address for address, part in found.items() if is_locked(release_of(part), clock)]
    positions = await _positions(node, account, locked[:MAX_POSITIONS], clock)
    if not positions:
        return LiquidityShares()
    near = await node.accounts(accounts_below(account, side=side, limit=MAX_ARRAYS))
    whole = quote_below(account, near, side=side, limit=MAX_ARRAYS)
    if not whole:
        return _NOTHING
    parts = _near_parts(positions, account, side)
    quote = quote_in(parts, _arrays(account, parts, near), pool=account.address, side=side)
    share = min(Fraction(1), Fraction(quote, whole))
    return LiquidityShares(locked=share, unlocks_at=_unlocks_at(positions, clock, now) if share else None)


async def _positions(
    node: ScanNode, pool: Account, addresses: list[str], clock: Clock | None
) -> list[BinPosition]:
    """Those of these that are locked by their own account, too."""
    read = await node.accounts(addresses) if addresses else {}
    found = [
        bin_position(one.data, pool=pool.address)
        for one in read.values()
        if one is not None and one.owner == pool.owner
    ]
    return [one for one in found if one is not None and is_locked(one.release, clock)]


def _near_parts(positions: list[BinPosition], pool: Account, side: int) -> list[BinPosition]:
    """The positions, with those of their bins that a seller could reach."""
    bins = near_bins(pool.data, side=side)
    return [
        structs.replace(one, shares={at: share for at, share in one.shares.items() if at in bins})
        for one in positions
    ]


def _arrays(
    pool: Account, positions: list[BinPosition], near: Mapping[str, Account | None]
) -> Mapping[int, bytes]:
    """The accounts of the positions' bins, by number, as far as they were read."""
    wanted = bin_arrays(pool.address, {at for one in positions for at in one.shares})
    found = {number: near.get(address) for number, address in wanted.items()}
    return {number: one.data for number, one in found.items() if one is not None}


def _unlocks_at(positions: list[BinPosition], clock: Clock | None, now: int | None) -> int | None:
    """When the first of these is released, at the earliest, in Unix seconds; None: never."""
    later = [one.release for one in positions if one.release != FOR_EVER]
    if clock is None or now is None or not later:
        return None
    at = now + int((min(later) - clock.now) * clock.seconds)
    return at if at <= LAST_DATE else None
