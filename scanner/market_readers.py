"""Readers of market data: prices, and exchange rates of staked SOL."""

import asyncio
import functools
import logging
from collections.abc import Callable, Collection
from decimal import Decimal

from chain.market.stake_pools import pools_by_mint, stake_rate
from chain.rpc.accounts import read_accounts
from chain.rpc.pool import RpcPool
from chain.rpc.token_prices import TokenPriceReader
from domain.activity.amounts import ratio
from domain.errors import Unavailable, Undecodable
from runtime.processes.lifecycle import Nursery
from runtime.settings.settings import Settings
from scanner.alert_outcomes import AlertOutcomeReader
from scanner.commit.committer import Decoder
from scanner.commit.token_trades import TokenTradeAnnouncer
from scanner.late_facts import LateFactsReader
from scanner.pool_trades import PoolTrades, PoolTradesConfig
from scanner.price_reader import PriceReader, ReadAccounts, TokenPriceWatcher
from storage.market.dollars import note_stake_rates, stake_rates_age
from storage.market.pools import StoredPools
from storage.postgres import Database

log = logging.getLogger(__name__)
RATE_SECONDS = 3_600.0
"""Between two readings of all pools: a rate changes once in an epoch, which is a day or two."""
RETRY_SECONDS = 60.0
"""Until they are read again after the chain or the database was unavailable."""


class StakeRateReader:
    """Keeps the rates of liquid-staking tokens fresh, whichever scanner of the chain comes first.

    Args:
        database: where rates are shared.
        read: asks the chain for accounts.
        chain: whose tokens these are.
    """

    def __init__(self, database: Database, read: ReadAccounts, *, chain: str) -> None:
        self._database = database
        self._read = read
        self._chain = chain

    async def run(self) -> None:
        """Read repeatedly until cancelled."""
        while True:
            seconds = RATE_SECONDS
            try:
                await self.read_once()
            except Unavailable as error:
                log.info("Rates of staked SOL are not updated: %s", error)
                seconds = RETRY_SECONDS
            await asyncio.sleep(seconds)

    async def read_once(self) -> int:
        """Read and store, unless another scanner has just done it; return how many rates were read.

        Raises:
            Unavailable: the database or every node is unavailable.
        """
        age = await stake_rates_age(self._database, chain=self._chain)
        if age is not None and age < RATE_SECONDS / 2:
            return 0
        pools = pools_by_mint()
        accounts = await self._read(sorted({*pools.values()}))
        rates: dict[str, Decimal] = {}
        for mint, pool in pools.items():
            if (account := accounts.get(pool)) is None:
                continue
            try:
                rates[mint] = ratio(stake_rate(account.data, owner=account.owner, mint=mint))
            except Undecodable as error:
                log.debug("The pool of %s has no rate: %s", mint, error)
        await note_stake_rates(self._database, chain=self._chain, rates=rates)
        return len(rates)


def start_market_readers(
    tasks: Nursery,
    database: Database,
    rpc: RpcPool,
    *,
    settings: Settings,
    decoder: Decoder,
    is_standby: Callable[[], bool] = bool,
) -> None:
    """Read prices of money, of tokens in use, of those that alerts just told of; and rates of staked SOL.

    Args:
        tasks: in which they run until the stop.
        database: says what is in use, and takes what is read.
        rpc: whose accounts are read.
        settings: whose tokens, and by which name one scanner of a chain reads for all.
        decoder: gives the prices and trades that decoded transactions showed.
        is_standby: whether this scanner only waits to take over.
    """
    chain, owner = settings.chain, settings.instance_id
    read = functools.partial(read_accounts, rpc)
    reader = TokenPriceReader(read, StoredPools(database=database, chain=chain), chain=chain)
    watcher = TokenPriceWatcher(database, reader, chain=chain, owner=owner)
    late = LateFactsReader(database, functools.partial(_certain, reader), chain=chain, owner=owner)
    outcomes = AlertOutcomeReader(database, reader.prices_now, chain=chain, owner=owner)
    tasks.start_forever("outcomes of alerts", outcomes.run)
    tasks.start_forever("prices", PriceReader(database, read, chain=chain, fills=decoder.fills).run)
    tasks.start_forever("trades of tokens", TokenTradeAnnouncer(database, decoder.trades, chain=chain).run)
    if settings.token_trade_requests:
        config = PoolTradesConfig(
            chain=chain,
            owner=owner,
            requests_per_hour=settings.token_trade_requests,
            quote_mints=decoder.quote_mints,
        )
        pools = PoolTrades(database, rpc, decoder.trades, reader, config, is_standby=is_standby)
        tasks.start_forever("trades in pools", pools.run)
    tasks.start_forever("token prices", watcher.run)
    tasks.start_forever("late facts", late.run)
    tasks.start_forever("rates of staked SOL", StakeRateReader(database, read, chain=chain).run)


async def _certain(reader: TokenPriceReader, mints: Collection[str]) -> dict[str, Decimal]:
    found = await reader.prices_now(mints)
    return {mint: price.usd for mint, price in found.known.items() if price.is_certain}
