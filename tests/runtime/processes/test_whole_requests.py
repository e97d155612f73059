"""Requests that are taken as a whole are answered as any other: once, and in their order."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from starlette.types import Receive, Scope, Send

from runtime.embedded.ports import LOOPBACK, free_port
from runtime.processes.http_server import http_server
from runtime.processes.whole_requests import Answer, Header, response

STORED = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


class Application:
    """Takes posts to /take as a whole, and answers others by ASGI with their path."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, Answer]] = []
        self.news = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = str(scope["path"]).encode()
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def takes(self, method: bytes, url: bytes, headers: Sequence[Header]) -> bool:
        return (method, url) == (b"POST", b"/take") and b"content-length" in dict(headers)

    def take(self, body: bytes, answer: Answer) -> None:
        if body == b"fault":
            raise ValueError("a fault")
        self.taken.append((body, answer))
        self.news.set()


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
async def port(application: Application) -> AsyncIterator[int]:
    number = free_port()
    async with http_server(application, host=LOOPBACK, port=number):
        yield number


def post(body: bytes, *headers: bytes, path: bytes = b"/take") -> bytes:
    lines = b"".join(b"%b\r\n" % header for header in headers)
    return b"POST %b HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n%b\r\n%b" % (path, len(body), lines, body)


async def test_a_body_in_pieces_is_taken_once_and_answered_once(application: Application, port: int) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    request = post(b"a" * 200_000)
    for begin in range(0, len(request), 70_000):
        writer.write(request[begin : begin + 70_000])
        await writer.drain()
    await application.news.wait()
    ((body, answer),) = application.taken
    assert body == b"a" * 200_000
    answer(200)
    answer(503, "too late")
    assert await reader.readexactly(len(STORED)) == STORED
    writer.write(post(b"", path=b"/other"))
    await reader.readuntil(b"/other")
    writer.close()


async def test_requests_sent_in_one_go_are_answered_in_their_order(
    application: Application, port: int
) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(post(b"1") + post(b"", path=b"/second"))
    await application.news.wait()
    await asyncio.sleep(0.05)
    application.taken[0][1](200)
    assert await reader.readexactly(len(STORED)) == STORED
    await reader.readuntil(b"/second")
    writer.close()


async def test_a_fault_is_answered_with_500(port: int) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(post(b"fault"))
    assert (await reader.read(1_000)).startswith(b"HTTP/1.1 500 ")
    writer.close()


async def test_nobody_minds_a_sender_that_goes(application: Application, port: int) -> None:
    _, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(post(b"1"))
    await application.news.wait()
    writer.transport.abort()
    await asyncio.sleep(0.05)
    application.taken[0][1](200)


async def test_a_connection_that_is_to_be_closed_goes_by_asgi(application: Application, port: int) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(post(b"1", b"connection: close"))
    assert b"/take" in await reader.read()
    assert application.taken == []
    writer.close()


async def test_a_connection_that_rests_too_long_is_closed_and_one_in_use_is_not(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.processes.http_server.KEEP_ALIVE_SECONDS", 0.4)
    number = free_port()
    async with http_server(application, host=LOOPBACK, port=number):
        reader, writer = await asyncio.open_connection(LOOPBACK, number)
        for _ in range(4):
            writer.write(post(b"x"))
            await application.news.wait()
            application.news.clear()
            application.taken.pop()[1](200)
            assert await reader.readexactly(len(STORED)) == STORED
            await asyncio.sleep(0.2)
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()


async def test_at_the_end_requests_in_hand_are_answered(application: Application) -> None:
    number = free_port()
    async with http_server(application, host=LOOPBACK, port=number):
        reader, writer = await asyncio.open_connection(LOOPBACK, number)
        writer.write(post(b"1"))
        await application.news.wait()
        asyncio.get_running_loop().call_later(0.05, application.taken[0][1], 200)
    assert await reader.read() == b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    writer.close()


def test_a_refusal_says_why() -> None:
    said = response(503, "try again", [(b"retry-after", b"1")], keep_alive=True)
    assert said.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"\r\nretry-after: 1\r\n" in said
    assert said.endswith(b"content-length: 9\r\n\r\ntry again")
