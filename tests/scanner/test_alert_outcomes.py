"""Tokens that alerts told of are checked again: stored prices first, pools for the others."""

import math
from collections.abc import Collection
from decimal import Decimal

import pytest

from chain.rpc.accounts import BATCH
from domain.tokens.market_price import PriceSource, TokenPrice, TokenPrices, UnknownPrice
from runtime import clock
from scanner.alert_outcomes import MAX_TOKENS, POLL_SECONDS, AlertOutcomeReader
from storage.market.pools import MAX_READ
from storage.postgres import Database
from tests.storage.market.outcome_samples import alerted
from tests.storage.sample_data import CHAIN, MINT

pytestmark = pytest.mark.services


class Prices:
    def __init__(self, answer: Decimal | UnknownPrice) -> None:
        self.asked: list[list[str]] = []
        self._answer = answer

    async def __call__(self, mints: Collection[str]) -> TokenPrices:
        self.asked.append([*mints])
        answer = self._answer
        if isinstance(answer, UnknownPrice):
            return TokenPrices(known={}, unknown=dict.fromkeys(mints, answer))
        known = {
            mint: TokenPrice(
                mint=mint, usd=answer, source=PriceSource.TRADES, read_at=clock.now(), is_certain=True
            )
            for mint in mints
        }
        return TokenPrices(known=known, unknown={})


async def read(database: Database, prices: Prices) -> int:
    return await AlertOutcomeReader(database, prices, chain=CHAIN, owner="a").read_once()


async def found(database: Database) -> list[tuple[int, str, Decimal | None]]:
    rows = await database.fetch("SELECT hours, source, gain FROM alert_outcomes ORDER BY hours")
    return [(row["hours"], row["source"], row["gain"]) for row in rows]


async def test_pools_are_read_where_no_price_is_stored(database: Database) -> None:
    await alerted(database, hours=1.1)
    prices = Prices(Decimal("0.6"))
    assert await read(database, prices) == 1
    assert prices.asked == [[MINT]]
    assert await found(database) == [(1, "pool", Decimal("0.5"))]


async def test_a_stored_price_costs_no_request(database: Database) -> None:
    await alerted(database, hours=1.1)
    await database.execute(
        "INSERT INTO candles (chain, mint, seconds, begins, open, high, low, close, open_at, close_at)"
        " SELECT $1, $2, 60, block_time + interval '1 hour', 1, 1, 1, 0.8, block_time + interval '1 hour',"
        " block_time + interval '1 hour' FROM alerts",
        CHAIN,
        MINT,
    )
    prices = Prices(Decimal(9))
    assert await read(database, prices) == 1
    assert prices.asked == []
    assert await found(database) == [(1, "candle", Decimal(1))]


@pytest.mark.parametrize(
    ("answer", "source", "gain"),
    [
        (UnknownPrice.TOO_SMALL, "drained", Decimal(-1)),
        (UnknownPrice.NO_POOL, "unknown", None),
        (UnknownPrice.NO_DOLLARS, "unknown", None),
    ],
)
async def test_a_drained_pool_is_a_loss_and_what_has_no_price_is_counted(
    database: Database, answer: UnknownPrice, source: str, gain: Decimal | None
) -> None:
    await alerted(database, hours=24.2)
    await read(database, Prices(answer))
    assert await found(database) == [(24, source, gain)]


async def test_what_could_not_be_read_in_time_is_not_priced_by_what_it_costs_now(database: Database) -> None:
    await alerted(database, hours=2)
    prices = Prices(Decimal(9))
    await read(database, prices)
    assert prices.asked == []
    assert await found(database) == [(1, "unknown", None)]


def test_an_hour_costs_two_hundred_requests_at_most() -> None:
    accounts, vaults = MAX_TOKENS * (1 + MAX_READ), MAX_TOKENS * MAX_READ * 2
    worst = max(
        math.ceil((accounts + known) / BATCH) + math.ceil((vaults - known) / BATCH)
        for known in range(vaults + 1)
    )
    assert worst * 3_600 / POLL_SECONDS <= 200
