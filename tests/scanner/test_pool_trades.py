"""While no blocks are read, trades of a followed token come from the transactions of its pool."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import base58
import pytest
from msgspec import structs

from chain.rpc.pool import RpcPool
from chain.rpc.signatures import ListedSignature
from chain.rpc.token_prices import TokenPriceReader
from domain.activity.activity import SOL, TradePrice
from runtime import clock
from runtime.observability.metrics import REGISTRY
from scanner import pool_trades
from scanner.commit.token_trades import TokenTrades
from scanner.pool_trades import AT_ONCE, PoolTrades, PoolTradesConfig
from storage.ingest.heads import note_head
from storage.market.pools import StoredPools, note_pools
from storage.postgres import Database
from tests.chain import samples
from tests.scanner.world import CHAIN
from tests.storage.sample_data import purchase

pytestmark = pytest.mark.services
MINT, POOL = samples.address("mint"), samples.address("pool")


def signature(slot: int) -> str:
    return base58.b58encode(slot.to_bytes(64, "big")).decode()


def swap(slot: int) -> dict[str, Any]:
    sample = samples.swap()
    sample["transaction"]["signatures"] = [signature(slot)]
    return sample | {"slot": slot}


class Node:
    """A pool in which somebody trades in each of these slots, and what was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.slots: list[int] = []
        self.listed: list[str] = []
        self.read: list[str] = []
        monkeypatch.setattr(pool_trades, "latest_signatures", self.signatures)
        monkeypatch.setattr(pool_trades, "transactions", self.transactions)

    async def signatures(self, _: RpcPool, address: str, *, upto: int, **__: object) -> list[ListedSignature]:
        self.listed.append(address)
        slots = sorted((slot for slot in self.slots if slot <= upto), reverse=True)
        return [ListedSignature(signature=signature(slot), slot=slot) for slot in slots]

    async def transactions(self, _: RpcPool, asked: Sequence[str], **__: object) -> list[bytes | None]:
        self.read += asked
        return [samples.raw(swap(int.from_bytes(base58.b58decode(one), "big"))) for one in asked]


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> Node:
    return Node(monkeypatch)


def reader(
    database: Database, trades: TokenTrades, owner: str = "a", is_standby: Callable[[], bool] = bool
) -> PoolTrades:
    async def read(addresses: Sequence[str]) -> dict[str, Any]:
        return dict.fromkeys(addresses[:0])

    prices = TokenPriceReader(read, StoredPools(database=database, chain=CHAIN), chain=CHAIN)
    config = PoolTradesConfig(chain=CHAIN, owner=owner, requests_per_hour=1_000_000)
    return PoolTrades(
        database,
        None,  # type: ignore[arg-type]
        trades,
        prices,
        config,
        is_standby=is_standby,
    )


async def known_pool(database: Database) -> TokenTrades:
    """A token that a chat follows, with a pool in which it was traded."""
    price = TradePrice(token=MINT, quote=SOL, quote_decimals=9, fill=Decimal(1), pool=POOL)
    seen = structs.replace(purchase(), chain=CHAIN, price=price)
    await database.transaction(lambda connection: note_pools(connection, [seen]))
    trades = TokenTrades()
    trades.watch([MINT])
    return trades


async def test_what_is_traded_from_now_on_is_read_once(database: Database, node: Node) -> None:
    trades = await known_pool(database)
    await note_head(database, chain=CHAIN, slot=50)
    node.slots = [40, 50]
    pools = reader(database, trades)
    assert [await pools.read_next() for _ in range(2)] == [0, 0], "what was before is no news"
    node.slots += [60, 70]
    await note_head(database, chain=CHAIN, slot=70)
    assert [await pools.read_next() for _ in range(2)] == [2, 0]
    assert [(mint, one.signature) for mint, one in trades.take(9)] == [
        (MINT, signature(60)),
        (MINT, signature(70)),
    ]
    assert set(node.listed) == {POOL}


def dropped() -> float:
    return REGISTRY.get_sample_value("whale_watcher_token_trades_dropped_total") or 0.0


async def test_of_a_busy_pool_the_newest_are_read_and_the_others_counted(
    database: Database, node: Node
) -> None:
    trades = await known_pool(database)
    await note_head(database, chain=CHAIN, slot=50)
    pools = reader(database, trades)
    await pools.read_next()
    node.slots, before = list(range(51, 51 + AT_ONCE + 5)), dropped()
    await note_head(database, chain=CHAIN, slot=100)
    assert await pools.read_next() == AT_ONCE
    assert (node.read[-1], dropped() - before) == (signature(50 + AT_ONCE + 5), 5)


async def test_while_blocks_are_read_or_another_reads_nothing_is_asked(
    database: Database, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    trades = await known_pool(database)
    await note_head(database, chain=CHAIN, slot=50)
    trades.note_feed()
    pools = reader(database, trades)
    assert await pools.read_next() == await pools.read_next() == 0
    later = clock.monotonic() + pool_trades.BLOCKS_SECONDS
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    await pools.read_next()
    assert await reader(database, trades, owner="b").read_next() == 0
    assert node.listed == []
    await pools.read_next()
    assert node.listed == [POOL]


async def test_a_block_that_is_read_as_a_sample_stops_nothing(database: Database, node: Node) -> None:
    trades = await known_pool(database)
    await note_head(database, chain=CHAIN, slot=50)
    pools = reader(database, trades)
    for _ in range(2):
        trades.see(9, b"{}", chain=CHAIN)
        await pools.read_next()
    assert node.listed == [POOL]


async def test_on_standby_nothing_is_asked(database: Database, node: Node) -> None:
    trades = await known_pool(database)
    await note_head(database, chain=CHAIN, slot=50)
    standby = reader(database, trades, is_standby=lambda: True)
    assert [await standby.read_next() for _ in range(2)] == [0, 0]
    pools = reader(database, trades, owner="b")
    assert [await pools.read_next() for _ in range(2)] == [0, 0]
    assert node.listed == [POOL], "what stands by leaves the lease to others"


async def test_a_token_without_a_pool_costs_one_search_an_hour(
    database: Database, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    trades = TokenTrades()
    trades.watch([MINT])
    await note_head(database, chain=CHAIN, slot=50)
    searches: list[object] = []

    async def search(_: TokenPriceReader, mints: Sequence[str], **__: object) -> None:
        searches.append(mints)

    monkeypatch.setattr(TokenPriceReader, "prices_now", search)
    pools = reader(database, trades)
    assert [await pools.read_next() for _ in range(3)] == [0, 0, 0]
    assert len(searches) == 1
    later = clock.monotonic() + pool_trades.SEARCH_SECONDS
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    assert [await pools.read_next() for _ in range(3)] == [0, 0, 0]
    assert len(searches) == 2
    assert node.listed == []
