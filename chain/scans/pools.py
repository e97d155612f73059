"""The pools of a token: what lies in them, and who could take it away.

Pools come from trades that were seen, from owners of large token accounts, and from the addresses where pools
usually are. Two questions, one where liquidity lies at many prices, two where pools are Meteora's, and up to
three about the shares of the largest one.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from chain.decoders.programs import PROGRAMS
from chain.market.curves import CURVES
from chain.market.depth.sales import CONCENTRATED_PROGRAMS, accounts_below, backing_quote, quote_below
from chain.market.pool_accounts import config_quote, read_pool
from chain.market.pool_fees import lasting_fee, launch_fee
from chain.market.pool_prices import (
    OpenPool,
    is_over,
    lacks_successor,
    likely_pools,
    open_pool,
    pool_price,
    vault_amounts,
    vaults_to_read,
)
from chain.market.pool_shares import share_token
from chain.market.pools import METEORA_DBC
from chain.market.trading_times import is_closed
from chain.rpc.accounts import BATCH, Account
from chain.scans.node import NotAnswered, ScanNode
from chain.scans.owned import launch_configs, listed_pools
from chain.scans.shares import read_shares
from domain.activity.amounts import as_decimal
from domain.activity.prices import Dollars
from domain.errors import Undecodable
from domain.security.checks import NotRead, Source
from domain.security.facts import Liquidity, Pool
from domain.security.mints import MintFacts
from domain.sentences import sentence
from domain.tokens.market_price import RIVAL_SHARE, KnownPool, MintSupply, quote_dollars
from domain.tokens.well_known import pinned

MAX_FOUND = 20
"""Pools that are read of those which owners of tokens point to."""
_NOT_THE_LARGEST = NotRead(reason=sentence("another pool is larger"))


class PoolCandidates(msgspec.Struct, frozen=True, kw_only=True):
    """Where pools of a token may be, and what money is worth."""

    known: tuple[KnownPool, ...] = ()
    """From trades that were seen."""
    owners: tuple[str, ...] = ()
    """Owners of large token accounts that are pools."""
    vaults: tuple[str, ...] = ()
    """The largest token accounts."""
    dollars: Dollars = msgspec.field(default_factory=dict)


async def read_liquidity(
    node: ScanNode, mint: MintFacts, candidates: PoolCandidates, *, chain: str, now: int | None = None
) -> Liquidity | NotRead:
    """What lies in the token's pools, and whose the shares of the largest one are.

    Args:
        node: whom to ask; two to five questions, and those about the shares.
        mint: of the token, with its supply.
        candidates: where its pools may be; what is no pool of it is left out.
        chain: says which tokens are dollars.
        now: Unix seconds, for locks that end, and for the source; None: not known.

    Returns:
        `NotRead` where the accounts did not come; pools without dollars stand in the list with none.
    """
    try:
        found = await _open_pools(node, mint, candidates, chain)
        accounts = dict(found.accounts)
        if missing := [*vaults_to_read(found.pools, accounts), *_share_tokens(found)]:
            accounts |= _present(await node.accounts(missing[:_MAX_VAULTS]))
        money = _Money(chain=chain, dollars=candidates.dollars)
        known = {one.pool for one in candidates.known}
        near = await _near_quotes(node, found.pools, accounts, money, known) | _closed(found, now)
    except NotAnswered as error:
        return NotRead(reason=error.reason)
    supply = MintSupply(decimals=mint.decimals, supply=mint.supply)
    worths = _at_fair_price([_worth(one, accounts, supply, money, near) for one in found.pools])
    valued = list(zip(found.pools, worths, strict=True))
    valued.sort(key=lambda one: one[1].dollars or Decimal(-1), reverse=True)
    pools = [_pool(pool, worth) for pool, worth in valued]
    if valued:
        first = accounts[valued[0][0].known.pool]
        shares = await read_shares(node, valued[0][0], accounts, now)
        fee = await _fee(node, first, now)
        pools[0] = msgspec.structs.replace(pools[0], shares=shares, fee=fee)
    slot = max((one.slot for one in accounts.values()), default=None)
    source = Source(name="pool accounts", slot=slot, read_at=now)
    return Liquidity(pools=tuple(pools), source=source, lacks_successor=found.lacks_successor)


_MAX_VAULTS = 100


async def _fee(node: ScanNode, pool: Account, now: int | None) -> Fraction | None:
    """What a pool keeps of each trade; of a launch curve its configuration says it. None: not said."""
    if pool.owner != METEORA_DBC:
        return lasting_fee(pool.data, owner=pool.owner, slot=pool.slot, now=now)
    config = (await launch_configs(node, [pool])).get(pool.address)
    return None if config is None else launch_fee(pool.data, config.data, slot=pool.slot, now=now)


def _closed(found: "_PoolsRead", now: int | None) -> dict[str, int]:
    """The pools in which nobody can trade, with what a sale gives there: nothing."""
    pools = (found.accounts[one.known.pool] for one in found.pools)
    return {at.address: 0 for at in pools if is_closed(at.data, owner=at.owner, slot=at.slot, now=now)}


class _PoolsRead(msgspec.Struct, frozen=True, kw_only=True):
    """The pools that exist, with the accounts that were read."""

    pools: list[OpenPool]
    accounts: Mapping[str, Account]
    lacks_successor: bool


def _share_tokens(found: _PoolsRead) -> list[str]:
    """The mints of the pools' shares, which are read with the vaults: that spares a question."""
    pools = (found.accounts[one.known.pool] for one in found.pools)
    tokens = (share_token(pool.data, owner=pool.owner) for pool in pools)
    return [token.mint for token in tokens if token is not None]


async def _open_pools(node: ScanNode, mint: MintFacts, candidates: PoolCandidates, chain: str) -> _PoolsRead:
    listed = await listed_pools(node, mint.address, candidates.owners, candidates.vaults)
    owners = [*(one.address for one in listed), *candidates.owners[:MAX_FOUND]]
    configs = await launch_configs(node, listed)
    launches = [
        _known_pool(mint, curve, quote, chain)
        for curve, config in configs.items()
        if (quote := config_quote(config.data))
    ]
    usual = [*candidates.known, *likely_pools(mint.address), *launches]
    wanted = dict.fromkeys((*(one.pool for one in usual), *owners))
    found = await node.accounts(list(wanted))
    if wanted and not found:
        raise NotAnswered(sentence("they are not recorded"))
    accounts = _present(found)
    known = {one.pool: one for one in (*_from_owners(mint, owners, accounts, chain), *usual)}
    opened = [at for one in known.values() if (at := open_pool(one, accounts)) is not None]
    pools, ended = ([one for one in opened if is_over(one) == over] for over in (False, True))
    lacks = lacks_successor(*([one.state.program for one in same] for same in (ended, pools)))
    return _PoolsRead(pools=pools, accounts=accounts, lacks_successor=lacks)


def _known_pool(mint: MintFacts, pool: str, quote: str, chain: str) -> KnownPool:
    token = pinned(chain, quote)
    decimals = token.decimals if token is not None else 0
    return KnownPool(mint=mint.address, pool=pool, quote=quote, quote_decimals=decimals)


def _present(accounts: Mapping[str, Account | None]) -> dict[str, Account]:
    return {address: account for address, account in accounts.items() if account is not None}


def _from_owners(
    mint: MintFacts, owners: Sequence[str], accounts: Mapping[str, Account], chain: str
) -> list[KnownPool]:
    """Pools among the owners, as far as their accounts say what they trade the token for."""
    paid_in = {owner: _quote_of(accounts.get(owner), mint.address) for owner in owners}
    return [_known_pool(mint, pool, quote, chain) for pool, quote in paid_in.items() if quote]


def _quote_of(account: Account | None, mint: str) -> str | None:
    try:
        mints = read_pool(account.data, owner=account.owner).mints if account is not None else ()
    except (Undecodable, ValueError, ArithmeticError):
        return None
    return next((other for other in mints if other != mint), None) if mint in mints else None


class _Money(msgspec.Struct, frozen=True, kw_only=True):
    """What quotes are worth."""

    chain: str
    dollars: Dollars

    def of(self, pool: OpenPool) -> Decimal | None:
        """Dollars for one whole unit of a pool's quote; None: not known, or its decimals are not."""
        if pinned(self.chain, pool.known.quote) is None:
            return None
        return quote_dollars(self.chain, pool.known.quote, self.dollars)


_SMALL, _MAX_CONCENTRATED, _EACH = 100, 8, 2 * BATCH // 8
"""Pools with less than one part in so many of the largest are not read, nor are more than so many, each from
as many accounts, however many somebody makes. What lies in the others counts for nothing."""


async def _near_quotes(
    node: ScanNode,
    pools: Sequence[OpenPool],
    accounts: Mapping[str, Account],
    money: _Money,
    known: set[str],
) -> dict[str, int]:
    """What sellers could get of the quote of pools whose vaults do not say it; known ones are read first.

    Raises:
        NotAnswered: the node does not say it.
    """
    values = dict[str, Decimal]()
    concentrated = dict[str, tuple[OpenPool, int]]()
    for pool in pools:
        amounts, usd = vault_amounts(pool, accounts), money.of(pool)
        if pool.state.program in CONCENTRATED_PROGRAMS and amounts is not None and usd is not None:
            in_vault = amounts[1 - pool.base]
            concentrated[pool.known.pool] = pool, in_vault
            values[pool.known.pool] = usd * as_decimal(in_vault, pool.known.quote_decimals)
    minimum = max(values.values(), default=Decimal(0)) / _SMALL
    large = (at for at in values if values[at] >= minimum > 0 or at in known)
    read = sorted(large, key=lambda at: (at in known, values[at]), reverse=True)[:_MAX_CONCENTRATED]
    sides = {at: 1 - concentrated[at][0].base for at in read}
    wanted = [one for at in read for one in accounts_below(accounts[at], side=sides[at], limit=_EACH)]
    found = await node.accounts(wanted) if wanted else {}
    near = dict.fromkeys(concentrated, 0)
    for at, side in sides.items():
        below = quote_below(accounts[at], found, side=side, limit=_EACH)
        near[at] = backing_quote(concentrated[at][1], below)
    return near


class _Worth(msgspec.Struct, frozen=True, kw_only=True):
    """What lies in a pool; None: not known."""

    dollars: Decimal | None = None
    """Both sides: twice what sellers could get of the quote."""
    price: Fraction | None = None
    """Dollars for one whole token."""
    base_raw: int | None = None
    paid_raw: int | None = None


def _worth(
    pool: OpenPool,
    accounts: Mapping[str, Account],
    supply: MintSupply,
    money: _Money,
    near: Mapping[str, int],
) -> _Worth:
    amounts, price = vault_amounts(pool, accounts), pool_price(pool, accounts, supply)
    base = None if amounts is None else amounts[pool.base]
    if price is None:
        return _Worth(base_raw=base)
    quote, decimals = near.get(pool.known.pool, price.depth), pool.known.quote_decimals
    paid = int(quote / (price.price * Fraction(10) ** (decimals - supply.decimals)))
    usd = money.of(pool)
    if usd is None:
        return _Worth(base_raw=base, paid_raw=paid)
    return _Worth(
        base_raw=base,
        paid_raw=paid,
        dollars=2 * usd * as_decimal(quote, decimals),
        price=price.price * Fraction(usd),
    )


def _at_fair_price(pools: Sequence[_Worth]) -> list[_Worth]:
    """The pools, of which none says by a price of its own that much was paid for what lies in it.

    Who makes a pool that concentrates liquidity sets its price, and a low one costs nothing where nobody can
    buy at it. So what was paid counts at the highest price of those with most of the money, if that is more.
    """
    largest = max((one.dollars for one in pools if one.dollars is not None), default=Decimal(0))
    weighty = (one for one in pools if one.dollars is not None and one.dollars * RIVAL_SHARE >= largest)
    fair = max((one.price for one in weighty if one.price is not None), default=Fraction(0))
    return [_at_price(one, fair) for one in pools]


def _at_price(one: _Worth, fair: Fraction) -> _Worth:
    if one.paid_raw is None or one.price is None or one.price >= fair:
        return one
    return msgspec.structs.replace(one, paid_raw=int(one.paid_raw * one.price / fair))


def _pool(pool: OpenPool, worth: _Worth) -> Pool:
    program = PROGRAMS.get(pool.state.program)
    return Pool(
        address=pool.known.pool,
        venue=program.name if program is not None else "a pool",
        quote=pool.known.quote,
        dollars=worth.dollars,
        base_raw=worth.base_raw,
        paid_raw=worth.paid_raw,
        shares=_NOT_THE_LARGEST,
        program=pool.state.program,
        is_curve=pool.state.program in CURVES,
        vaults=pool.known.vaults or (),
    )
