"""A small OTLP receiver on loopback: keeps the spans that programs send."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from runtime.embedded.ports import free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One span, as it came."""

    program: str
    trace_id: str
    span_id: str
    parent_id: str
    name: str
    attributes: dict[str, str | int]
    seconds: float
    error: str


class Collector:
    """Takes OTLP by POST."""

    def __init__(self) -> None:
        self.port = free_port()
        self.spans: list[Received] = []
        self._news = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/traces"

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        body = gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body
        async with self._news:
            self.spans += _spans(ExportTraceServiceRequest.FromString(body))
            self._news.notify_all()
        return web.Response(
            body=ExportTraceServiceResponse().SerializeToString(), content_type="application/x-protobuf"
        )

    async def whole_trace(self, *names: str, seconds: float = 20.0) -> list[Received]:
        """The spans of a trace that has one of each of these names, once there is one."""
        async with asyncio.timeout(seconds), self._news:
            while True:
                for trace_id in {one.trace_id for one in self.spans}:
                    found = [one for one in self.spans if one.trace_id == trace_id]
                    if set(names) <= {one.name for one in found}:
                        return found
                await self._news.wait()


def _spans(request: ExportTraceServiceRequest) -> list[Received]:
    return [
        Received(
            program=str(_plain(group.resource.attributes)["service.name"]),
            trace_id=span.trace_id.hex(),
            span_id=span.span_id.hex(),
            parent_id=span.parent_span_id.hex(),
            name=span.name,
            attributes=_plain(span.attributes),
            seconds=(span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
            error=span.status.message,
        )
        for group in request.resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    ]


def _plain(pairs: Iterable[KeyValue]) -> dict[str, str | int]:
    return {one.key: one.value.string_value or one.value.int_value for one in pairs}


@asynccontextmanager
async def collector() -> AsyncIterator[Collector]:
    """One that listens until the end of the block."""
    taking = Collector()
    application = web.Application()
    application.router.add_post("/v1/traces", taking.take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", taking.port).start()
    try:
        yield taking
    finally:
        await runner.cleanup()


def is_connected(spans: list[Received]) -> bool:
    """Return whether one span is the first, and each other one hangs on it."""
    (first,) = {one.span_id for one in spans if not one.parent_id}
    return all(one.parent_id in ("", first) for one in spans)
