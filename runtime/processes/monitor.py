"""A small HTTP server in every process, on METRICS_PORT of 127.0.0.1: /metrics, /health/live and /ready."""

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
async def monitor(port: int, health: Health) -> AsyncIterator[None]:
    """Serve while the block runs; nothing is served when `port` is 0.

    Raises:
        OSError: the port is taken.
    """
    if not port:
        yield
        return
    async with http_server(_application(health), host=LOOPBACK, port=port):
        yield


def _application(health: Health) -> Starlette:
    async def metrics(_: Request) -> Response:
        return Response(exposition(), headers={"Content-Type": _TEXT})

    async def live(_: Request) -> Response:
        """An answer shows that the event loop turns; servers elsewhere are no reason to restart us."""
        return _json({"state": HealthState.HEALTHY})

    async def ready(_: Request) -> Response:
        report = await health.report()
        checks = {name: {"state": found.state, "why": found.sentence} for name, found in report.results}
        status = 503 if report.state is HealthState.UNHEALTHY else 200
        return _json({"state": report.state, "checks": checks}, status)

    return Starlette(
        routes=[Route("/metrics", metrics), Route("/health/live", live), Route("/health/ready", ready)]
    )


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, {"Content-Type": "application/json; charset=utf-8"})
