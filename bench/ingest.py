"""How fast the scanner follows: large blocks, frames of a stream, requests to nodes, shared wallets.

On PostgreSQL and Valkey started here; the scanner is a process of its own. Reads recorded blocks from
`$LEDGER` or `../shared/ledger`. The last line is JSON.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import aiohttp
import uvloop

from bench.apart import collectors_and_processors
from bench.figures import Figures, print_figures
from bench.frames import frame_latency
from bench.old_blocks import FIRST_SLOT, large_blocks
from bench.pool import kept_connections
from bench.replay import LEDGER, busy, node, until_cursor
from bench.requests import requests_by_source, requests_of_auto
from bench.sharing import rebalancing
from bench.testbed import ScannerTestbed, cpu_seconds, open_testbed, scanner, strangers

WALLETS = 100_000
SLOTS = 600
WHALES = 5
"""Wallets in each recorded block that are followed."""
CHAIN_SPEED = 5.0
"""Blocks a second on mainnet."""
MIB = 1 << 20


def main() -> int:
    """Measure all parts and print; says so where the recorded data is missing."""
    return _run(list(PARTS))


def run_part(part: str) -> int:
    """Measure and print one of PARTS."""
    return _run([part])


def _run(parts: Sequence[str]) -> int:
    if not (LEDGER / "blocks").is_dir():
        print(f"bench ingest: left out, no recorded blocks in {LEDGER}; set LEDGER to where they are")
        return 0
    print_figures("ingest", uvloop.run(_measure(parts)))
    return 0


async def _measure(parts: Sequence[str]) -> Figures:
    figures: Figures = {}
    for part in parts:
        figures |= await PARTS[part]()
    return figures


async def _blocks() -> Figures:
    async with open_testbed() as testbed:
        return await _follow_blocks(testbed)


async def _frames() -> Figures:
    async with open_testbed() as testbed:
        return await frame_latency(testbed)


async def _sharing() -> Figures:
    async with open_testbed() as testbed:
        return await rebalancing(testbed)


PARTS: dict[str, Callable[[], Awaitable[Figures]]] = {
    "blocks": _blocks,
    "frames": _frames,
    "requests": requests_by_source,
    "auto": requests_of_auto,
    "pool": kept_connections,
    "sharing": _sharing,
    "apart": collectors_and_processors,
}


async def _follow_blocks(testbed: ScannerTestbed) -> Figures:
    whales = busy(large_blocks(LEDGER / "blocks"), each=WHALES)
    await testbed.follow([*strangers(WALLETS - len(whales)), *whales])
    async with node() as url:
        settings = {"SCANNER_SOURCE": "blocks", "COMMITMENT": "confirmed"}
        environment = testbed.environment([url], ["ws://127.0.0.1:9"], **settings)
        async with scanner(environment, testbed.folder) as process, aiohttp.ClientSession() as session:
            await until_cursor(testbed, FIRST_SLOT, process)
            begun = asyncio.get_running_loop().time()
            used = cpu_seconds(process)
            await (await session.post(f"{url}/head", data=str(FIRST_SLOT + SLOTS))).read()
            (memory,) = await until_cursor(testbed, FIRST_SLOT + SLOTS, process)
            took = asyncio.get_running_loop().time() - begun
            used = cpu_seconds(process) - used
    stored = await testbed.database.fetchval("SELECT count(*) FROM alerts")
    print(f"\nblocks of mainnet's size, {WALLETS:,} wallets watched: {SLOTS} blocks, {stored:,} alerts")
    print(f"  followed at {SLOTS / took:.0f} blocks/s: {SLOTS / took / CHAIN_SPEED:.1f} x the chain's speed")
    print(
        f"  of a core {used / SLOTS * 1000:.1f} ms a block:"
        f" {SLOTS / used / CHAIN_SPEED:.1f} x the chain's speed on a whole one"
    )
    print(f"  memory at most {memory / MIB:.0f} MiB")
    return {
        "blocks_per_second": SLOTS / took,
        "core_ms_per_block": used / SLOTS * 1000,
        "memory_mib": memory / MIB,
    }
