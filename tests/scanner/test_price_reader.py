"""What SOL costs is read from the chain, once for all scanners."""

import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest

from chain.market.coin_fills import CoinFill
from chain.market.price_feeds import CLOCK, PROGRAMS, coin_pools, feed_accounts, price_accounts
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.prices import DOLLAR_MINTS
from domain.errors import NodeUnavailable
from runtime.observability.metrics import price_uncertain
from scanner.commit.coin_fills import CoinFills
from scanner.price_reader import ABSENT_SECONDS, READ_SECONDS, PriceReader
from storage.market.dollars import dollars_now, last_reading
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

    def __init__(self, **prices: float | None) -> None:
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
        """Return what is there of what is asked for."""
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
    assert await dollars_now(database, chain=CHAIN) == {}
    assert await database.fetchval("SELECT count(*) FROM candles") == 0
    assert price_uncertain._value.get() == 1
    assert "2 % apart" in caplog.text
    reading = await last_reading(database, chain=CHAIN, mint=SOL)
    assert reading is not None
    assert (float(reading.usd), reading.is_certain, reading.elsewhere) == (142.5, False, Decimal(146))


async def test_what_became_certain_again_counts_though_it_was_published_once(database: Database) -> None:
    chain = Chain(feed=142.5, pool=146.0)
    reader = PriceReader(database, chain.read, chain=CHAIN)
    await reader.read_once()
    await database.execute("UPDATE dollar_prices SET seen_at = now() - interval '1 minute'")
    chain.accounts[coin_pools()[0]] = whirlpool_account(142.6)
    await reader.read_once()
    assert await dollars_now(database, chain=CHAIN) == {SOL: Decimal("142.5")}


class Blocks:
    """What was seen of the blocks of a chain."""

    def __init__(self, *usd: float) -> None:
        self._usd = usd

    def __call__(self) -> CoinFills:
        seen, now = CoinFills(), int(time.time())
        for number, usd in enumerate(self._usd):
            seen.add([CoinFill(usd=Fraction(str(usd)), trader=f"trader {number}", at=now)])
        return seen


@pytest.mark.parametrize(
    ("feed", "fills", "counts", "source"),
    [
        (142.5, (142.6, 142.4, 143.0), True, "feed"),
        (142.5, (150.0, 151.0, 149.0), False, "feed"),
        (142.5, (150.0, 151.0), True, "feed"),
        (None, (142.6, 142.4, 143.0), True, "fills"),
    ],
)
async def test_what_all_traders_got_checks_the_feed_or_replaces_it(
    database: Database,
    feed: float | None,
    fills: tuple[float, ...],
    counts: bool,  # noqa: FBT001 - a case
    source: str,
) -> None:
    chain = Chain(feed=feed)
    await PriceReader(database, chain.read, chain=CHAIN, fills=Blocks(*fills)()).read_once()
    reading = await last_reading(database, chain=CHAIN, mint=SOL)
    assert reading is not None
    assert (reading.source, reading.is_certain) == (source, counts)
    assert bool(await dollars_now(database, chain=CHAIN)) is counts


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
