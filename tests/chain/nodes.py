"""Real HTTP servers that answer as the test says, beside the local chain's own faults."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web

from sandbox.local import LocalSandbox

Answer = Callable[[dict[str, Any]], web.Response]


def result(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode({"jsonrpc": "2.0", "id": 1, "result": value}))


def error(
    code: int, message: str = "no", *, status: int = 200, retry_after: str | None = None
) -> web.Response:
    body = {"jsonrpc": "2.0", "id": 1, "error": {"code": code, "message": message}}
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return web.Response(body=msgspec.json.encode(body), status=status, headers=headers)


def of_version(version: int) -> Answer:
    """Answers of a node whose blocks hold transactions of this version: who allows less gets none of them."""

    def answer(request: dict[str, Any]) -> web.Response:
        allowed = request["params"][1]["maxSupportedTransactionVersion"]
        if allowed >= version:
            return result({"parentSlot": 1})
        return error(-32015, f'Try again with "maxSupportedTransactionVersion": {version}')

    return answer


@asynccontextmanager
async def node(answer: Answer, *, seconds: float = 0.0) -> AsyncIterator[str]:
    """A node that answers each request by `answer`, after so many seconds; its address."""

    async def post(request: web.Request) -> web.Response:
        await asyncio.sleep(seconds)
        return answer(msgspec.json.decode(await request.read()))

    application = web.Application()
    application.add_routes([web.post("/{any:.*}", post)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@asynccontextmanager
async def counting(answer: Answer) -> AsyncIterator[tuple[str, list[Any]]]:
    """A node that answers by `answer`; its address, and all that it is asked."""
    asked: list[Any] = []

    def note(request: dict[str, Any]) -> web.Response:
        asked.append(request)
        return answer(request)

    async with node(note) as url:
        yield url, asked


async def confirm(sandbox: LocalSandbox) -> None:
    """Let the blocks so far be confirmed."""
    for _ in range(4):
        await sandbox.next_block()
