"""How long fifty thousand wallets take to find a scanner again, when one of four dies or one comes."""

import asyncio
import time

from bench.figures import Figures
from bench.testbed import CHAIN, ScannerTestbed, strangers
from domain.sharding import ALL_BUCKETS
from runtime.processes.lifecycle import Stop, nursery
from scanner.membership import Instance
from scanner.roles import Sharded
from scanner.wallets.watchlist import Watchlist

WALLETS = 50_000
SHARDS = 4


class _Shard:
    """The part of a scanner that knows which wallets are its own."""

    def __init__(self, testbed: ScannerTestbed, name: str) -> None:
        self.watchlist = Watchlist(testbed.database, chain=CHAIN)
        self.role = Sharded(
            Instance(database=testbed.database, chain=CHAIN, instance_id=name),
            lambda assignment: self.watchlist.serve(assignment.buckets),
        )
        self.watchlist.serve(self.role.assignment.buckets)


async def rebalancing(testbed: ScannerTestbed) -> Figures:
    """Measure and print."""
    await testbed.follow(strangers(WALLETS))
    shards = [_Shard(testbed, f"scanner-{number}") for number in range(SHARDS)]
    async with nursery(Stop()) as tasks:
        for shard in shards:
            await shard.watchlist.reload()
        running = [tasks.start_forever("role", shard.role.run) for shard in shards]
        await _until_shared(shards)
        sizes = ", ".join(f"{len(shard.watchlist.wallets):,}" for shard in shards)
        running.pop().cancel()
        death = await _until_shared(shards[:-1])
        newcomer = _Shard(testbed, "newcomer")
        await newcomer.watchlist.reload()
        tasks.start_forever("role", newcomer.role.run)
        join = await _until_shared([*shards[:-1], newcomer])
    print(f"\n{WALLETS:,} wallets over {SHARDS} shards ({sizes})")
    print(f"  all watched again {death:.1f} s after a death, shared anew {join:.1f} s after a join")
    return {"watched_again_after_death_seconds": death, "shared_anew_after_join_seconds": join}


async def _until_shared(shards: list[_Shard]) -> float:
    """Seconds until each wallet is watched by exactly one of these."""
    begun = time.monotonic()
    async with asyncio.timeout(60):
        while not _is_shared(shards):  # noqa: ASYNC110 - it stands in several processes' memory
            await asyncio.sleep(0.05)
    assert sum(len(shard.watchlist.wallets) for shard in shards) == WALLETS
    return time.monotonic() - begun


def _is_shared(shards: list[_Shard]) -> bool:
    owned = [bucket for shard in shards for bucket in shard.role.assignment.buckets or ()]
    return sorted(owned) == sorted(ALL_BUCKETS) and all(shard.role.assignment.buckets for shard in shards)
