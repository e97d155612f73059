from __future__ import annotations

import asyncio
import socket

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from runtime.embedded.ports import free_port
from runtime.processes.http_server import LOOPBACK, http_server

pytestmark = pytest.mark.services


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
