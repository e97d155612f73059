"""One WebSocket to a node: requests with their answers, notifications to a sink, and the watch on silence."""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection

from chain.rpc.errors import Rejected
from chain.stream.messages import PushedBlock, PushedSlot, PushedTransaction, Reply, read_frame
from chain.stream.source import Sink, StreamClosed
from runtime.clock import monotonic

ANSWER_SECONDS = 10.0


class RpcConnection:
    """An open socket. `listen` and `watch_silence` have to run while `ask` is used."""

    def __init__(self, name: str, socket: ClientConnection, sink: Sink) -> None:
        """Build it.

        Args:
            name: of the node, without a key.
            socket: open; the caller closes it.
            sink: takes the notifications.
        """
        self.name = name
        self.last_frame_at = monotonic()
        """When the last frame came, by the monotonic clock."""
        self._socket = socket
        self._sink = sink
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}

    async def ask(self, method: str, params: Sequence[Any] = ()) -> msgspec.Raw:
        """The answer to one request.

        Raises:
            Rejected: the node says no.
            StreamClosed: it did not answer in time.
        """
        request_id = next(self._ids)
        self._waiting[request_id] = asyncio.get_running_loop().create_future()
        request = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._socket.send(msgspec.json.encode(request), text=True)
                reply = await self._waiting[request_id]
        except TimeoutError:
            raise StreamClosed(f"{self.name}: no answer to {method}") from None
        finally:
            del self._waiting[request_id]
        if reply.code:
            raise Rejected(reply.message, provider=self.name, code=reply.code)
        return reply.result

    async def listen(self) -> None:
        """Take frames until the connection ends.

        Raises:
            ConnectionClosed: by `websockets`, when it has.
        """
        while True:
            data = await self._socket.recv(decode=False)
            self.last_frame_at = monotonic()
            self._take(data)

    async def watch_silence(self, seconds: float) -> None:
        """End when no frame came for `seconds`, though TCP may say that all is well.

        Raises:
            StreamClosed: then.
        """
        while (left := self.last_frame_at + seconds - monotonic()) > 0:  # noqa: ASYNC110 - frames set no event
            await asyncio.sleep(left)
        raise StreamClosed(f"{self.name}: silent for {seconds:g} s")

    def _take(self, data: bytes) -> None:
        frame = read_frame(data)
        if isinstance(frame, PushedTransaction):
            self._sink.transaction(replace(frame, source=self.name))
        elif isinstance(frame, PushedSlot):
            self._sink.slot(frame.slot)
        elif isinstance(frame, PushedBlock):
            self._sink.block(frame)
        elif isinstance(frame, Reply):
            waiting = self._waiting.get(frame.request_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(frame)
