"""Where the liquidity shares of a pool are: burned, locked, or held.

Shares are a token, whose supply and holders say it, or positions, of which those in lockers are counted.
"""

from collections.abc import Mapping
from fractions import Fraction

from chain.market.depth.sales import accounts_below, quote_below, root_below
from chain.market.mint import read_mint
from chain.market.pool_accounts import locked_after_launch
from chain.market.pool_prices import OpenPool, vault_amounts
from chain.market.pool_shares import ShareToken, locked_by_pool, share_token
from chain.market.pools import METEORA_DBC, METEORA_DLMM
from chain.market.position_locks import (
    LOCKS,
    active_liquidity,
    locked_position,
    quote_at_price,
)
from chain.rpc.accounts import BATCH, Account
from chain.scans.holders import read_holders
from chain.scans.node import NotAnswered, ScanNode
from chain.scans.owned import MemoryMatch, launch_configs, owned_accounts
from chain.scans.released import MAX_ARRAYS, read_released
from chain.scans.vesting import with_vested
from domain.errors import Undecodable
from domain.security.checks import NotRead
from domain.security.facts import Holders, LiquidityShares, OwnerKind, first_unlock, part, percent
from domain.security.mints import MintFacts
from domain.sentences import sentence

Accounts = Mapping[str, Account]
_ALL = Fraction(99, 100)
_IN_POSITIONS = NotRead(reason=sentence("its liquidity lies in positions, which are not counted"))
_NO_QUOTE = NotRead(reason=sentence("what lies in it was not read"))


async def read_shares(
    node: ScanNode, pool: OpenPool, accounts: Accounts, now: int | None = None
) -> LiquidityShares | NotRead:
    """Return what became of the shares of a pool's liquidity; where a node refuses, why it is not known.

    Args:
        node: whom to ask.
        pool: whose shares.
        accounts: those read so far, the pool's among them.
        now: Unix seconds, for locks that end; None: not known.
    """
    account = accounts[pool.known.pool]
    locked = locked_by_pool(account.data, owner=account.owner)
    if locked is not None:
        return await with_vested(node, account, for_ever=locked, now=now)
    token = share_token(account.data, owner=account.owner)
    try:
        if account.owner == METEORA_DBC:
            return await _of_launch(node, account)
        if account.owner == METEORA_DLMM:
            return await read_released(node, pool, accounts, now)
        if token is None or token.issued <= 0:
            return await _of_positions(node, pool, accounts)
        return await _of_token(node, token, accounts, now)
    except NotAnswered as error:
        return NotRead(reason=error.reason)


async def _of_launch(node: ScanNode, curve: Account) -> LiquidityShares | NotRead:
    """The part of the pool that follows a curve which is locked forever; what comes free in parts is free."""
    config = (await launch_configs(node, [curve])).get(curve.address)
    locked = None if config is None else locked_after_launch(config.data)
    return _IN_POSITIONS if locked is None else LiquidityShares(locked=locked)


async def _of_positions(node: ScanNode, pool: OpenPool, accounts: Accounts) -> LiquidityShares | NotRead:
    """The part of the quote within reach that lies in positions at the price which are locked forever."""
    at, amounts = accounts[pool.known.pool], vault_amounts(pool, accounts)
    locks = LOCKS.get(at.owner)
    if locks is None or not active_liquidity(at.data, program=at.owner):
        return _IN_POSITIONS
    side = 1 - pool.base
    if amounts is None or not amounts[side]:
        return _NO_QUOTE
    near = await node.accounts(accounts_below(at, side=side, limit=MAX_ARRAYS))
    whole = quote_below(at, near, side=side, limit=MAX_ARRAYS)
    end = root_below(at, side=side, limit=MAX_ARRAYS)
    if not whole or end is None:
        return _NO_QUOTE
    found = await owned_accounts(node, locks.program, MemoryMatch(offset=locks.pool_at, address=at.address))
    names = dict.fromkeys(name for one in found if (name := locked_position(one.data, locks)))
    positions = await node.accounts(list(names)[:BATCH]) if names else {}
    locked = sum(
        quote_at_price(one.data, at.data, program=at.owner, address=at.address, side=side, end=end)
        for one in positions.values()
        if one is not None and one.owner == at.owner
    )
    return LiquidityShares(locked=min(Fraction(1), Fraction(locked, whole)))


async def _of_token(
    node: ScanNode, token: ShareToken, accounts: Accounts, now: int | None
) -> LiquidityShares | NotRead:
    found = accounts.get(token.mint) or (await node.accounts([token.mint])).get(token.mint)
    mint = _share_mint(found, token)
    burned = min(Fraction(1), max(Fraction(0), 1 - part(mint.supply, token.issued)))
    if burned >= _ALL:
        return LiquidityShares(burned=burned)
    return await _of_holders(node, mint, token, burned=burned, now=now)


def _share_mint(account: Account | None, token: ShareToken) -> MintFacts:
    if account is None:
        raise NotAnswered(sentence("the token of its shares was not found"))
    try:
        return read_mint(account.data, address=token.mint, program=account.owner, slot=account.slot)
    except Undecodable as error:
        raise NotAnswered(sentence("the token of its shares cannot be read")) from error


async def _of_holders(
    node: ScanNode, mint: MintFacts, token: ShareToken, *, burned: Fraction, now: int | None
) -> LiquidityShares | NotRead:
    holders = (await read_holders(node, mint, now=now)).holders
    if not isinstance(holders, Holders):
        known = sentence(
            "{percent} of its shares are burned; {why}", percent=percent(burned), why=holders.reason
        )
        return NotRead(reason=known)
    of = {
        kind: part(sum(one.raw for one in holders.top if one.kind is kind), token.issued)
        for kind in (OwnerKind.BURNED, OwnerKind.LOCKED)
    }
    creator = sum(one.raw for one in holders.top if one.owner == token.creator)
    return LiquidityShares(
        burned=burned + of[OwnerKind.BURNED],
        locked=of[OwnerKind.LOCKED],
        creator=part(creator, token.issued),
        unlocks_at=first_unlock(holders.top),
    )
