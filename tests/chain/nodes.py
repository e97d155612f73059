"""Real HTTP servers that answer as the test says, beside the local chain's own faults."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web

Answer = Callable[[dict[str, Any]], web.Response]


def result(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "result": value}))


def error(code: int, message: str = "no") -> web.Response:
    body = {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}
    return web.Response(body=msgspec.json.encode(body))


@asynccontextmanager
async def node(answer: Answer) -> AsyncIterator[str]:
    """A node that answers each request by `answer`; its address."""

    async def post(request: web.Request) -> web.Response:
        return answer(msgspec.json.decode(await request.read()))

    application = web.Application()
    application.add_routes([web.post("/{any:.*}", post)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
