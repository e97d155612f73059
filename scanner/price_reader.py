"""Reads prices from accounts of the chain, once for all: of SOL and dollar tokens, and of tokens in use.

Tokens in use are those on which somebody has a price alert, and those that followed wallets trade. Their
prices make candles, and fire price alerts.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal

from chain.market.price_feeds import price_accounts, read_prices
from chain.parsing.accounts import AccountData
from chain.rpc.token_prices import TokenPriceReader
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.prices import ReadPrice
from domain.errors import Unavailable
from domain.tokens.candles import SeenPrice, is_jump
from domain.tokens.market_price import MAX_DISAGREEMENT, PriceSource, TokenPrice
from runtime import clock
from runtime.observability.metrics import (
    price_age_seconds,
    price_alerts_fired,
    price_uncertain,
    token_prices_read,
)
from runtime.periodic import run_periodically
from scanner.commit.coin_fills import CoinFills
from storage.coordination.leases import take_lease
from storage.delivery.chat_alerts import fire_price_alerts, mints_waited_for
from storage.market.candles import mints_traded, note_prices_read, prices_before
from storage.market.dollars import note_published, published_age
from storage.postgres import Database

log = logging.getLogger(__name__)

READ_SECONDS = 20.0
"""A feed is published once a minute at least, and when its price has moved by half a percent."""
ABSENT_SECONDS = 600.0
"""Until a chain is asked again on which nobody publishes prices."""

TOKEN_SECONDS = 15.0
"""Between two readings of the tokens on which there are price alerts."""
ROUNDS_OF_TRADED = 4
"""Tokens that followed wallets trade are read once in so many rounds: once a minute, for their candles."""
MAX_WAITED_FOR = 500
"""Tokens with price alerts that are read in a round; the next round continues with others."""
MAX_TRADED = 100
"""Tokens that followed wallets trade, those with most volume within a day."""
TOKEN_LEASE_SECONDS = 3 * TOKEN_SECONDS

ReadAccounts = Callable[[Sequence[str]], Awaitable[Mapping[str, AccountData]]]


class PriceReader:
    """Keeps the prices in the database fresh, whichever scanner of the chain comes first.

    Args:
        database: where prices are shared.
        read: asks the chain for accounts.
        chain: whose prices these are.
        fills: what traders of SOL got and gave in the last blocks that were read.
    """

    def __init__(
        self, database: Database, read: ReadAccounts, *, chain: str, fills: CoinFills | None = None
    ) -> None:
        self._database = database
        self._read = read
        self._chain = chain
        self._fills = fills

    async def run(self) -> None:
        """Read repeatedly until cancelled."""
        while True:
            try:
                seconds = await self.read_once()
            except Unavailable as error:
                log.warning("Prices are not updated: %s", error)
                seconds = READ_SECONDS
            await asyncio.sleep(seconds)

    async def read_once(self) -> float:
        """Read and store, unless another scanner has just done it; seconds until the next time.

        Raises:
            Unavailable: the database or every node is unavailable.
        """
        age = await published_age(self._database, chain=self._chain)
        if age is not None:
            price_age_seconds.set(age)
        if age is not None and age < READ_SECONDS:
            return READ_SECONDS
        fills = self._fills.fresh if self._fills is not None else ()
        prices = read_prices(await self._read(price_accounts()), fills)
        _warn(prices)
        certain = [price for price in prices if price.is_certain]
        await note_published(self._database, chain=self._chain, prices=prices)
        await note_prices_read(self._database, [_candle_of(self._chain, price) for price in certain])
        return READ_SECONDS if prices or fills else ABSENT_SECONDS


def _candle_of(chain: str, price: ReadPrice) -> SeenPrice:
    """As people ask for it: by the mint of wrapped SOL."""
    mint = WRAPPED_SOL if price.mint == SOL else price.mint
    return SeenPrice(chain=chain, mint=mint, usd=price.usd, at=clock.now(), is_certain=True)


def _warn(prices: Sequence[ReadPrice]) -> None:
    uncertain = next((price for price in prices if price.mint == SOL and not price.is_certain), None)
    price_uncertain.set(uncertain is not None)
    if uncertain is None:
        return
    elsewhere = "nowhere else" if uncertain.elsewhere is None else f"elsewhere {uncertain.elsewhere:.4f}"
    log.warning(
        "SOL: %.4f dollars by its %s, %s; what is more than 2 %% apart does not count",
        uncertain.usd,
        uncertain.source.value,
        elsewhere,
    )


class TokenPriceWatcher:
    """Reads the prices of tokens in use, whichever scanner of the chain comes first.

    Args:
        database: where price alerts and candles are stored.
        reader: asks the chain.
        chain: whose tokens these are.
        owner: this process: one of a chain reads at a time.
    """

    def __init__(self, database: Database, reader: TokenPriceReader, *, chain: str, owner: str) -> None:
        self._database = database
        self._reader = reader
        self._chain = chain
        self._owner = owner
        self._round = 0
        self._jumps: dict[str, Decimal] = {}
        """Prices far from those before, by mint, that the next reading may confirm."""

    async def run(self) -> None:
        """Read repeatedly until cancelled."""
        await run_periodically(
            self.read_once,
            seconds=TOKEN_SECONDS,
            log=log,
            delayed="Price alerts wait: %s",
            level=logging.WARNING,
        )

    async def read_once(self) -> int:
        """Read, store candles, and fire price alerts, unless another scanner does; return how many fired.

        Raises:
            Unavailable: the database or every node is unavailable.
        """
        name = f"token prices {self._chain}"
        if not await take_lease(self._database, name=name, owner=self._owner, seconds=TOKEN_LEASE_SECONDS):
            return 0
        mints = await self._mints()
        found = await self._reader.prices_now(mints) if mints else None
        if found is None:
            return 0
        token_prices_read.labels("known").inc(len(found.known))
        token_prices_read.labels("unknown").inc(len(found.unknown))
        believed = await self._believed(found.known)
        await note_prices_read(
            self._database, [self._seen(one) for one in believed.values() if _is_read(one)]
        )
        fired = await fire_price_alerts(self._database, chain=self._chain, prices=believed)
        price_alerts_fired.inc(fired)
        return fired

    async def _mints(self) -> list[str]:
        """The tokens of this round."""
        waited_for = await mints_waited_for(self._database, chain=self._chain)
        first = self._round * MAX_WAITED_FOR % max(len(waited_for), 1)
        mints = (waited_for[first:] + waited_for[:first])[:MAX_WAITED_FOR]
        if self._round % ROUNDS_OF_TRADED == 0:
            mints += await mints_traded(self._database, chain=self._chain, limit=MAX_TRADED)
        self._round += 1
        return [*dict.fromkeys(mints)]

    async def _believed(self, prices: Mapping[str, TokenPrice]) -> dict[str, TokenPrice]:
        """Those near the price before; one that jumped needs a second reading that shows it again."""
        before = await prices_before(self._database, chain=self._chain, mints=[*prices])
        now = clock.now()
        jumped = {
            mint: one.usd
            for mint, one in prices.items()
            if one.source is PriceSource.POOL and mint in before and is_jump(one.usd, now, before[mint])
        }
        confirmed = {mint for mint, usd in jumped.items() if _agrees(self._jumps.get(mint), usd)}
        unread = {mint: usd for mint, usd in self._jumps.items() if mint not in prices}
        self._jumps = unread | jumped
        return {mint: one for mint, one in prices.items() if mint not in jumped or mint in confirmed}

    def _seen(self, price: TokenPrice) -> SeenPrice:
        return SeenPrice(
            chain=self._chain,
            mint=price.mint,
            usd=price.usd,
            at=price.read_at,
            is_certain=price.is_certain,
        )


def _is_read(price: TokenPrice) -> bool:
    """Return whether it makes a candle: what trades showed has made one already."""
    return price.source is PriceSource.POOL and price.is_certain


def _agrees(earlier: Decimal | None, usd: Decimal) -> bool:
    return earlier is not None and abs(earlier / usd - 1) <= MAX_DISAGREEMENT
