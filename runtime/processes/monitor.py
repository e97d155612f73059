"""A small HTTP server in every process, on METRICS_HOST:METRICS_PORT: /live, /ready, /health and /metrics."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.health import HealthState
from runtime.observability.metrics import exposition
from runtime.processes.health import Health
from runtime.processes.http_server import LOOPBACK, http_server

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@asynccontextmanager
async def monitor(port: int, health: Health, *, host: str = LOOPBACK) -> AsyncIterator[None]:
    """Serve while the block runs; nothing is served when `port` is 0.

    Args:
        port: to listen on.
        health: what /ready and /health ask.
        host: the address to listen on.

    Raises:
        OSError: the port is taken.
    """
    if not port:
        yield
        return
    async with http_server(_application(health), host=host, port=port):
        yield


def ready_route(health: Health) -> Route:
    """/ready: 200 while the process can do its work, else 503; what is wrong stays inside."""

    async def ready(_: Request) -> Response:
        state = (await health.report()).state
        return _json({"state": state}, _status(state))

    return Route("/ready", ready)


def _application(health: Health) -> Starlette:
    async def metrics(_: Request) -> Response:
        return Response(exposition(), headers={"Content-Type": _TEXT})

    async def live(_: Request) -> Response:
        """An answer shows that the event loop turns; servers elsewhere are no reason to restart us."""
        return _json({"state": HealthState.HEALTHY})

    async def detail(_: Request) -> Response:
        report = await health.report()
        checks = {name: {"state": found.state, "why": found.sentence} for name, found in report.results}
        return _json({"state": report.state, "checks": checks}, _status(report.state))

    return Starlette(
        routes=[
            Route("/metrics", metrics),
            Route("/live", live),
            Route("/health", detail),
            ready_route(health),
        ]
    )


def _status(state: HealthState) -> int:
    return 503 if state is HealthState.UNHEALTHY else 200


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, {"Content-Type": "application/json; charset=utf-8"})
