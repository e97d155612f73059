"""The collector: what it hands over, when it waits, and where it reads on after a loss."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.rpc.blocks import transaction
from chain.rpc.pool import open_rpc
from chain.stream.messages import PushedTransaction
from domain.errors import QueueUnavailable
from domain.sharding import ALL_PARTITIONS, partition_of
from domain.transaction_batches import RawTransaction, TransactionBatch
from runtime.observability.metrics import ingest_pushed_transactions_dropped
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.commit.recorder import Recorder
from scanner.pipeline import collector as collect_module
from scanner.pipeline import producer as producer_module
from scanner.pipeline.collector import BatchSink, LiveCollector, MatchedBlock, batches_of
from scanner.reconcile.block_reader import ReadBlock
from scanner.reconcile.block_syncer import FEED, SyncConfig
from scanner.wallets.watchlist import Watchlist
from storage.ingest.batch_queue import BatchQueue, QueueSize
from storage.ingest.cursors import read_cursor
from storage.postgres import Database
from storage.redis import open_redis
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.collector_and_processors import Apart, apart
from tests.scanner.reconcile.test_reconciler import Silence, steps
from tests.scanner.world import CHAIN, Whale, follow, stored

WALLETS = [f"wallet-{number}" for number in range(40)]


def block(slot: int, *wallets: tuple[str, ...], size: int = 10) -> MatchedBlock:
    transactions = tuple(
        RawTransaction(raw=b"x" * size, wallets=named, slot=slot, position=place)
        for place, named in enumerate(wallets)
    )
    return MatchedBlock(slot=slot, parent_slot=slot - 1, transactions=transactions)


NAMED = st.lists(
    st.lists(st.sampled_from(WALLETS), min_size=1, max_size=4, unique=True).map(tuple), max_size=4
)


@given(st.lists(NAMED, min_size=1, max_size=8), st.sampled_from([1, 20, 1_000]))
def test_every_wallet_finds_its_transactions_once_in_order_in_hauls_without_gaps(
    contents: list[list[tuple[str, ...]]], portion: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collect_module, "PORTION_BYTES", portion)
        blocks = [block(11 + number, *named) for number, named in enumerate(contents)]
        upto = 10 + len(blocks) + 2
        batches = list(batches_of(blocks, after=10, upto=upto))
    for partition in ALL_PARTITIONS:
        ours = [batch for batch in batches if batch.partition == partition]
        assert [batch.after for batch in ours] == [10, *(batch.upto for batch in ours[:-1])]
        assert ours[-1].upto == upto
    for wallet in WALLETS:
        given_to = [(c.slot, c.position) for h in batches for c in h.transactions if wallet in c.wallets]
        assert given_to == [
            (c.slot, c.position) for b in blocks for c in b.transactions if wallet in c.wallets
        ]
    for batch in batches:
        assert all(
            partition_of(wallet) == batch.partition
            for transactions in batch.transactions
            for wallet in transactions.wallets
        )
        assert all(
            batch.after < (c.slot or 0) <= batch.upto
            for c in batch.transactions
            if batch.after and batch.upto
        )


def test_blocks_that_were_put_aside_are_left_out_and_passed() -> None:
    batches = list(batches_of([ReadBlock(slot=11, parent_slot=10)], after=10, upto=11))
    assert {(batch.after, batch.upto, batch.transactions) for batch in batches} == {(10, 11, ())}


def test_what_was_read_again_of_slots_before_makes_nothing_complete() -> None:
    again = block(9, ("wallet-1",))
    first, *others = batches_of([block(11, ("wallet-1",)), again], after=10, upto=11)
    assert (first.after, first.upto, first.transactions) == (None, None, again.transactions)
    assert {(batch.after, batch.upto) for batch in others} == {(10, 11)}


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=300)) as running:
        await steps(running, 5)
        yield running


@pytest.fixture
async def scene(chain: SandboxChain, database: Database, valkey_url: str) -> AsyncIterator[Apart]:
    async with apart(chain, database, valkey_url) as made:
        yield made


async def trade(chain: SandboxChain, whale: Whale, slots: int = 3) -> None:
    for _ in range(slots):
        whale.trade()
        await chain.step()
    await steps(chain, 3)


@pytest.mark.services
async def test_nothing_is_complete_before_it_is_stored(
    chain: SandboxChain, database: Database, scene: Apart
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    await scene.collect()
    (begun,) = await scene.cursors()
    await trade(chain, whale)
    await scene.collect()
    assert await scene.cursors() == {begun}
    assert await stored(database, whale) == []
    await scene.process(scene.processor())
    assert await stored(database, whale) == whale.landed
    assert await scene.cursors() == {scene.blocks.head}
    await scene.producer.follow()
    cursor = await read_cursor(database, chain=CHAIN, feed=FEED)
    assert cursor is not None
    assert cursor.slot == scene.blocks.head
    assert (await scene.queue.size()).batches == 0


@pytest.mark.services
async def test_what_the_queue_lost_is_read_again_from_the_cursor(
    chain: SandboxChain, database: Database, scene: Apart
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    await scene.collect()
    await trade(chain, whale)
    await scene.collect()
    await scene.client.flushall()
    await trade(chain, whale)
    await scene.collect()
    await scene.process(scene.processor())  # what came after the loss does not connect
    assert await stored(database, whale) == []
    await scene.producer.look()
    assert scene.producer.lost
    await scene.collect()
    await scene.process(scene.processor())
    assert await stored(database, whale) == whale.landed


@pytest.mark.services
async def test_a_new_collector_goes_on_where_all_is_stored(
    chain: SandboxChain, database: Database, valkey_url: str, scene: Apart
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    await scene.collect()
    await trade(chain, whale)
    await scene.collect()
    async with apart(chain, database, valkey_url) as successor:
        await trade(chain, whale)
        await successor.collect()
        await successor.process(successor.processor())
        await successor.producer.look()
        assert not successor.producer.lost
    assert await stored(database, whale) == whale.landed
    funding = 1
    assert await database.fetchval("SELECT count(*) FROM alerts") == len(whale.landed) + funding


@pytest.mark.services
async def test_a_full_queue_makes_the_collector_wait_until_there_is_room(
    chain: SandboxChain, database: Database, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect_module, "ROOM_SECONDS", 0.05)
    monkeypatch.setattr(producer_module, "MAX_BATCHES", 2 * len(ALL_PARTITIONS))
    whale = Whale(chain)
    await follow(database, whale.address)
    async with apart(chain, database, valkey_url) as scene:
        await scene.collect()
        for _ in range(30):
            whale.trade()
            await chain.step()
        await steps(chain, 3)
        await scene.collect()
        reached = scene.blocks.cursor or 0
        assert reached < scene.blocks.head
        assert scene.producer.full
        await scene.collect()
        assert scene.blocks.cursor == reached
        processor = scene.processor()
        while scene.blocks.cursor < scene.blocks.head:
            await scene.process(processor)
            await scene.producer.look()
            await scene.collect()
        await scene.process(processor)
    assert await stored(database, whale) == whale.landed


@pytest.mark.services
async def test_while_the_queue_is_away_the_collector_stores_by_itself_and_later_hands_over_again(
    chain: SandboxChain, database: Database, scene: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    await scene.collect()
    await trade(chain, whale)
    await scene.collect()
    away = BatchQueue(open_redis("redis://127.0.0.1:1/0", text=False), chain=CHAIN)
    with monkeypatch.context() as patch:
        patch.setattr(scene.producer, "_queue", away)
        await trade(chain, whale)
        with pytest.raises(QueueUnavailable):
            await scene.blocks.step()
        await scene.collect()
        assert await stored(database, whale) == whale.landed
    scene.producer.away = False
    await trade(chain, whale)
    await scene.collect()
    await scene.process(scene.processor())
    assert await stored(database, whale) == whale.landed
    assert await scene.cursors() == {scene.blocks.head}


@pytest.mark.services
async def test_a_block_that_nobody_gives_is_put_aside_before_it_is_passed(
    chain: SandboxChain, database: Database, valkey_url: str
) -> None:
    async with apart(
        chain, database, valkey_url, config=SyncConfig(chain=CHAIN, patience_seconds=0)
    ) as scene:
        await scene.collect()
        slot = chain.api.slot
        chain.faults.add(Fault(fault="lying", slot=slot, times=None))
        await steps(chain, 6)
        for _ in range(5):
            await scene.blocks.step()
        assert await database.fetchval("SELECT slot FROM quarantine") == slot
        await scene.process(scene.processor())
        assert await scene.cursors() == {scene.blocks.head}


@pytest.mark.services
async def test_a_hint_is_handed_over_and_one_beyond_the_bound_is_left_to_the_reconciliation(
    chain: SandboxChain, database: Database, valkey_url: str
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with apart(chain, database, valkey_url) as scene:
        watched = Watchlist(database, chain=CHAIN)
        await watched.reload()
        outlet = BatchSink(producer=scene.producer, decoding=scene.decoding, database=database)
        live = LiveCollector(
            watched,
            Recorder(database, Silence()),
            outlet,
            chain=CHAIN,
            quote_mints=frozenset(),
            on_slot=lambda: None,
        )
        whale.trade()
        await steps(chain, 4)
        raw = await _raw(chain, whale.done[0])
        pushed = PushedTransaction(signature=whale.done[0], slot=7, raw=raw)
        await live.keep([pushed, PushedTransaction(signature="broken", slot=7, raw=msgspec.Raw(b"{}"))])
        (taken,) = await scene.queue.take(ALL_PARTITIONS, seconds=0.1)
        assert isinstance(taken.batch, TransactionBatch)
        assert (taken.batch.upto, taken.batch.transactions[0].wallets) == (None, (whale.address,))
        await scene.process(scene.processor())
        assert await stored(database, whale) == whale.landed
        scene.producer.size = QueueSize(batches=0, size_bytes=1 << 40)
        before = ingest_pushed_transactions_dropped._value.get()
        await live.keep([pushed])
        assert ingest_pushed_transactions_dropped._value.get() == before + 1
        scene.producer.away = True
        await live.keep([pushed])  # stored here, and known
    assert await stored(database, whale) == whale.landed


async def _raw(chain: SandboxChain, signature: str) -> msgspec.Raw:
    async with open_rpc([Secret(chain.rpc_url)]) as rpc:
        return msgspec.Raw(await transaction(rpc, signature, commitment="confirmed") or b"")
