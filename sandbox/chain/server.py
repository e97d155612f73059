"""The local chain as a server: clock, RPC port and WebSocket port around one chain."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import web
from websockets.asyncio.server import Server, serve

from sandbox.chain.chain_api import ChainApi
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Faults
from sandbox.chain.node.chain import Advance, Chain
from sandbox.chain.rpc.dispatcher import RpcDispatcher
from sandbox.chain.rpc.http import HttpEndpoint
from sandbox.chain.websocket.endpoint import WebSocketEndpoint

_CLOSING_SECONDS = 2.0


class SandboxChain:
    """A chain with its servers; use it as an async context manager, or call `start` and `stop`."""

    def __init__(self, config: ChainConfig | None = None) -> None:
        """Make a new chain; nothing listens yet.

        Raises:
            ValueError: the replay folder holds nothing to replay.
        """
        self.config = config or ChainConfig()
        self.faults = Faults()
        self.chain = Chain(self.config, self.faults)
        self.listeners: list[Callable[[Advance], None]] = []
        """Called after each step; they must be quick and raise nothing."""
        self._sockets = WebSocketEndpoint(self.chain, self.config, self.faults)
        self._rpc = RpcDispatcher(self.chain, self.config, self.faults)
        self._stack = AsyncExitStack()
        self._rpc_port = 0
        self._ws_port = 0

    @property
    def api(self) -> ChainApi:
        """The chain as actors see it."""
        return self.chain

    @property
    def rpc_url(self) -> str:
        """The address of the RPC port."""
        return f"http://{self.config.host}:{self._rpc_port}"

    @property
    def ws_url(self) -> str:
        """The address of the WebSocket port."""
        return f"ws://{self.config.host}:{self._ws_port}"

    async def start(self) -> None:
        """Listen on both ports and start the clock, if there is one.

        Raises:
            OSError: a port is taken.
        """
        async with AsyncExitStack() as stack:
            self._rpc_port = await self._serve_rpc(stack)
            self._ws_port = await self._serve_sockets(stack)
            if self.config.slot_seconds is not None:
                tasks = await stack.enter_async_context(asyncio.TaskGroup())
                ticking = tasks.create_task(self._tick(self.config.slot_seconds))
                stack.callback(ticking.cancel)
            self._stack = stack.pop_all()

    async def stop(self) -> None:
        """Stop the clock and close both ports."""
        await self._stack.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def step(self) -> Advance:
        """Produce the next block and send it to subscribers."""
        advance = self.chain.step()
        self._sockets.publish(advance)
        for block in advance.finalized:
            block.forget_states()
        for listener in self.listeners:
            listener(advance)
        await asyncio.sleep(0)  # lets the sockets take what was published before the next step
        return advance

    async def _step_for_http(self) -> int:
        return (await self.step()).produced.slot

    async def _tick(self, slot_seconds: float) -> None:
        """Step once for each slot that is not skipped, when its time has come."""
        loop = asyncio.get_running_loop()
        origin, first = loop.time(), self.chain.slot
        while True:
            due = origin + (self.chain.slot - first + 1) * slot_seconds
            late = loop.time() - due
            if late > slot_seconds:
                origin += late
            await asyncio.sleep(max(0.0, -late))
            await self.step()

    async def _serve_rpc(self, stack: AsyncExitStack) -> int:
        side = HttpEndpoint(self._rpc, self.faults, self._step_for_http, self.config.host)
        runner = web.AppRunner(side.application(), access_log=None, shutdown_timeout=_CLOSING_SECONDS)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, self.config.host, self.config.rpc_port)
        await site.start()
        return int(runner.addresses[0][1])

    async def _serve_sockets(self, stack: AsyncExitStack) -> int:
        server: Server = await stack.enter_async_context(
            serve(
                self._sockets.serve,
                self.config.host,
                self.config.ws_port,
                max_size=self._sockets.max_message_bytes,
                process_request=self._sockets.check_handshake,
                compression=None,
                close_timeout=_CLOSING_SECONDS,
            )
        )
        return int(next(iter(server.sockets)).getsockname()[1])
