"""The connection waits as long as it should, and not longer."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from messaging.http_connection import AnswerTooLong
from messaging.telegram import http
from messaging.telegram.http import Wire, time_limits

pytestmark = pytest.mark.enable_socket


async def answer(request: web.Request) -> web.Response:
    await asyncio.sleep(float(request.query.get("wait", "0")))
    return web.Response(body=request.method.encode() + b" " + await request.read())


def application() -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/", answer)
    return app


async def test_bytes_are_posted_and_nothing_is_fetched() -> None:
    async with TestServer(application()) as server:
        line = Wire()
        await line.open()
        await line.open()
        assert await line.post(str(server.make_url("/")), b"{}", time_limits()) == (200, b"POST {}")
        assert await line.post(str(server.make_url("/")), None, time_limits()) == (200, b"GET ")
        await line.close()
        await line.close()


async def test_waiting_for_a_connection_is_not_ambiguous() -> None:
    async with TestServer(application()) as server:
        line = Wire(connections=1)
        await line.open()
        async with asyncio.TaskGroup() as group:
            group.create_task(line.post(str(server.make_url("/?wait=0.3")), None, time_limits()))
            await asyncio.sleep(0.05)
            with pytest.raises(aiohttp.ConnectionTimeoutError):
                await line.post(str(server.make_url("/")), None, time_limits(connect=0.1))
        await line.close()


async def test_an_answer_that_does_not_come_is_ambiguous() -> None:
    async with TestServer(application()) as server:
        line = Wire()
        await line.open()
        with pytest.raises(aiohttp.SocketTimeoutError):
            await line.post(str(server.make_url("/?wait=5")), None, time_limits(read=0.1))
        await line.close()


async def test_an_endless_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BYTES", 10)
    form = aiohttp.FormData({"field": "x" * 100})
    async with TestServer(application()) as server:
        line = Wire()
        await line.open()
        with pytest.raises(AnswerTooLong):
            await line.post(str(server.make_url("/")), form, time_limits())
        await line.close()


async def test_it_must_be_opened() -> None:
    with pytest.raises(RuntimeError):
        await Wire().post("http://127.0.0.1:9/", None, time_limits())
