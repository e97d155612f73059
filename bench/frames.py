"""From a frame of a node's stream to the committed alert and the published wake-up."""

import asyncio
import statistics
import time
from collections.abc import Collection

from solders.pubkey import Pubkey

from bench.figures import Figures
from bench.testbed import CHAIN, ScannerTestbed, strangers
from chain.rpc.blocks import transaction
from chain.rpc.pool import open_rpc
from chain.stream.messages import PushedTransaction, read_frame
from runtime.processes.lifecycle import Stop, nursery
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from scanner.commit.announcer import ChannelAnnouncer
from scanner.commit.committer import Committer, Decoder, Recorder
from scanner.live.live import Live
from scanner.wallets.watchlist import Watchlist
from storage.coordination.wake_ups import wake
from storage.keys import ALERTS_CHANNEL
from storage.redis import open_redis

FRAMES = 1_000
SOL_UNITS = 10**9
PAUSE_SECONDS = 0.01
WARM = 50
"""The first frames do not count."""


class NoNames:
    """A book in which every token stands already."""

    def knows(self, mint: str) -> bool:
        """Always."""
        return bool(mint)

    async def learn(self, mints: frozenset[str]) -> None:
        """There is nothing to learn."""
        del mints


async def forget_nothing(wallets: Collection[str]) -> None:
    """No cache is behind this scanner."""
    del wallets


async def frame_latency(testbed: ScannerTestbed) -> Figures:
    """Measure and print."""
    wallet, frames = await whale_and_frames(FRAMES)
    await testbed.follow([wallet])
    redis = open_redis(testbed.valkey_url)
    published = asyncio.Event()

    async def wake_dispatcher() -> None:
        await wake(redis, ALERTS_CHANNEL)
        published.set()

    watchlist = Watchlist(testbed.database, chain=CHAIN)
    await watchlist.reload()
    seconds: list[float] = []
    async with nursery(Stop()) as tasks:
        announcer = ChannelAnnouncer(wake_dispatcher, forget_nothing, NoNames(), tasks)
        recorder = Recorder(testbed.database, announcer)
        live = Live(Committer(recorder, Decoder(chain=CHAIN), watchlist.index))
        tasks.start_forever("announcer", announcer.run)
        tasks.start_forever("live", live.run)
        for frame in frames:
            begun = time.perf_counter()
            pushed = read_frame(frame)
            assert isinstance(pushed, PushedTransaction)
            live.transaction(pushed)
            async with asyncio.timeout(10):
                await published.wait()
            seconds.append(time.perf_counter() - begun)
            published.clear()
            await asyncio.sleep(PAUSE_SECONDS)
    await redis.aclose()
    cuts = statistics.quantiles(seconds[WARM:], n=100)
    stored = await testbed.database.fetchval("SELECT count(*) FROM alerts")
    print(f"\nframe received to alert committed and wake-up published: {stored:,} alerts")
    print(f"  p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms")
    return {"frame_p50_ms": cuts[49] * 1000, "frame_p99_ms": cuts[98] * 1000}


async def whale_and_frames(count: int) -> tuple[str, list[bytes]]:
    """Notifications of one whale's payments, each with a signature of its own."""
    async with SandboxChain(ChainConfig(slot_seconds=None)) as chain:
        wallet = Pubkey.from_string(strangers(1)[0])
        signature = str(chain.api.airdrop(wallet, SOL_UNITS))
        for _ in range(4):
            await chain.step()
        async with open_rpc([Secret(chain.rpc_url)]) as rpc:
            known = await transaction(rpc, signature, commitment="confirmed") or b""
    made = []
    for number in range(count):
        mark = f"Frame{number:04d}".replace("0", "A")  # of one length, so that no two are alike
        raw = known.replace(signature.encode(), (mark + signature[len(mark) :]).encode())
        own = (mark + signature[len(mark) :]).encode()
        made.append(
            b'{"jsonrpc":"2.0","method":"transactionNotification","params":{"subscription":1,"result":'
            b'{"signature":"%s","slot":1001,"transaction":%s}}}' % (own, raw)
        )
    return str(wallet), made
