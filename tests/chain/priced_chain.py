"""A chain of given accounts, which counts what it is asked for."""

from collections.abc import Mapping, Sequence

from chain.market.pool_prices import AccountAt
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
