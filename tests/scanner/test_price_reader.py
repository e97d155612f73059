"""What SOL costs is read from the chain, once for all scanners."""

import time
from collections.abc import Mapping, Sequence

import msgspec
import pytest

from chain.market.price_feeds import CLOCK, PROGRAMS, coin_pools, feed_accounts, price_accounts
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.prices import DOLLAR_MINTS
from domain.errors import NodeUnavailable
from runtime.observability.metrics import price_uncertain
from scanner.price_reader import ABSENT_SECONDS, READ_SECONDS, PriceReader
from storage.postgres import Database
from tests.chain.market.price_samples import clock, price_account, whirlpool
from tests.scanner.world import CHAIN

pytestmark = pytest.mark.services


class StoredAccount(msgspec.Struct):
    """An account of the chain."""

    owner: str
    data: bytes


class Chain:
    """Accounts, and how often they were asked for."""

    def __init__(self, **prices: float) -> None:
        now = int(time.time())
        feed, pool = prices.get("feed"), prices.get("pool")
        self.asked = 0
        self.accounts = {CLOCK: StoredAccount("Sysvar1111111111111111111111111111111111111", clock(now))}
        if feed is not None:
            self.accounts[feed_accounts(SOL)[0]] = StoredAccount(
                PROGRAMS[0][0], price_account(feed, published_at=now)
            )
        if pool is not None:
            self.accounts[coin_pools()[0]] = whirlpool_account(pool)

    async def read(self, addresses: Sequence[str]) -> Mapping[str, StoredAccount]:
        """What is there of what is asked for."""
        self.asked += 1
        assert list(addresses) == list(price_accounts())
        return {address: found for address, found in self.accounts.items() if address in addresses}


def whirlpool_account(usd: float) -> StoredAccount:
    return StoredAccount("whirLbMiicVdio4qvUfM5KAg6Ct8VwpYzGff3uctyCc", whirlpool(usd))


async def stored(database: Database) -> list[float]:
    rows = await database.fetch("SELECT usd FROM dollar_prices WHERE mint = $1 AND wallet = ''", SOL)
    return [float(row["usd"]) for row in rows]


async def test_a_price_with_which_the_pools_agree_is_stored(database: Database) -> None:
    chain = Chain(feed=142.5, pool=142.9)
    assert await PriceReader(database, chain.read, chain=CHAIN).read_once() == READ_SECONDS
    assert await stored(database) == [142.5]
    assert await database.fetchval("SELECT max(close) FROM candles WHERE mint = $1", WRAPPED_SOL) == 142.5
    assert price_uncertain._value.get() == 0


async def test_a_price_with_which_the_pools_disagree_counts_for_nothing_and_is_logged(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    chain = Chain(feed=142.5, pool=146.0)
    await PriceReader(database, chain.read, chain=CHAIN).read_once()
    assert await stored(database) == []
    assert price_uncertain._value.get() == 1
    assert "2 % apart" in caplog.text


async def test_what_another_scanner_has_just_read_is_not_read_again(database: Database) -> None:
    chain = Chain(feed=142.5)
    for _ in range(2):
        await PriceReader(database, chain.read, chain=CHAIN).read_once()
    assert chain.asked == 1
    await database.execute(
        "UPDATE dollar_prices SET seen_at = now() - interval '1 minute', signature = 'old'"
    )
    await PriceReader(database, chain.read, chain=CHAIN).read_once()
    assert chain.asked == 2


async def test_a_chain_on_which_nobody_publishes_is_asked_seldom(database: Database) -> None:
    assert await PriceReader(database, Chain().read, chain=CHAIN).read_once() == ABSENT_SECONDS


async def test_while_no_node_answers_the_reader_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def away(_: Sequence[str]) -> Mapping[str, StoredAccount]:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise NodeUnavailable("no node answers")
        raise KeyboardInterrupt

    monkeypatch.setattr("scanner.price_reader.READ_SECONDS", 0.0)
    with pytest.raises(KeyboardInterrupt):
        await PriceReader(database, away, chain=CHAIN).run()
    assert tries == 3


def test_the_prices_of_dollar_tokens_are_asked_for_as_well() -> None:
    assert any(feed_accounts(mint) for mint in DOLLAR_MINTS)
