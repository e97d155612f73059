"""The pools of a token: what lies in them, and who could take it away.

Pools come from trades that were seen, from owners of large token accounts, and from the addresses where pools
usually are. Three questions at most, and three more about the shares of the largest one.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from chain.decoders.programs import PROGRAMS
from chain.market.curves import PUMP
from chain.market.mint import read_mint
from chain.market.pool_accounts import read_pool
from chain.market.pool_prices import OpenPool, likely_pools, open_pool, pool_price, vaults_to_read
from chain.market.pool_shares import ShareToken, locked_by_pool, share_token
from chain.market.pools import METEORA_DBC, RAYDIUM_LAUNCHLAB
from chain.rpc.accounts import Account
from chain.scans.holders import read_holders
from chain.scans.node import NotAnswered, ScanNode
from domain.activity.amounts import as_decimal
from domain.activity.prices import Dollars
from domain.errors import Undecodable
from domain.security.checks import NotRead, Source
from domain.security.facts import Holders, Liquidity, LiquidityShares, OwnerKind, Pool, part, percent
from domain.security.mints import MintFacts
from domain.tokens.market_price import KnownPool, MintSupply, quote_dollars
from domain.tokens.well_known import pinned

MAX_FOUND = 20
"""Pools that are read of those which owners of tokens point to."""
_CURVES = frozenset({PUMP, RAYDIUM_LAUNCHLAB, METEORA_DBC})
_IN_POSITIONS = NotRead(reason="its liquidity lies in positions, which are not counted")


class PoolCandidates(msgspec.Struct, frozen=True, kw_only=True):
    """Where pools of a token may be, and what money is worth."""

    known: tuple[KnownPool, ...] = ()
    """From trades that were seen."""
    owners: tuple[str, ...] = ()
    """Owners of large token accounts that are pools."""
    dollars: Dollars = msgspec.field(default_factory=dict)


async def read_liquidity(
    node: ScanNode, mint: MintFacts, candidates: PoolCandidates, *, chain: str, now: int | None = None
) -> Liquidity | NotRead:
    """What lies in the token's pools, and whose the shares of the largest one are."""
    try:
        found = await _open_pools(node, mint, candidates, chain)
        accounts = dict(found.accounts)
        if missing := vaults_to_read(found.pools, accounts):
            accounts |= _present(await node.accounts(missing[:_MAX_VAULTS]))
    except NotAnswered as error:
        return NotRead(reason=str(error))
    supply = MintSupply(decimals=mint.decimals, supply=mint.supply)
    valued = [(pool, _dollars(pool, accounts, supply, candidates.dollars, chain)) for pool in found.pools]
    valued.sort(key=lambda one: one[1] or Decimal(-1), reverse=True)
    pools = [_pool(pool, dollars, _IN_POSITIONS) for pool, dollars in valued]
    if valued:
        shares = await _shares(node, valued[0][0], accounts)
        pools[0] = _pool(*valued[0], shares)
    slot = max((one.slot for one in accounts.values()), default=None)
    return Liquidity(pools=tuple(pools), source=Source(name="pool accounts", slot=slot, read_at=now))


_MAX_VAULTS = 100


class _PoolsRead(msgspec.Struct, frozen=True, kw_only=True):
    """The pools that exist, with the accounts that were read."""

    pools: list[OpenPool]
    accounts: Mapping[str, Account]


async def _open_pools(node: ScanNode, mint: MintFacts, candidates: PoolCandidates, chain: str) -> _PoolsRead:
    usual = [*candidates.known, *likely_pools(mint.address)]
    wanted = dict.fromkeys((*(one.pool for one in usual), *candidates.owners[:MAX_FOUND]))
    found = await node.accounts(list(wanted))
    if wanted and not found:
        raise NotAnswered("they are not recorded")
    accounts = _present(found)
    known = {one.pool: one for one in (*_from_owners(mint, candidates.owners, accounts, chain), *usual)}
    opened = (open_pool(one, accounts) for one in known.values())
    return _PoolsRead(pools=[one for one in opened if one is not None], accounts=accounts)


def _present(accounts: Mapping[str, Account | None]) -> dict[str, Account]:
    return {address: account for address, account in accounts.items() if account is not None}


def _from_owners(
    mint: MintFacts, owners: Sequence[str], accounts: Mapping[str, Account], chain: str
) -> list[KnownPool]:
    """Pools among the owners, as far as their accounts say what they trade the token for."""
    found = []
    for owner in owners:
        quote = _quote_of(accounts.get(owner), mint.address)
        if quote is not None:
            token = pinned(chain, quote)
            decimals = token.decimals if token is not None else 0
            found.append(KnownPool(mint=mint.address, pool=owner, quote=quote, quote_decimals=decimals))
    return found


def _quote_of(account: Account | None, mint: str) -> str | None:
    try:
        mints = read_pool(account.data, owner=account.owner).mints if account is not None else ()
    except (Undecodable, ValueError, ArithmeticError):
        return None
    return next((other for other in mints if other != mint), None) if mint in mints else None


def _dollars(
    pool: OpenPool, accounts: Mapping[str, Account], supply: MintSupply, dollars: Dollars, chain: str
) -> Decimal | None:
    """What both sides are worth: twice what lies there of the quote."""
    if pinned(chain, pool.known.quote) is None:
        return None  # nobody knows how many decimals its amounts have
    price = pool_price(pool, accounts, supply)
    usd = quote_dollars(chain, pool.known.quote, dollars)
    if price is None or price.pool.liquidity_quote is None or usd is None:
        return None
    return 2 * usd * as_decimal(price.pool.liquidity_quote, pool.known.quote_decimals)


def _pool(pool: OpenPool, dollars: Decimal | None, shares: LiquidityShares | NotRead) -> Pool:
    program = PROGRAMS.get(pool.state.program)
    return Pool(
        address=pool.known.pool,
        venue=program.name if program is not None else "a pool",
        quote=pool.known.quote,
        dollars=dollars,
        shares=shares,
        is_curve=pool.state.program in _CURVES,
    )


async def _shares(
    node: ScanNode, pool: OpenPool, accounts: Mapping[str, Account]
) -> LiquidityShares | NotRead:
    """What became of the shares of a pool's liquidity: burned, locked, or in somebody's hands."""
    account = accounts[pool.known.pool]
    locked = locked_by_pool(account.data, owner=account.owner)
    if locked is not None:
        return LiquidityShares(locked=locked)
    token = share_token(account.data, owner=account.owner)
    if token is None or token.issued <= 0:
        return _IN_POSITIONS
    try:
        found = _present(await node.accounts([token.mint])).get(token.mint)
        mint = _share_mint(found, token)
    except NotAnswered as error:
        return NotRead(reason=str(error))
    burned = min(Fraction(1), max(Fraction(0), 1 - part(mint.supply, token.issued)))
    if burned >= _ALL:
        return LiquidityShares(burned=burned)
    return await _shares_of_holders(node, mint, token, burned)


_ALL = Fraction(99, 100)


def _share_mint(account: Account | None, token: ShareToken) -> MintFacts:
    if account is None:
        raise NotAnswered("the token of its shares was not found")
    try:
        return read_mint(account.data, address=token.mint, program=account.owner, slot=account.slot)
    except Undecodable as error:
        raise NotAnswered("the token of its shares cannot be read") from error


async def _shares_of_holders(
    node: ScanNode, mint: MintFacts, token: ShareToken, burned: Fraction
) -> LiquidityShares | NotRead:
    holders = (await read_holders(node, mint)).holders
    if not isinstance(holders, Holders):
        return NotRead(reason=f"{percent(burned)} of its shares are burned; {holders.reason}")
    of = {
        kind: part(sum(one.raw for one in holders.top if one.kind is kind), token.issued)
        for kind in (OwnerKind.BURNED, OwnerKind.LOCKED)
    }
    creator = sum(one.raw for one in holders.top if one.owner == token.creator)
    return LiquidityShares(
        burned=burned + of[OwnerKind.BURNED],
        locked=of[OwnerKind.LOCKED],
        creator=part(creator, token.issued),
    )
