"""What the caches are worth, and how fast they are.

A balance that was read a moment ago against one that a node is asked for; a session against a row of
PostgreSQL; requests of the cache alone.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.figures import Figures
from bench.testbed import open_testbed
from chain.rpc.balances import read_balance
from chain.rpc.pool import RpcPool, open_rpc
from runtime.clock import now
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.local import LocalConfig, LocalSandbox
from storage.cache import Cache, CacheSpec, always
from storage.caches import Caches
from storage.chats.sessions import Sessions
from storage.keys import CacheName
from storage.postgres import Database
from storage.redis import open_redis
from workers.cached_facts import BALANCES, BalanceReading

NODE_SECONDS = 0.05
"""How long the node thinks about each request; a reading takes three."""
COLD, WARM = 20, 500
"""Readings of each kind."""
OPERATIONS = 5_000
TOGETHER = 50
"""Tasks that ask the cache at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stand:
    database: Database
    caches: Caches
    """Without a copy in the process, so that each request goes to Redis."""
    sessions: Sessions
    rpc: RpcPool
    wallets: Sequence[str]


async def measure() -> Figures:
    """All of it."""
    async with _stand() as stand:
        return {**await _balances(stand), **await _sessions(stand), **await _operations(stand)}


@asynccontextmanager
async def _stand() -> AsyncIterator[_Stand]:
    quiet = LocalConfig(slot_seconds=0.2, active=False)
    async with open_testbed() as testbed, LocalSandbox(quiet) as sandbox:
        for _ in range(5):
            await sandbox.next_block()
        sandbox.chain.faults.add(Fault(fault="stall_answer", seconds=NODE_SECONDS, times=None))
        bytes_client, text_client = (open_redis(testbed.valkey_url, text=text) for text in (False, True))
        try:
            async with open_rpc([Secret(sandbox.chain.rpc_url)]) as rpc:
                yield _Stand(
                    database=testbed.database,
                    caches=Caches(bytes_client),
                    sessions=Sessions(text_client, instance="bench"),
                    rpc=rpc,
                    wallets=[whale.address for whale in sandbox.simulation.whales],
                )
        finally:
            await asyncio.gather(bytes_client.aclose(), text_client.aclose())


async def _balances(stand: _Stand) -> Figures:
    cache = stand.caches.open(BALANCES)
    wallet = stand.wallets[0]

    async def read() -> BalanceReading:
        return BalanceReading(facts=await read_balance(stand.rpc, wallet), read_at=now())

    async def cold() -> None:
        await cache.forget(wallet)
        await cache.get_or_load(wallet, read)

    async def warm() -> None:
        await cache.get_or_load(wallet, read)

    cold_ms, warm_ms = await _median_ms(cold, COLD), await _median_ms(warm, WARM)
    return {
        "balance_cold_ms": cold_ms,
        "balance_cached_ms": warm_ms,
        "balance_cached_ratio": cold_ms / warm_ms,
    }


async def _sessions(stand: _Stand) -> Figures:
    await stand.sessions.save(await stand.sessions.load(1, 1), awaiting="label", about="1")

    async def session() -> None:
        await stand.sessions.load(1, 1)

    async def row() -> None:
        await stand.database.fetchrow("SELECT settings FROM chats WHERE chat_id = $1", 1)

    session_ms, row_ms = await _median_ms(session, WARM), await _median_ms(row, WARM)
    return {"session_p50_ms": session_ms, "row_p50_ms": row_ms, "session_ratio_row": row_ms / session_ms}


async def _operations(stand: _Stand) -> Figures:
    spec = CacheSpec(name=CacheName.TOKENS, type_=int, seconds=always(60), local_seconds=0)
    cache: Cache[int] = stand.caches.open(spec)
    await cache.set_many({str(number): number for number in range(TOGETHER)})

    async def one() -> None:
        await cache.get("7")

    async def many(key: str) -> None:
        for _ in range(OPERATIONS // TOGETHER):
            await cache.get(key)

    p50 = await _median_ms(one, OPERATIONS // 5)
    began = time.perf_counter()
    await asyncio.gather(*(many(str(number)) for number in range(TOGETHER)))
    return {"cache_p50_ms": p50, "cache_per_second": OPERATIONS / (time.perf_counter() - began)}


async def _median_ms(work: Callable[[], Awaitable[None]], times: int) -> float:
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000
