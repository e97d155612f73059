"""Nodes of the local chain that say something else than it does, by HTTP and by WebSocket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from aiohttp import web
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from sandbox.chain.errors import RpcError
from sandbox.chain.faults import Faults
from sandbox.chain.rpc.dispatcher import RpcDispatcher, failure
from sandbox.chain.rpc.http import HttpEndpoint
from sandbox.chain.server import SandboxChain

Change = Callable[[str, Any], Any]
"""Takes a method and its result, what a notification tells or a subscription asks; returns what is said.
A result may become an error."""


class _Changed(RpcDispatcher):
    """Answers as the chain does, and then something else."""

    def __init__(self, chain: SandboxChain, change: Change) -> None:
        super().__init__(chain.chain, chain.config, Faults())
        self._change = change

    def answer(self, request: Any) -> bytes | None:
        answered = super().answer(request)
        if not isinstance(request, dict) or answered is None:
            return answered
        body = msgspec.json.decode(answered)
        if "result" in body:
            changed = self._change(request["method"], body["result"])
            if isinstance(changed, RpcError):
                return failure(changed, request.get("id"))
            body["result"] = changed
        return msgspec.json.encode(body)


@asynccontextmanager
async def changed_node(chain: SandboxChain, change: Change) -> AsyncIterator[str]:
    """The address of a node whose results are changed."""

    async def no_step() -> int:
        return 0

    side = HttpEndpoint(_Changed(chain, change), Faults(), no_step)
    runner = web.AppRunner(side.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def changed_stream(chain: SandboxChain, change: Change) -> AsyncIterator[str]:
    """The address of a WebSocket whose notifications are changed."""

    async def pass_on(client: ServerConnection) -> None:
        async with connect(chain.ws_url, max_size=None) as node, asyncio.TaskGroup() as group:
            asking = group.create_task(_ask(client, node, change))
            with suppress(ConnectionClosed):
                async for frame in node:
                    log_text = msgspec.json.decode(frame)
                    if "params" in log_text:
                        log_text["params"]["result"] = change(
                            log_text["method"], log_text["params"]["result"]
                        )
                    await client.send(msgspec.json.encode(log_text).decode())
            asking.cancel()

    async with serve(pass_on, "127.0.0.1", 0, max_size=None) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def _ask(client: ServerConnection, node: ClientConnection, change: Change) -> None:
    with suppress(ConnectionClosed):
        async for frame in client:
            asked = msgspec.json.decode(frame)
            if "params" in asked:
                asked["params"] = change(asked["method"], asked["params"])
            await node.send(msgspec.json.encode(asked).decode())
    await node.close()
