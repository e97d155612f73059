"""`python -m bench.old_blocks FOLDER`: a node that serves recorded blocks, repeatedly.

It prints its port. Each slot has a block; the signatures are made new in each, as if of now.
"""

import asyncio
import re
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

FIRST_SLOT = 1_000
_SIGNATURE = re.compile(rb'(?<="signatures":\[")([1-9A-HJ-NP-Za-km-z]{64,88})')
"""The first of a transaction's, which names it."""
MIN_BYTES = 1_000_000
"""Smaller blocks are of the chain's first years."""


class Node:
    """Answers what a scanner asks; no account exists. `head` is moved by posts to /head."""

    def __init__(self, blocks: list[bytes]) -> None:
        self.head = FIRST_SLOT
        self._blocks = [_SIGNATURE.split(block) for block in blocks]

    async def rpc(self, request: web.Request) -> web.Response:
        """One JSON-RPC request."""
        asked = msgspec.json.decode(await request.read())
        result = self._result(asked["method"], asked.get("params") or [])
        body = b'{"jsonrpc":"2.0","id":%d,"result":%s}' % (asked["id"], result)
        return web.Response(body=body, content_type="application/json")

    async def move(self, request: web.Request) -> web.Response:
        """The chain grows to this slot."""
        self.head = int(await request.text())
        return web.Response()

    def _result(self, method: str, params: list[Any]) -> bytes:
        if method == "getBlock":
            return self._block(params[0])
        if method == "getBlocks":
            return msgspec.json.encode(list(range(params[0], min(params[1], self.head) + 1)))
        if method == "getMultipleAccounts":
            return msgspec.json.encode({"context": {"slot": self.head}, "value": [None] * len(params[0])})
        return b"%d" % self.head if method == "getSlot" else b'"bench"'

    def _block(self, slot: int) -> bytes:
        parts = list(self._blocks[slot % len(self._blocks)])
        mark = str(slot).translate(str.maketrans("0", "A")).encode()
        parts[1::2] = [mark + signature[len(mark) :] for signature in parts[1::2]]
        body = b"".join(parts)
        return body.replace(b'"parentSlot":-1', b'"parentSlot":%d' % (slot - 1))


def large_blocks(folder: Path) -> list[bytes]:
    """Recorded blocks of mainnet's size, compact, with a parent to be filled in."""
    blocks = []
    for path in sorted(folder.glob("*.json")):
        block = msgspec.json.decode(path.read_bytes())
        block = block.get("result", block)
        block["parentSlot"], block["blockTime"] = -1, int(time.time())
        block.pop("rewards", None)
        raw = msgspec.json.encode(block)
        if len(raw) > MIN_BYTES:
            blocks.append(raw)
    return blocks


async def _serve(folder: Path) -> None:
    node = Node(large_blocks(folder))
    application = web.Application()
    application.add_routes([web.post("/", node.rpc), web.post("/head", node.move)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
