"""One WebSocket client: its bounded queue, and the faults of what is sent to it."""

import asyncio
import math
from typing import Final

from websockets.asyncio.server import ServerConnection

from sandbox.chain.faults import NOTIFICATION, Fault, Faults

_CLOSE: Final = b""
_GOING_AWAY = 1001


class Client:
    """The frames that wait for one client; if there are too many, the client is dropped."""

    def __init__(self, connection: ServerConnection, faults: Faults, queue: int) -> None:
        """Begin with nothing to send.

        Args:
            connection: open; the caller closes it.
            faults: may drop, delay or repeat notifications.
            queue: frames that may wait; with more the client is dropped.
        """
        self._connection = connection
        self._faults = faults
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(queue)
        self._reordered: dict[str, bytes] = {}
        self._silent_until = -math.inf
        self._loop = asyncio.get_running_loop()

    async def write(self) -> None:
        """Write frames to the socket until it closes."""
        while (frame := await self._waiting.get()) is not _CLOSE:
            await self._connection.send(frame, text=True)
        await self._connection.close(_GOING_AWAY)

    def answer(self, frame: bytes) -> None:
        """Send an answer; of all faults only a stalled socket hits it."""
        self._put(frame)

    def notify(self, method: str, frame: bytes) -> None:
        """Send a notification of a subscription that `method` made, as faults allow."""
        fault = self._faults.take(*NOTIFICATION, method=method)
        if fault is not None:
            self._apply(fault, method, frame)
            return
        self._put(frame)
        overtaken = self._reordered.pop(method, None)
        if overtaken is not None:
            self._put(overtaken)

    def cut_off(self) -> None:
        """Drop the connection without a closing frame, as a node drops a client that lags."""
        self._connection.transport.abort()

    def _apply(self, fault: Fault, method: str, frame: bytes) -> None:
        match fault.fault:
            case "duplicate":
                self._put(frame)
                self._put(frame)
            case "delay":
                self._loop.call_later(fault.seconds or 0, self._put, frame)
            case "reorder":
                self._reordered[method] = frame
            case "stall_socket":
                seconds = math.inf if fault.seconds is None else fault.seconds
                self._silent_until = self._loop.time() + seconds
            case "disconnect":
                self._put(_CLOSE)
            case "disconnect_lagging":
                self.cut_off()
            case _:
                pass  # dropped

    def _put(self, frame: bytes) -> None:
        if self._loop.time() < self._silent_until:
            return
        try:
            self._waiting.put_nowait(frame)
        except asyncio.QueueFull:
            self.cut_off()
