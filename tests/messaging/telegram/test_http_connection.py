"""Connections to the Bot API: used again, bounded, and exact about what may have been carried out."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from messaging.http_connection import AnswerTooLong, NotConnected
from messaging.telegram import http_connection
from messaging.telegram.http import time_limits
from messaging.telegram.http_connection import ConnectionPool
from runtime.embedded.ports import free_port

pytestmark = pytest.mark.enable_socket
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers each request with the next of these bytes; then it closes the connection."""

    def __init__(self, *answers: bytes, is_patient: bool = False) -> None:
        self.answers = [*answers]
        self.connections = 0
        self.requests: list[bytes] = []
        self.url = ""
        self._open = 0
        self.closed = asyncio.Event()
        self.closed.set()
        self._is_patient = is_patient

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open += 1
        self.closed.clear()
        with suppress(asyncio.IncompleteReadError, OSError):
            await self._answer(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        self._open -= 1
        if not self._open:
            self.closed.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while self.answers:
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            self.requests.append(head + await reader.readexactly(size))
            writer.write(self.answers.pop(0))
            await writer.drain()
        if self._is_patient:
            await reader.read()


@asynccontextmanager
async def serving(server: Server, tls: ssl.SSLContext | None = None) -> AsyncIterator[ConnectionPool]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    port = listening.sockets[0].getsockname()[1]
    server.url = f"http{'s' if tls else ''}://127.0.0.1:{port}/bot1:a/sendMessage"
    pool = ConnectionPool(1)
    try:
        yield pool
    finally:
        pool.close()
        listening.close()
        await server.closed.wait()


async def test_one_connection_carries_many_calls() -> None:
    server = Server(OK, OK, OK)
    async with serving(server) as pool:
        for body in (b"{}", b"[1]", b""):
            assert await pool.post(server.url, body, time_limits()) == (200, b"{}")
    assert server.connections == 1
    assert server.requests[1].startswith(b"POST /bot1:a/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:")
    assert server.requests[1].endswith(b"Content-Type: application/json\r\nContent-Length: 3\r\n\r\n[1]")


async def test_an_answer_may_come_in_pieces_after_one_that_announces_it() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    server = Server(b"HTTP/1.1 100 Continue\r\n\r\n" + chunked, OK)
    async with serving(server) as pool:
        assert await pool.post(server.url, b"{}", time_limits()) == (200, b"{}")
        assert await pool.post(server.url, b"{}", time_limits()) == (200, b"{}")
    assert server.connections == 1


@pytest.mark.parametrize(
    "last",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        OK + b"HTTP/1.1 200 nobody asked for this\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n{}",
    ],
)
async def test_a_connection_that_may_hold_something_else_is_not_used_again(last: bytes) -> None:
    server = Server(last)
    async with serving(server) as pool:
        assert await pool.post(server.url, b"{}", time_limits()) == (200, b"{}")
        server.answers.append(OK)
        assert await pool.post(server.url, b"{}", time_limits()) == (200, b"{}")
    assert server.connections == 2


async def test_a_connection_that_was_idle_for_long_is_not_used_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_connection, "IDLE_SECONDS", 0.0)
    server = Server(OK, OK)
    async with serving(server) as pool:
        for _ in range(2):
            await pool.post(server.url, b"{}", time_limits())
    assert server.connections == 2


async def test_what_is_cut_is_given_as_far_as_it_came() -> None:
    server = Server(b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"ok":')
    async with serving(server) as pool:
        assert await pool.post(server.url, b"{}", time_limits()) == (200, b'{"ok":')


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", aiohttp.ServerDisconnectedError),
        (b"SSH-2.0 hello\r\n\r\n", aiohttp.ClientPayloadError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + b"x" * 99, AnswerTooLong),
    ],
)
async def test_an_answer_that_is_none_may_mean_anything(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, error: type[Exception]
) -> None:
    monkeypatch.setattr(http_connection, "MAX_BYTES", 50)
    server = Server(answer)
    async with serving(server) as pool:
        with pytest.raises(error) as caught:
            await pool.post(server.url, b"{}", time_limits())
        assert not isinstance(caught.value, NotConnected)


async def test_an_answer_that_does_not_come_may_still_come() -> None:
    server = Server(b"", is_patient=True)
    async with serving(server) as pool:
        with pytest.raises(aiohttp.SocketTimeoutError):
            await pool.post(server.url, b"{}", time_limits(read=0.05))


async def test_a_call_that_is_cancelled_takes_its_connection_with_it_and_makes_room() -> None:
    server = Server(b"", OK, is_patient=True)
    async with serving(server) as pool:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await pool.post(server.url, b"{}", time_limits())
        assert await pool.post(server.url, b"{}", time_limits()) == (200, b"{}")
    assert server.connections == 2


async def test_calls_begin_in_the_order_in_which_they_came_and_who_leaves_holds_up_nobody() -> None:
    server = Server(*[OK] * 5)
    async with serving(server) as pool, asyncio.TaskGroup() as group:
        posts = [pool.post(server.url, b"%d" % number, time_limits()) for number in range(6)]
        calls = [group.create_task(post) for post in posts]
        await asyncio.sleep(0)
        calls[2].cancel()  # it waits for its turn
    assert [call.result() for call in calls if not call.cancelled()] == [(200, b"{}")] * 5
    assert [request[-1:] for request in server.requests] == [b"0", b"1", b"3", b"4", b"5"]
    assert server.connections == 1


async def test_who_gets_no_connection_has_sent_nothing() -> None:
    server = Server(b"", is_patient=True)
    async with serving(server) as pool, asyncio.TaskGroup() as group:
        holding = group.create_task(pool.post(server.url, b"{}", time_limits()))
        await asyncio.sleep(0.02)
        with pytest.raises(aiohttp.ConnectionTimeoutError):
            await pool.post(server.url, b"{}", time_limits(connect=0.05))
        holding.cancel()
    with pytest.raises(NotConnected):
        await ConnectionPool(1).post(f"http://127.0.0.1:{free_port()}/", b"{}", time_limits())


async def test_a_name_is_looked_up_once_for_many_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, asked = asyncio.get_running_loop(), list[str]()
    look_up = loop.getaddrinfo

    async def note(host: str, *arguments: object, **options: object) -> object:
        asked.append(host)
        return await look_up(host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "getaddrinfo", note)
    monkeypatch.setattr(http_connection, "IDLE_SECONDS", 0.0)
    server = Server(OK, OK)
    async with serving(server) as pool:
        for _ in range(2):
            await pool.post(server.url.replace("127.0.0.1", "localhost"), b"{}", time_limits())
    assert server.connections == 2
    assert asked == ["localhost"]


async def test_no_address_is_asked_that_is_none() -> None:
    with pytest.raises(aiohttp.InvalidURL):
        await ConnectionPool(1).post("ftp://127.0.0.1/", b"{}", time_limits())


def make_certificate(folder: Path) -> tuple[Path, Path]:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    name = ["-subj", "/CN=server", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make, *name, *files], check=True, capture_output=True)
    return key, certificate


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl, which is not here")
async def test_a_server_with_a_certificate_of_its_own_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = make_certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    server = Server(OK)
    async with serving(server, tls) as pool:
        with pytest.raises(NotConnected):
            await pool.post(server.url, b"{}", time_limits())
        assert server.requests == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with serving(server, tls) as pool:
        assert await pool.post(server.url, b"{}", time_limits()) == (200, b"{}")
