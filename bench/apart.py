"""Collectors and processors apart, beside whole scanners: what of a core a block costs each, and the latency.

How busy the watched wallets are decides whether it pays; so it is measured for a few and for very many.
"""

import asyncio
import functools
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import psutil

from bench.figures import Figures
from bench.frames import PAUSE_SECONDS, WARM, NoNames, forget_nothing, whale_and_frames
from bench.old_blocks import FIRST_SLOT, large_blocks
from bench.replay import LEDGER, busy, node, until_cursor
from bench.testbed import CHAIN, ScannerTestbed, cpu_seconds, open_testbed, scanner, strangers
from chain.stream.messages import PushedTransaction, read_frame
from domain.sharding import PARTITIONS
from runtime.processes.lifecycle import Nursery, Stop, nursery
from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from scanner.commit.announcer import ChannelAnnouncer
from scanner.commit.committer import Committer, Decoder, Recorder
from scanner.commit.sink import CommitSink
from scanner.live.live import Live
from scanner.pipeline.batch_committer import BatchCommitter
from scanner.pipeline.collector import QueueSink
from scanner.pipeline.producer import BatchProducer
from scanner.wallets.watchlist import Watchlist
from storage.coordination.wake_ups import WakeUps, wake
from storage.ingest.batch_queue import BatchQueue
from storage.keys import ALERTS_CHANNEL
from storage.redis import RedisClient, open_redis

WALLETS = 10_000
SLOTS = 150
LOADS = (5, 100, 1_000)
"""Watched wallets that do something in each block; a block of mainnet names one to two thousand signers."""
ARRANGEMENTS = (0, 1, 2)
"""Processors; 0: a whole scanner."""
FRAMES = 500
UNHEARD_SECONDS = 1.0
"""A wake-up is never certain; the dispatcher looks after a second in any case."""


async def collectors_and_processors() -> Figures:
    """Measure and print."""
    figures: Figures = {}
    print(f"\ncollectors and processors apart: {SLOTS} blocks of mainnet's size, ms of a core for each block")
    print("  busy wallets   alerts/block   arrangement          reads   stores   PostgreSQL   Valkey")
    for each in LOADS:
        for processors in ARRANGEMENTS:
            async with open_testbed() as testbed:
                spent = await _follow(testbed, each, processors)
            print(f"  {each:>12,}   {spent}", flush=True)
            load = f"{each}_busy_{processors}_processors"
            figures |= {f"{key}_{load}": ms for key, ms in spent.figures().items()}
    for apart in (False, True):
        async with open_testbed() as testbed:
            p50, p99 = await _latency(testbed, apart=apart)
        arrangement = "collector and processor" if apart else "whole"
        print(f"  frame received to wake-up heard, {arrangement}: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
        key = "wake_up_apart" if apart else "wake_up_whole"
        figures |= {f"{key}_p50_ms": p50, f"{key}_p99_ms": p99}
    return figures


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spent:
    """What one arrangement used under one load: milliseconds of a core for each block."""

    processors: int
    alerts: float
    """Alerts in a block."""
    reads: float
    """Of whoever reads blocks; of a whole scanner, all."""
    stores: float
    """Of each processor."""
    postgres: float
    valkey: float

    def figures(self) -> Figures:
        """By name."""
        return {
            "reads_ms": self.reads,
            "stores_ms": self.stores,
            "postgres_ms": self.postgres,
            "valkey_ms": self.valkey,
        }

    def __str__(self) -> str:
        name = f"1 + {self.processors} apart" if self.processors else "whole"
        return (
            f"{self.alerts:>12,.0f}   {name:<18} {self.reads:>7.1f}   {self.stores:>6.1f}"
            f"   {self.postgres:>10.1f}   {self.valkey:>6.1f}"
        )


async def _follow(testbed: ScannerTestbed, each: int, processors: int) -> _Spent:
    """One arrangement under one load."""
    whales = busy(large_blocks(LEDGER / "blocks"), each=each)
    await testbed.follow([*strangers(WALLETS - len(whales)), *whales])
    async with node() as url, aiohttp.ClientSession() as session, _scanners(testbed, url, processors) as ours:
        await until_cursor(testbed, FIRST_SLOT)
        if processors:
            await _until_shared(testbed, processors)
        groups = [ours[:1], ours[1:], *_servers()]
        before = [_used(group) for group in groups]
        await (await session.post(f"{url}/head", data=str(FIRST_SLOT + SLOTS))).read()
        await until_cursor(testbed, FIRST_SLOT + SLOTS)
        used = [_used(group) - was for group, was in zip(groups, before, strict=True)]
    alerts = await testbed.database.fetchval("SELECT count(*) FROM alerts")
    reads, stores, postgres, valkey = (1_000 * seconds / SLOTS for seconds in used)
    return _Spent(
        processors=processors,
        alerts=alerts / SLOTS,
        reads=reads,
        stores=stores / max(1, processors),
        postgres=postgres,
        valkey=valkey,
    )


@asynccontextmanager
async def _scanners(
    testbed: ScannerTestbed, url: str, processors: int
) -> AsyncIterator[list[psutil.Process]]:
    """Who reads first, then who stores."""
    environment = testbed.environment([url], ["ws://127.0.0.1:9"], SCANNER_SOURCE="blocks")
    first = {**environment, "SCANNER_STAGE": "collect" if processors else "whole"}
    async with AsyncExitStack() as stack:
        ours = [await stack.enter_async_context(scanner(first, testbed.folder))]
        for number in range(processors):
            own = {**environment, "SCANNER_STAGE": "process", "INSTANCE_ID": f"processor-{number}"}
            ours.append(await stack.enter_async_context(scanner(own, testbed.folder)))
        yield ours


async def _until_shared(testbed: ScannerTestbed, processors: int) -> None:
    """Return when every processor has its partitions."""
    owned = (
        "SELECT count(*), count(DISTINCT owner) FROM leases"
        " WHERE name LIKE 'partition:%' AND expires_at > now()"
    )
    async with asyncio.timeout(60):
        while True:
            if tuple(await testbed.database.fetchrow(owned) or ()) == (PARTITIONS, processors):
                return
            await asyncio.sleep(0.1)


def _servers() -> list[list[psutil.Process]]:
    """PostgreSQL's processes, and Valkey's."""
    children = psutil.Process().children(recursive=True)
    return [[child for child in children if child.name().startswith(kind)] for kind in ("postgres", "valkey")]


def _used(processes: Sequence[psutil.Process]) -> float:
    return sum(cpu_seconds(process) for process in processes if process.is_running())


async def _latency(testbed: ScannerTestbed, *, apart: bool) -> tuple[float, float]:
    """Milliseconds from a frame to the wake-up heard by another connection: p50 and p99."""
    wallet, frames = await whale_and_frames(FRAMES)
    await testbed.follow([wallet])
    redis, raw_redis = (open_redis(testbed.valkey_url, text=text) for text in (True, False))
    async with AsyncExitStack() as stack:
        if apart:
            chain = await stack.enter_async_context(SandboxChain(ChainConfig(slot_seconds=None)))
            settings = testbed.environment([chain.rpc_url], [chain.ws_url], SCANNER_STAGE="process")
            await stack.enter_async_context(scanner(settings, testbed.folder))
            await _until_shared(testbed, 1)
        tasks = await stack.enter_async_context(nursery(Stop()))
        live = await _live(testbed, tasks, redis, BatchQueue(raw_redis, chain=CHAIN) if apart else None)
        seconds = await _heard(redis, live, frames)
    await redis.aclose()
    await raw_redis.aclose()
    cuts = statistics.quantiles(seconds[WARM:], n=100)
    return cuts[49] * 1_000, cuts[98] * 1_000


async def _live(
    testbed: ScannerTestbed, tasks: Nursery, redis: RedisClient, queue: BatchQueue | None
) -> Live:
    """The live path of a whole scanner, or of a collector."""
    database = testbed.database
    watchlist = Watchlist(database, chain=CHAIN)
    await watchlist.reload()
    publish = functools.partial(wake, redis, ALERTS_CHANNEL)
    announcer = ChannelAnnouncer(publish, forget_nothing, NoNames(), tasks)
    tasks.start_forever("announcer", announcer.run)
    recorder, decoder = Recorder(database, announcer), Decoder(chain=CHAIN)
    sink: CommitSink = Committer(recorder, decoder, watchlist.index)
    if queue is not None:
        producer = BatchProducer(queue, database, chain=CHAIN, max_bytes=1 << 30)
        batch_committer = BatchCommitter(database, recorder, decoder)
        committer = Committer(recorder, decoder, watchlist.index)
        sink = QueueSink(producer, watchlist.index, committer, batch_committer)
        tasks.start_forever("in-flight batches", producer.run)
    live = Live(sink)
    tasks.start_forever("live", live.run)
    return live


async def _heard(redis: RedisClient, live: Live, frames: Sequence[bytes]) -> list[float]:
    wake_ups = WakeUps(redis, ALERTS_CHANNEL)
    await wake_ups.wait(0.1)
    seconds: list[float] = []
    for frame in frames:
        begun = time.perf_counter()
        pushed = read_frame(frame)
        assert isinstance(pushed, PushedTransaction)
        live.transaction(pushed)
        if await wake_ups.wait(UNHEARD_SECONDS):
            seconds.append(time.perf_counter() - begun)
        await asyncio.sleep(PAUSE_SECONDS)
    await wake_ups.close()
    return seconds
