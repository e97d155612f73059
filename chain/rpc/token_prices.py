"""Current token prices from pool accounts, read a hundred accounts at a time."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol

from chain.market.pool_prices import (
    OpenPool,
    likely_pools,
    mint_supply,
    open_pool,
    pool_price,
    vaults_to_read,
)
from chain.parsing.accounts import AccountAt
from domain.activity.activity import SOL
from domain.activity.prices import Dollars
from domain.tokens.market_price import (
    KnownPool,
    MintSupply,
    PoolPrice,
    TokenPrice,
    TokenPrices,
    UnknownPrice,
    money_price,
    price_by_pools,
    quote_dollars,
    with_supply,
)
from runtime import clock

ReadAccounts = Callable[[Sequence[str]], Awaitable[Mapping[str, AccountAt]]]


class PoolStore(Protocol):
    """What is remembered of pools, and of what money is worth."""

    async def known_pools(self, mints: Sequence[str], dollars: Dollars) -> Mapping[str, Sequence[KnownPool]]:
        """The best pools of each of these tokens; a token of which none was seen is missing."""

    async def save_pools(self, pools: Sequence[KnownPool]) -> None:
        """Remember what pools' accounts said."""

    async def dollars(self) -> Dollars:
        """Return what prices are given in is worth, in dollars."""

    async def traded_prices(self, mints: Sequence[str]) -> Mapping[str, TokenPrice]:
        """Return what trades showed recently of these tokens."""


class TokenPriceReader:
    """Says what tokens are worth now.

    Args:
        read: asks the chain for accounts, in parts of a hundred.
        store: remembers pools.
        chain: the chain.
    """

    def __init__(self, read: ReadAccounts, store: PoolStore, *, chain: str) -> None:
        self._read = read
        self._store = store
        self._chain = chain

    async def prices_now(self, mints: Collection[str], *, search: bool = False) -> TokenPrices:
        """The prices of these tokens, and why others have none.

        Two rounds of requests at most, one once the vaults of the pools are remembered: for each token its
        mint, and a pool with its two vaults for each of its best pools.

        Args:
            mints: of the tokens; `SOL` for SOL.
            search: whether to look where pools usually are, too: none of the token may have been seen, or
                only one that is over, or small beside the others. It costs some forty accounts a token.

        Raises:
            NodeUnavailable: no provider answered.
            NodeUnreadable: none of them sent what can be read.
            DatabaseUnavailable: pools are not known.
        """
        asked = list(dict.fromkeys(mints))
        dollars = await self._store.dollars()
        money = {mint: usd for mint in asked if (usd := quote_dollars(self._chain, mint, dollars))}
        others = [mint for mint in asked if mint not in money and mint != SOL]
        known = await self._store.known_pools(others, dollars) if others else {}
        pools = {mint: (*known.get(mint, ()), *(likely_pools(mint) if search else ())) for mint in others}
        accounts = dict(await self._read(_first_round(pools))) if others else {}
        opened = {mint: _opened(of_mint, accounts) for mint, of_mint in pools.items()}
        if missing := vaults_to_read((one for of_mint in opened.values() for one in of_mint), accounts):
            accounts |= await self._read(missing)
        found = await self._by_pools(opened, accounts, dollars)
        found |= {mint: money_price(mint, usd, clock.now()) for mint, usd in money.items()}
        if SOL in asked and SOL not in money:  # it has no account of its own that could be asked for
            found[SOL] = UnknownPrice.NO_DOLLARS
        return TokenPrices(
            known={mint: one for mint, one in found.items() if isinstance(one, TokenPrice)},
            unknown={mint: one for mint, one in found.items() if isinstance(one, UnknownPrice)},
        )

    async def _by_pools(
        self,
        opened: Mapping[str, Sequence[OpenPool]],
        accounts: Mapping[str, AccountAt],
        dollars: Dollars,
    ) -> dict[str, TokenPrice | UnknownPrice]:
        supplies = {mint: mint_supply(mint, accounts) for mint in opened}
        priced = {mint: _priced(pools, accounts, supplies[mint]) for mint, pools in opened.items()}
        await self._store.save_pools([one.pool for of_mint in priced.values() for one in of_mint])
        found: dict[str, TokenPrice | UnknownPrice] = {
            mint: price_by_pools(self._chain, of_mint, supplies[mint], dollars, clock.now())
            for mint, of_mint in priced.items()
        }
        found |= {mint: UnknownPrice.NO_MINT for mint in opened if supplies[mint] is None}
        wanted = [mint for mint, one in found.items() if one in _BY_TRADES]
        traded = await self._store.traded_prices(wanted) if wanted else {}
        return found | {mint: with_supply(price, supplies[mint]) for mint, price in traded.items()}


_BY_TRADES = frozenset({UnknownPrice.NO_POOL, UnknownPrice.NO_DOLLARS})
"""Where the last trade seen may speak; not for a pool that is known to hold next to nothing."""


def _first_round(pools: Mapping[str, Sequence[KnownPool]]) -> list[str]:
    """Each mint, each pool, and the vaults that are known of it; each address once."""
    wanted = [
        address
        for mint, of_mint in pools.items()
        for address in (mint, *(name for pool in of_mint for name in (pool.pool, *(pool.vaults or ()))))
    ]
    return [*dict.fromkeys(wanted)]


def _opened(pools: Sequence[KnownPool], accounts: Mapping[str, AccountAt]) -> list[OpenPool]:
    by_address = {pool.pool: pool for pool in reversed(pools)}
    return [one for pool in by_address.values() if (one := open_pool(pool, accounts)) is not None]


def _priced(
    pools: Sequence[OpenPool], accounts: Mapping[str, AccountAt], supply: MintSupply | None
) -> list[PoolPrice]:
    if supply is None:
        return []
    return [price for one in pools if (price := pool_price(one, accounts, supply)) is not None]
