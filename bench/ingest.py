"""How fast the scanner follows: large blocks, frames of a stream, requests to nodes, shared wallets.

On PostgreSQL and Valkey started here; the scanner is a process of its own. Reads recorded blocks from
`$LEDGER` or `../shared/ledger`.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import psutil
import uvloop

from bench.frames import frame_latency
from bench.ground import CHAIN, Ground, cpu_seconds, ground, scanner, strangers
from bench.old_blocks import FIRST_SLOT, large_blocks
from bench.requests import requests_by_source
from bench.sharing import rebalancing
from chain.decoders.activities import activities
from chain.transaction import read_transaction
from storage.cursors import read_cursor

LEDGER = Path(os.environ.get("LEDGER", "../shared/ledger"))
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


async def _follow_blocks(place: Ground) -> None:
    whales, signatures = _busy(large_blocks(LEDGER / "blocks"))
    await place.follow([*strangers(WALLETS - len(whales)), *whales])
    async with _node(signatures) as url:
        settings = {"SCANNER_SOURCE": "blocks", "COMMITMENT": "confirmed"}
        environment = place.environment([url], ["ws://127.0.0.1:9"], **settings)
        async with scanner(environment, place.folder) as process, aiohttp.ClientSession() as session:
            await _until_cursor(place, FIRST_SLOT, process)
            begun = asyncio.get_running_loop().time()
            used = cpu_seconds(process)
            await (await session.post(f"{url}/head", data=str(FIRST_SLOT + SLOTS))).read()
            memory = await _until_cursor(place, FIRST_SLOT + SLOTS, process)
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


def _busy(blocks: list[bytes]) -> tuple[list[str], list[str]]:
    """Some wallets that do something in each block, and the signatures of what they do."""
    whales: list[str] = []
    signatures: list[str] = []
    for block in blocks:
        found: dict[str, str] = {}
        for raw in msgspec.json.decode(block, type=_Block).transactions:
            for one in activities(read_transaction(raw), chain=CHAIN, wallets=None):
                found.setdefault(one.wallet, one.signature)
            if len(found) >= WHALES:
                break
        whales += list(found)[:WHALES]
        signatures += list(found.values())[:WHALES]
    return sorted(set(whales)), sorted(set(signatures))


class _Block(msgspec.Struct):
    transactions: list[msgspec.Raw]


async def _until_cursor(place: Ground, slot: int, process: psutil.Process) -> int:
    """Wait for the cursor; the most memory that was seen meanwhile."""
    most = 0
    async with asyncio.timeout(300):
        while True:
            cursor = await read_cursor(place.database, chain=CHAIN, feed="blocks")
            most = max(most, process.memory_info().rss)
            if cursor is not None and cursor.slot >= slot:
                return most
            await asyncio.sleep(0.02)


@asynccontextmanager
async def _node(signatures: list[str]) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.old_blocks", str(LEDGER / "blocks"), *signatures, stdout=PIPE
    )
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()
