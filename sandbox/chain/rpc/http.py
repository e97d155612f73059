"""The RPC port: JSON-RPC requests, the faults of their answers, and the controls for tests."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from runtime.processes.known_hosts import is_form, refusal
from sandbox.chain.errors import RpcError
from sandbox.chain.faults import HTTP, Fault, Faults
from sandbox.chain.rpc.dispatcher import RpcDispatcher, decode, failure, methods_of

_MAX_BODY_BYTES = 1 << 20
_RETRY_AFTER = 1
_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class HttpEndpoint:
    """Handlers of the RPC port."""

    def __init__(
        self,
        rpc: RpcDispatcher,
        faults: Faults,
        step: Callable[[], Awaitable[int]],
        listening: str = "127.0.0.1",
    ) -> None:
        """Build it.

        Args:
            rpc: answers.
            faults: may stand in the place of its answers; people add them over the same port.
            step: produces the next block, and returns its slot.
            listening: the address of this port; requests by another name are refused.
        """
        self._listening = listening
        self._rpc = rpc
        self._faults = faults
        self._step = step

    def application(self) -> web.Application:
        """The web application of the RPC port."""
        served, ours = web.Application(client_max_size=_MAX_BODY_BYTES), self._only_ours
        served.add_routes(
            [
                web.post("/", ours(self._post)),
                web.get("/health", ours(self._health)),
                web.get("/faults", ours(self._show_faults)),
                web.post("/faults", ours(self._add_fault)),
                web.delete("/faults", ours(self._clear_faults)),
                web.post("/step", ours(self._take_step)),
            ]
        )
        return served

    def _only_ours(self, handler: Handler) -> Handler:
        """Refuses what pages of other sites make a browser ask for.

        It is no middleware: aiohttp keeps each handler behind one forever, and with it the chain.
        """

        async def check(request: web.Request) -> web.StreamResponse:
            if why := refusal(request.method, request.headers, self._listening):
                return _text(why, HTTPStatus.FORBIDDEN)
            if request.method == "POST" and is_form(request.headers):
                return _text("application/json, please", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            return await handler(request)

        return check

    async def _post(self, request: web.Request) -> web.StreamResponse:
        try:
            asked = decode(await request.read())
        except RpcError as error:
            return _json(failure(error, None))
        fault = self._take_fault(methods_of(asked))
        if fault is not None and fault.fault == "stall_answer":
            await asyncio.sleep(fault.seconds or 0)
        elif fault is not None and fault.fault != "cut_json":
            return _refusal(fault)
        answer = self._rpc.answer(asked) or b""
        cut = fault is not None and fault.fault == "cut_json"
        return _json(answer[: len(answer) // 2] if cut else answer)

    def _take_fault(self, methods: list[str]) -> Fault | None:
        """The first fault that any method of the request matches."""
        found = (self._faults.take(*HTTP, method=method) for method in methods or [""])
        return next((fault for fault in found if fault is not None), None)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _show_faults(self, _request: web.Request) -> web.Response:
        return _json(msgspec.json.encode(self._faults.armed))

    async def _add_fault(self, request: web.Request) -> web.Response:
        try:
            fault = msgspec.json.decode(await request.read(), type=Fault)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _json(msgspec.json.encode({"error": str(error)}), status=HTTPStatus.BAD_REQUEST)
        self._faults.add(fault)
        return _json(msgspec.json.encode(fault), status=HTTPStatus.CREATED)

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._faults.clear()
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _take_step(self, _request: web.Request) -> web.Response:
        return _json(msgspec.json.encode({"slot": await self._step()}))


def _json(body: bytes, status: int = HTTPStatus.OK) -> web.Response:
    return web.Response(body=body, status=status, content_type="application/json")


def _refusal(fault: Fault) -> web.Response:
    """The answer of a gateway in front of the node, which is not JSON-RPC."""
    match fault.fault:
        case "rate_limit":
            wait = _RETRY_AFTER if fault.seconds is None else fault.seconds
            return _text("Too many requests", HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": f"{wait:g}"})
        case "unauthorized":
            return _text("Unauthorized", HTTPStatus.UNAUTHORIZED)
        case "forbidden":
            return _text("Forbidden", HTTPStatus.FORBIDDEN)
        case "html":
            return web.Response(body=_PAGE, content_type="text/html")
        case _:
            return _text("Service unavailable", fault.status)


def _text(text: str, status: int, headers: dict[str, Any] | None = None) -> web.Response:
    return web.Response(text=text, status=status, headers=headers)
