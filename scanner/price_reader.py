"""Reads what SOL and dollar tokens cost, from accounts of the chain: one question for all, shared by all."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from chain.market.price_feeds import AccountData, price_accounts, read_prices
from domain.activity.activity import SOL
from domain.activity.prices import ReadPrice
from domain.errors import Unavailable
from runtime.observability.metrics import price_age_seconds, price_uncertain
from storage.market.facts import note_published, published_age
from storage.postgres import Database

log = logging.getLogger(__name__)

READ_SECONDS = 20.0
"""A feed is published once a minute at least, and when its price has moved by half a percent."""
ABSENT_SECONDS = 600.0
"""Until a chain is asked again on which nobody publishes prices."""

ReadAccounts = Callable[[Sequence[str]], Awaitable[Mapping[str, AccountData]]]


class PriceReader:
    """Keeps the prices in the database fresh, whichever scanner of the chain comes first.

    Args:
        database: where prices are shared.
        read: asks the chain for accounts.
        chain: whose prices these are.
    """

    def __init__(self, database: Database, read: ReadAccounts, *, chain: str) -> None:
        self._database = database
        self._read = read
        self._chain = chain

    async def run(self) -> None:
        """Read again and again, for ever."""
        while True:
            try:
                seconds = await self.read_once()
            except Unavailable as error:
                log.warning("Prices are those of before: %s", error)
                seconds = READ_SECONDS
            await asyncio.sleep(seconds)

    async def read_once(self) -> float:
        """Read and store, unless another scanner has just done it; seconds until the next time.

        Raises:
            Unavailable: the database or every node is away.
        """
        age = await published_age(self._database, chain=self._chain)
        if age is not None:
            price_age_seconds.set(age)
        if age is not None and age < READ_SECONDS:
            return READ_SECONDS
        accounts = await self._read(price_accounts())
        prices = read_prices(accounts)
        _warn(prices)
        certain = [price for price in prices if price.is_certain]
        await note_published(self._database, chain=self._chain, prices=certain)
        return READ_SECONDS if prices else ABSENT_SECONDS


def _warn(prices: Sequence[ReadPrice]) -> None:
    uncertain = any(price.mint == SOL and not price.is_certain for price in prices)
    price_uncertain.set(uncertain)
    if uncertain:
        log.warning("SOL: the published price and that of its pools are more than 2 % apart; neither counts")
