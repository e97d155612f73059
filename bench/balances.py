"""How long the SOL of 100,000 wallets takes to read, and with how many requests.

The node is another process on this machine that takes 50 ms for an answer, as one across a continent does.
The last line is JSON.
"""

import asyncio
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from typing import Any

import msgspec
import uvloop
from aiohttp import web

from bench.figures import print_figures
from chain.rpc.balances import read_sol
from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret

WALLETS = 100_000
NODE_SECONDS = 0.05
MAX_SECONDS, MAX_REQUESTS = 60.0, 1_000


def main() -> int:
    """Measure and print; 1 if it takes too long or too many requests."""
    seconds, requests = measure()
    print(f"\nSOL of {WALLETS:,} wallets: {requests:,} requests, {seconds:.1f} s; a node of 50 ms")
    print_figures("balances", {"wallets": WALLETS, "requests": requests, "seconds": seconds})
    return int(seconds > MAX_SECONDS or requests > MAX_REQUESTS)


def measure() -> tuple[float, int]:
    """Seconds and requests for all wallets."""
    near, far = multiprocessing.Pipe()
    node = multiprocessing.Process(target=_serve, args=(far,), daemon=True)
    node.start()
    try:
        return uvloop.run(_measure(near.recv()))
    finally:
        node.terminate()
        node.join()


async def _measure(url: str) -> tuple[float, int]:
    addresses = [f"{number:044}" for number in range(WALLETS)]
    async with open_rpc([Secret(url)]) as rpc:
        begun = time.perf_counter()
        found = await read_sol(rpc, addresses)
        seconds = time.perf_counter() - begun
        if any(found[address].lamports != int(address) for address in addresses):
            raise AssertionError("a balance is another wallet's")
        return seconds, msgspec.json.decode(await rpc.call("getRequests"))


def _serve(ready: Connection) -> None:
    """A node that knows what everybody has: the number in their address."""
    uvloop.run(_node(ready))


async def _node(ready: Connection) -> None:
    asked = 0

    async def post(request: web.Request) -> web.Response:
        nonlocal asked
        question: dict[str, Any] = msgspec.json.decode(await request.read())
        result: Any = asked
        if question["method"] == "getMultipleAccounts":
            asked += 1
            await asyncio.sleep(NODE_SECONDS)
            result = {"context": {"slot": 9}, "value": [_account(int(one)) for one in question["params"][0]]}
        answer = {"jsonrpc": "2.0", "id": question["id"], "result": result}
        return web.Response(body=msgspec.json.encode(answer))

    application = web.Application()
    application.add_routes([web.post("/", post)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ready.send(f"http://127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.Event().wait()


def _account(lamports: int) -> dict[str, Any]:
    owner = "11111111111111111111111111111111"
    return {"lamports": lamports, "owner": owner, "executable": False, "data": ["", "base64"], "space": 0}


if __name__ == "__main__":
    sys.exit(main())
