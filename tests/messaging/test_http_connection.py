"""One connection of HTTP/1.1; what pools do with many: tests/messaging/telegram/test_http_connection.py."""

import asyncio
from contextlib import suppress

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging.http_connection import AnswerTooLong, HttpConnection, NotConnected
from sandbox.receiver import HOST, Behaviour, Receiver, answers, answers_half, hangs

LIMITS = aiohttp.ClientTimeout(total=5, sock_read=5)
REQUEST = b"POST /x HTTP/1.1\r\nHost: there\r\nContent-Length: 2\r\n\r\n{}"


async def connected(receiver: Receiver, *, max_bytes: int = 1_000) -> HttpConnection:
    _, connection = await asyncio.get_running_loop().create_connection(
        lambda: HttpConnection(max_bytes), HOST, receiver.port, ssl=receiver.trust, server_hostname=HOST
    )
    return connection


async def test_it_carries_one_request_after_the_other() -> None:
    async with Receiver(behaviours=[answers(200, body=b"one"), answers(404, body=b"two")]) as receiver:
        connection = await connected(receiver)
        assert await connection.ask(REQUEST, LIMITS) == (200, b"one")
        assert connection.is_usable
        connection.rest()
        assert connection.rested_seconds < 5
        assert await connection.ask(REQUEST, LIMITS) == (404, b"two")
        assert connection.status == 404
        connection.close()
        with pytest.raises(NotConnected):
            await connection.ask(REQUEST, LIMITS)
    assert receiver.connections == 1


async def test_a_body_beyond_the_bound_is_an_error_that_hides_no_status() -> None:
    async with Receiver(usual=answers(201, body=b"x" * 2_000)) as receiver:
        connection = await connected(receiver)
        with pytest.raises(AnswerTooLong):
            await connection.ask(REQUEST, LIMITS)
        assert (connection.status, connection.is_usable) == (201, False)


def goes_on(begin: bytes, more: bytes) -> Behaviour:
    """Begin an answer, and never end it."""

    async def behaviour(writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        with suppress(ConnectionError):
            while True:
                writer.write(more * (4_096 // len(more)))
                await writer.drain()

    return behaviour


CHUNK = b"HTTP/1.1 202 Yes\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begin", "more", "status"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n", None),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a", None),
        (b"", b"HTTP/1.1 103 Soon\r\n\r\n", None),
        (b"HTTP/1.1 200 ", b"O", None),
        (CHUNK + b"0\r\n", b"a: b\r\n", 202),
        (CHUNK + b"1;", b"a", 202),
    ],
)
async def test_what_is_no_body_has_a_bound_too(begin: bytes, more: bytes, status: int | None) -> None:
    async with Receiver(usual=goes_on(begin, more)) as receiver:
        connection = await connected(receiver)
        with pytest.raises(AnswerTooLong):
            await connection.ask(REQUEST, LIMITS)
        assert (connection.status, connection.is_usable) == (status, False)


@pytest.mark.parametrize(("filler", "is_too_long"), [(32_000, False), (33_000, True)])
async def test_a_head_that_came_at_once_has_the_same_bound(filler: int, *, is_too_long: bool) -> None:
    async with Receiver(usual=answers(200, body=b"x" * 900, X_Long="a" * filler)) as receiver:
        connection = await connected(receiver)
        if is_too_long:
            with pytest.raises(AnswerTooLong):
                await connection.ask(REQUEST, LIMITS)
        else:
            for _ in range(2):
                assert await connection.ask(REQUEST, LIMITS) == (200, b"x" * 900)


async def test_a_long_body_in_small_chunks_is_within_the_bound() -> None:
    body = b"".join(b"10\r\n%b\r\n" % (b"y" * 16) for _ in range(10_000)) + b"0\r\n\r\n"

    async def chunks(writer: asyncio.StreamWriter) -> None:
        writer.write(CHUNK + body)
        await writer.drain()

    async with Receiver(usual=chunks) as receiver:
        connection = await connected(receiver, max_bytes=200_000)
        assert await connection.ask(REQUEST, LIMITS) == (202, b"y" * 160_000)


async def test_half_an_answer_and_none_are_errors() -> None:
    async with Receiver(behaviours=[answers_half, hangs]) as receiver:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await (await connected(receiver)).ask(REQUEST, LIMITS)
        short = aiohttp.ClientTimeout(total=0.05, sock_read=0.05)
        with pytest.raises(TimeoutError):
            await (await connected(receiver)).ask(REQUEST, short)


class Nowhere(asyncio.Transport):
    """A transport whose other end is the test."""

    def write(self, data: object) -> None:
        pass

    def abort(self) -> None:
        pass


async def outcome_of(pieces: list[bytes]) -> object:
    """Return what comes of a request that is answered so, before the connection ends."""
    connection = HttpConnection(1_000)
    connection.connection_made(Nowhere())
    asking = asyncio.gather(connection.ask(REQUEST, LIMITS), return_exceptions=True)
    await asyncio.sleep(0)
    for piece in pieces:
        connection.data_received(piece)
    connection.connection_lost(None)
    return (await asking)[0]


WORDS = st.sampled_from(
    [
        *(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 500 \r\n", b"HTTP/1.1 101 Other\r\n", b"HTTP/1.1 100 Go\r\n"),
        *(b"Content-Length: 5\r\n", b"Content-Length: 99999999999999999999\r\n", b"content-length: -1\r\n"),
        *(
            b"Transfer-Encoding: chunked\r\n",
            b"Connection: upgrade\r\nUpgrade: h2c\r\n",
            b"Retry-After: \xff\r\n",
        ),
        *(
            b"\r\n",
            b"5\r\nhello\r\n",
            b"0\r\n\r\n",
            b"hello",
            b"ffffffffffffffffff\r\n",
            b"\0",
            b"a" * 40_000,
        ),
    ]
)


@settings(max_examples=60, deadline=None)
@given(pieces=st.lists(WORDS | st.binary(max_size=30), max_size=12))
def test_whatever_a_server_answers_is_an_answer_or_an_error_of_the_connection(pieces: list[bytes]) -> None:
    outcome = asyncio.run(outcome_of(pieces))
    assert isinstance(outcome, (tuple, aiohttp.ClientError)), outcome
