"""How fast the scanner follows: large blocks, frames of a stream, requests to nodes, shared wallets.

On PostgreSQL and Valkey started here; the scanner is a process of its own. Reads recorded blocks from
`$LEDGER` or `../shared/ledger`.
"""

import asyncio

import aiohttp
import uvloop

from bench.apart import collectors_and_processors
from bench.frames import frame_latency
from bench.ground import Ground, cpu_seconds, ground, scanner, strangers
from bench.old_blocks import FIRST_SLOT, large_blocks
from bench.replay import LEDGER, busy, node, until_cursor
from bench.requests import requests_by_source
from bench.sharing import rebalancing

WALLETS = 100_000
SLOTS = 600
WHALES = 5
"""Wallets in each recorded block that are followed."""
CHAIN_SPEED = 2.5
"""Blocks a second on mainnet."""
MIB = 1 << 20


def main() -> int:
    """Measure and print; says so where the recorded data is missing."""
    if not (LEDGER / "blocks").is_dir():
        print(f"bench ingest: left out, no recorded blocks in {LEDGER}; set LEDGER to where they are")
        return 0
    uvloop.run(_bench())
    return 0


async def _bench() -> None:
    async with ground() as place:
        await _follow_blocks(place)
    async with ground() as place:
        await frame_latency(place)
    await requests_by_source()
    async with ground() as place:
        await rebalancing(place)
    await collectors_and_processors()


async def _follow_blocks(place: Ground) -> None:
    whales = busy(large_blocks(LEDGER / "blocks"), each=WHALES)
    await place.follow([*strangers(WALLETS - len(whales)), *whales])
    async with node() as url:
        settings = {"SCANNER_SOURCE": "blocks", "COMMITMENT": "confirmed"}
        environment = place.environment([url], ["ws://127.0.0.1:9"], **settings)
        async with scanner(environment, place.folder) as process, aiohttp.ClientSession() as session:
            await until_cursor(place, FIRST_SLOT, process)
            begun = asyncio.get_running_loop().time()
            used = cpu_seconds(process)
            await (await session.post(f"{url}/head", data=str(FIRST_SLOT + SLOTS))).read()
            (memory,) = await until_cursor(place, FIRST_SLOT + SLOTS, process)
            took = asyncio.get_running_loop().time() - begun
            used = cpu_seconds(process) - used
    stored = await place.database.fetchval("SELECT count(*) FROM alerts")
    print(f"\nblocks of mainnet's size, {WALLETS:,} wallets watched: {SLOTS} blocks, {stored:,} alerts")
    print(f"  followed at {SLOTS / took:.0f} blocks/s: {SLOTS / took / CHAIN_SPEED:.1f} x the chain's speed")
    print(
        f"  of a core {used / SLOTS * 1000:.1f} ms a block:"
        f" {SLOTS / used / CHAIN_SPEED:.1f} x the chain's speed on a whole one"
    )
    print(f"  memory at most {memory / MIB:.0f} MiB")
