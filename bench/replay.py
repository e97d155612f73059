"""A node in a process of its own that serves recorded blocks, and a scanner's way along them."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import psutil

from bench.testbed import CHAIN, ScannerTestbed
from chain.decoders.activities import activities
from chain.parsing.transaction import read_transaction
from storage.ingest.cursors import read_cursor

LEDGER = Path(os.environ.get("LEDGER", "../shared/ledger"))


class _Block(msgspec.Struct):
    transactions: list[msgspec.Raw]


def busy(blocks: Sequence[bytes], *, each: int) -> list[str]:
    """Wallets that do something in these blocks, so many in each."""
    whales: set[str] = set()
    for block in blocks:
        found: dict[str, None] = {}
        for raw in msgspec.json.decode(block, type=_Block).transactions:
            found |= {
                one.wallet: None for one in activities(read_transaction(raw), chain=CHAIN, wallets=None)
            }
            if len(found) >= each:
                break
        whales |= set(list(found)[:each])
    return sorted(whales)


@asynccontextmanager
async def node() -> AsyncIterator[str]:
    """Its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.old_blocks", str(LEDGER / "blocks"), stdout=PIPE
    )
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


async def until_cursor(testbed: ScannerTestbed, slot: int, *processes: psutil.Process) -> list[int]:
    """Wait for the cursor; the most memory that was seen of each process meanwhile."""
    limit = [0] * len(processes)
    async with asyncio.timeout(300):
        while True:
            cursor = await read_cursor(testbed.database, chain=CHAIN, feed="blocks")
            limit = [max(seen, one.memory_info().rss) for seen, one in zip(limit, processes, strict=True)]
            if cursor is not None and cursor.slot >= slot:
                return limit
            await asyncio.sleep(0.02)
