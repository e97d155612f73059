"""A small HTTP server in every process, on METRICS_PORT of 127.0.0.1: /metrics, /health/live and /ready."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from domain.health import HealthState
from runtime.observability.metrics import exposition
from runtime.processes.health import Health

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
    runner = web.AppRunner(_application(health), handle_signals=False, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()


def _application(health: Health) -> web.Application:
    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=exposition(), headers={"Content-Type": _TEXT})

    async def live(_: web.Request) -> web.Response:
        """An answer shows that the event loop turns; servers elsewhere are no reason to restart us."""
        return web.json_response({"state": HealthState.HEALTHY})

    async def ready(_: web.Request) -> web.Response:
        report = await health.report()
        checks = {name: {"state": found.state, "why": found.sentence} for name, found in report.results}
        status = 503 if report.state is HealthState.UNHEALTHY else 200
        return web.json_response({"state": report.state, "checks": checks}, status=status)

    application = web.Application()
    application.add_routes(
        [web.get("/metrics", metrics), web.get("/health/live", live), web.get("/health/ready", ready)]
    )
    return application
