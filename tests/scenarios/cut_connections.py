"""Stands between a client and PostgreSQL, and cuts the line exactly at COMMIT."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Cutter:
    """Forwards bytes; while `cuts` is above zero, a COMMIT ends its connection."""

    def __init__(self, host: str, port: int) -> None:
        self.cuts = 0
        self.forwards = True
        """Whether the server still hears a COMMIT whose answer is then lost."""
        self._host = host
        self._port = port

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client."""
        server_reader, server_writer = await asyncio.open_connection(self._host, self._port)
        try:
            async with asyncio.TaskGroup() as group:
                back = group.create_task(_pump(server_reader, writer))
                await self._forward(reader, server_writer)
                back.cancel()
        finally:
            for end in (writer, server_writer):
                end.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                cut = self.cuts > 0 and b"COMMIT" in data
                if cut:
                    self.cuts -= 1
                if not cut or self.forwards:
                    writer.write(data)
                    await writer.drain()
                if cut:
                    await asyncio.sleep(0.02)
                    return


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes; the end, too."""
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def cutting(url: str) -> AsyncIterator[tuple[str, Cutter]]:
    """The address of the line, and the cutter."""
    parts = urlsplit(url)
    cutter = Cutter(parts.hostname or "127.0.0.1", parts.port or 5432)
    server = await asyncio.start_server(cutter.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user = f"{parts.username}:{parts.password}@" if parts.password else f"{parts.username}@"
    try:
        yield urlunsplit(parts._replace(netloc=f"{user}127.0.0.1:{port}")), cutter
    finally:
        server.close()
