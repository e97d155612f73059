"""Rates of staked SOL are read once for all scanners, and give such tokens their worth."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest

from chain.market.stake_pools import pools_by_mint
from domain.activity.activity import SOL
from domain.activity.prices import ReadPrice
from domain.errors import NodeUnavailable
from scanner.market_readers import RATE_SECONDS, StakeRateReader
from storage.market.dollars import dollars_now, note_published
from storage.postgres import Database
from tests.chain.market.price_samples import JITOSOL, stake_pool
from tests.scanner.world import CHAIN, until

STAKE_POOL_PROGRAM = "SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy"
pytestmark = pytest.mark.services


class StoredAccount(msgspec.Struct):
    """An account of the chain."""

    owner: str
    data: bytes


class Chain:
    """Has the pool of one token, and counts how often it is asked."""

    def __init__(self, data: bytes) -> None:
        self.asked = 0
        self._accounts = {pools_by_mint()[JITOSOL]: StoredAccount(STAKE_POOL_PROGRAM, data)}

    async def read(self, addresses: Sequence[str]) -> Mapping[str, StoredAccount]:
        self.asked += 1
        return {address: found for address, found in self._accounts.items() if address in addresses}


async def test_a_staked_token_is_worth_what_its_pool_says(database: Database) -> None:
    chain = Chain(stake_pool(1_250, 1_000))
    assert await StakeRateReader(database, chain.read, chain=CHAIN).read_once() == 1
    at = int(datetime.now(UTC).timestamp())
    sol = ReadPrice(mint=SOL, usd=Decimal(200), published_at=at, is_certain=True)
    await note_published(database, chain=CHAIN, prices=[sol])
    assert await dollars_now(database, chain=CHAIN) == {SOL: Decimal(200), JITOSOL: Decimal(250)}


async def test_one_reading_serves_all_scanners_for_a_while(database: Database) -> None:
    chain = Chain(stake_pool(1_250, 1_000))
    readers = [StakeRateReader(database, chain.read, chain=CHAIN) for _ in range(2)]
    assert [await one.read_once() for one in readers] == [1, 0]
    assert chain.asked == 1
    await database.execute(
        "UPDATE stake_rates SET read_at = read_at - make_interval(secs => $1)", RATE_SECONDS
    )
    assert await readers[1].read_once() == 1


async def test_a_pool_that_says_nonsense_changes_nothing(database: Database) -> None:
    await StakeRateReader(database, Chain(stake_pool(1_250, 1_000)).read, chain=CHAIN).read_once()
    await database.execute(
        "UPDATE stake_rates SET read_at = read_at - make_interval(secs => $1)", RATE_SECONDS
    )
    assert await StakeRateReader(database, Chain(stake_pool(9_000, 1)).read, chain=CHAIN).read_once() == 0
    assert await database.fetchval("SELECT sol FROM stake_rates") == Decimal("1.25")


async def test_after_an_outage_rates_are_read_again_soon(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.market_readers.RETRY_SECONDS", 0.01)
    chain, outages = Chain(stake_pool(1_250, 1_000)), iter([True, True])

    async def read(addresses: Sequence[str]) -> Mapping[str, StoredAccount]:
        if next(outages, False):
            raise NodeUnavailable("nobody answers")
        return await chain.read(addresses)

    async def is_stored() -> bool:
        return bool(await database.fetchval("SELECT count(*) FROM stake_rates"))

    async with asyncio.TaskGroup() as group:
        running = group.create_task(StakeRateReader(database, read, chain=CHAIN).run())
        await until(is_stored, 10)
        running.cancel()
    assert chain.asked == 1
