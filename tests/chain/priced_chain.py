"""A chain of given accounts, which counts what it is asked for."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from chain.parsing.accounts import AccountAt
from domain.activity.activity import SOL
from domain.tokens.market_price import KnownPool, TokenPrice
from tests.chain.market import price_samples
from tests.chain.market.pool_states import MINT, Read
from tests.chain.market.price_samples import TOKEN_PROGRAM

TOKEN = {MINT: Read(TOKEN_PROGRAM, price_samples.mint_account(10**15))}


class Chain:
    """Accounts, and the questions that were asked for them."""

    def __init__(self, accounts: Mapping[str, Read]) -> None:
        self.accounts = accounts
        self.asked: list[list[str]] = []

    async def read(self, addresses: Sequence[str]) -> dict[str, AccountAt]:
        self.asked.append([*addresses])
        return {name: self.accounts[name] for name in addresses if name in self.accounts}


class Pools:
    """What is remembered, in memory."""

    def __init__(self, *known: KnownPool, traded: Mapping[str, TokenPrice] | None = None) -> None:
        self.known = {pool.pool: pool for pool in known}
        self._traded = traded or {}

    async def known_pools(
        self, mints: Sequence[str], dollars: Mapping[str, Decimal]
    ) -> dict[str, list[KnownPool]]:
        assert dollars
        found = {mint: [pool for pool in self.known.values() if pool.mint == mint] for mint in mints}
        return {mint: pools for mint, pools in found.items() if pools}

    async def save_pools(self, pools: Sequence[KnownPool]) -> None:
        self.known |= {pool.pool: pool for pool in pools}

    async def dollars(self) -> dict[str, Decimal]:
        return {SOL: Decimal(200)}

    async def traded_prices(self, mints: Sequence[str]) -> dict[str, TokenPrice]:
        return {mint: self._traded[mint] for mint in mints if mint in self._traded}
