"""One connection of HTTP/1.1; what pools do with many: tests/messaging/telegram/test_http_connection.py."""

import asyncio

import aiohttp
import pytest

from messaging.http_connection import AnswerTooLong, HttpConnection, NotConnected
from sandbox.receiver import HOST, Receiver, answers, answers_half, hangs

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


async def test_half_an_answer_and_none_are_errors() -> None:
    async with Receiver(behaviours=[answers_half, hangs]) as receiver:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await (await connected(receiver)).ask(REQUEST, LIMITS)
        short = aiohttp.ClientTimeout(total=0.05, sock_read=0.05)
        with pytest.raises(TimeoutError):
            await (await connected(receiver)).ask(REQUEST, short)
