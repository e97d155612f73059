"""Connections whose requests never end, and more connections than there is room for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from runtime.embedded.ports import free_port
from runtime.processes import http_server as server_module
from runtime.processes.http_server import LOOPBACK, http_server

pytestmark = pytest.mark.services
REQUEST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"


async def _slow(_: Request) -> PlainTextResponse:
    await asyncio.sleep(0.3)
    return PlainTextResponse("done")


_APPLICATION = Starlette(routes=[Route("/", _slow)])


async def test_a_request_in_hand_is_answered_after_the_block_and_no_new_one_is() -> None:
    port = free_port()
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        async with http_server(_APPLICATION, host=LOOPBACK, port=port):
            asked = group.create_task(_get(session, port))
            await asyncio.sleep(0.1)
        assert asked.done()
        assert asked.result() == "done"
        with pytest.raises(aiohttp.ClientConnectionError):
            await _get(session, port)


async def _get(session: aiohttp.ClientSession, port: int) -> str:
    async with session.get(f"http://{LOOPBACK}:{port}/") as answer:
        assert "server" not in answer.headers
        return await answer.text()


async def test_an_error_within_the_block_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError, match="the moon"):
        async with http_server(_APPLICATION, host=LOOPBACK, port=free_port()):
            raise LookupError("the moon")


async def test_a_taken_port_is_reported() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot listen on port {port}: Address already in use"):
            async with http_server(_APPLICATION, host=LOOPBACK, port=port):
                pass


async def _answer(request: Request) -> PlainTextResponse:
    body = await request.body()
    await asyncio.sleep(0.05)
    return PlainTextResponse(f"{len(body)}")


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(server_module, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(server_module, "MAX_CONNECTIONS", 10)
    number = free_port()
    application = Starlette(routes=[Route("/", _answer, methods=["POST"])])
    async with http_server(application, host=LOOPBACK, port=number):
        yield number


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(port: int, data: bytes = b"") -> Streams:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(data)
    return reader, writer


async def ends(streams: Streams) -> bytes:
    """Return what comes until the server ends the connection."""
    reader, writer = streams
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def answer(streams: Streams) -> bytes:
    async with asyncio.timeout(5):
        return await streams[0].readuntil(b"\r\n\r\n4")


@pytest.mark.parametrize("begun", [b"", b"POST / HT", REQUEST[:40], REQUEST[:-2]])
async def test_a_request_that_does_not_end_ends_its_connection(port: int, begun: bytes) -> None:
    began = asyncio.get_running_loop().time()
    assert b"200" not in await ends(await connect(port, begun))
    assert asyncio.get_running_loop().time() - began < 2.0


async def test_a_request_that_drips_is_ended_too(port: int) -> None:
    streams = await connect(port, b"POST / HTTP/1.1\r\n")

    async def drip() -> None:
        for number in range(100):
            streams[1].write(b"X-%d: 1\r\n" % number)
            await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as group:
        dripping = group.create_task(drip())
        assert b"200" not in await ends(streams)
        dripping.cancel()


async def test_a_head_without_end_ends_its_connection(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "REQUEST_SECONDS", 10)
    line = b"X-Long: " + b"a" * 1000 + b"\r\n"
    assert await ends(await connect(port, b"POST / HTTP/1.1\r\n" + 70 * line)) == b""


async def test_a_long_body_is_no_long_head(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n"
    streams = await connect(port, head + b"a" * 300_000)
    async with asyncio.timeout(5):
        assert b"300000" in await streams[0].readuntil(b"300000")
    streams[1].close()


@pytest.mark.parametrize("nonsense", [b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n"])
async def test_what_is_no_http_is_refused_and_ended(port: int, nonsense: bytes) -> None:
    assert b"200" not in await ends(await connect(port, nonsense))


async def test_a_connection_may_rest_between_requests_and_one_that_begins_again_must_end(port: int) -> None:
    streams = await connect(port, REQUEST)
    assert b"200 OK" in await answer(streams)
    await asyncio.sleep(0.5)
    streams[1].write(REQUEST)
    assert b"200 OK" in await answer(streams)
    streams[1].write(REQUEST[:30])
    assert await ends(streams) == b""


async def test_among_too_many_connections_the_longest_idle_one_ends_and_the_newest_is_answered(
    port: int,
) -> None:
    idle = [await connect(port, b"POST / HT") for _ in range(25)]
    streams = await connect(port, REQUEST)
    assert b"200 OK" in await answer(streams)
    for one in idle:
        assert await ends(one) == b""
    streams[1].close()


async def test_connections_that_are_kept_idle_shut_out_nobody(port: int) -> None:
    kept = []
    for _ in range(10):
        kept.append(await connect(port, REQUEST))
        assert b"200 OK" in await answer(kept[-1])
    streams = await connect(port, REQUEST)
    assert b"200 OK" in await answer(streams)
    assert await ends(kept[0]) == b""
    for one in (streams, *kept[1:]):
        one[1].write(REQUEST)
        assert b"200 OK" in await answer(one)
        one[1].close()


async def test_a_request_in_hand_is_answered_however_many_connections_come(port: int) -> None:
    busy = await connect(port, REQUEST)
    await asyncio.sleep(0.01)
    others = [await connect(port) for _ in range(30)]
    assert b"200 OK" in await answer(busy)
    for one in (busy, *others):
        one[1].close()
