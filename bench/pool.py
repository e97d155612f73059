"""What kept connections to a node are worth: a call by the pool against one that connects again.

A node that answers at once, on this machine: plain, behind TLS with a certificate of its own, and behind TLS
and a line of 20 ms there and back. Trust the ratios.
"""

import asyncio
import json
import os
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from bench.figures import Figures
from chain.rpc.pool import open_rpc
from runtime.settings.secret import Secret

CALLS = 200
FAR_CALLS = 25
"""Over the long line, where each takes its time."""
ROUND_TRIP_SECONDS = 0.02
ANSWER = b'{"jsonrpc":"2.0","id":1,"result":341000000}'
ASK = {"jsonrpc": "2.0", "id": 1, "method": "getSlot", "params": []}
_CHUNK = 1 << 16


async def kept_connections() -> Figures:
    """Measure and print; return how many times longer a call takes that connects again."""
    figures: Figures = {}
    print("\na call to a node over a kept connection, and over a new one each")
    with tempfile.TemporaryDirectory() as folder:
        certificate = _certificate(Path(folder))
        for name, is_encrypted, seconds in (
            ("plain", False, 0.0),
            ("tls", True, 0.0),
            ("tls_20ms", True, ROUND_TRIP_SECONDS),
        ):
            if is_encrypted and certificate is None:
                print(f"  {name}: left out, no openssl")
                continue
            async with _node(certificate if is_encrypted else None, seconds) as url:
                kept, new = await _measured(url, FAR_CALLS if seconds else CALLS, certificate)
            print(f"  {name:<10}{kept:>8.2f} ms kept {new:>8.2f} ms new   {new / kept:.1f} times")
            figures |= {f"pool_{name}_kept_ms": kept, f"pool_{name}_times": new / kept}
    return figures


def _certificate(folder: Path) -> Path | None:
    """Certificate and key in one file; None: there is no openssl."""
    if shutil.which("openssl") is None:
        return None
    file = folder / "node.pem"
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", *kind, *names, "-keyout", str(file), "-out", "/dev/stdout"]
    made = subprocess.run(command, check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + made.stdout)
    return file


@asynccontextmanager
async def _node(certificate: Path | None, round_trip: float) -> AsyncIterator[str]:
    """A node, and the line to it if it is long; its address."""

    async def post(_: web.Request) -> web.Response:
        return web.Response(body=ANSWER, content_type="application/json")

    tls = None
    if certificate is not None:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate)
    application = web.Application()
    application.add_routes([web.post("/", post)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    async with AsyncExitStack() as stack:
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        port = runner.addresses[0][1]
        if round_trip:
            line = await asyncio.start_server(_line(port, round_trip), "127.0.0.1", 0)
            await stack.enter_async_context(line)
            port = line.sockets[0].getsockname()[1]
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}/"


def _line(port: int, round_trip: float) -> Callable[..., Awaitable[None]]:
    """A line to a port: connecting takes a round trip, and each piece half of one."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(round_trip)
        there, back = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.TaskGroup() as group:
            group.create_task(_carry(reader, back, round_trip / 2))
            group.create_task(_carry(there, writer, round_trip / 2))

    return serve


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    while piece := await reader.read(_CHUNK):
        await asyncio.sleep(seconds)
        writer.write(piece)
    writer.close()


async def _measured(url: str, calls: int, certificate: Path | None) -> tuple[float, float]:
    """Milliseconds of a call over a kept and over a new connection, by a process that trusts the node."""
    trusted = {} if certificate is None else {"SSL_CERT_FILE": str(certificate)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.pool",
        url,
        str(calls),
        env={**os.environ, **trusted},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    kept, new = json.loads(printed)
    return float(kept), float(new)


async def _calls(url: str, calls: int) -> tuple[float, float]:
    """Milliseconds of the median call, by the pool and without it."""
    async with open_rpc([Secret(url)]) as rpc:
        await rpc.call("getSlot")
        kept = [await _timed(lambda: rpc.call("getSlot")) for _ in range(calls)]
    new = [await _timed(lambda: _call_anew(url)) for _ in range(calls)]
    return statistics.median(kept), statistics.median(new)


async def _timed(call: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await call()
    return 1000 * (time.perf_counter() - began)


async def _call_anew(url: str) -> bytes:
    async with aiohttp.ClientSession() as session, session.post(url, json=ASK) as response:
        return await response.read()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_calls(sys.argv[1], int(sys.argv[2])))))
