"""The health of a process: named checks, run together, each with a time limit; and where it is asked for.

A small HTTP server in every process, on METRICS_PORT of METRICS_HOST, serves /metrics, /live, /ready and
/health; of bots also /health/system, every part of the whole system.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.errors import Unavailable
from domain.health import CheckResult, HealthState, unhealthy, worst_state
from runtime.clock import monotonic
from runtime.deadlines import abandon_after
from runtime.observability.metrics import event_loop_lag_seconds, exposition, memory_limit_bytes
from runtime.processes.http_server import LOOPBACK, http_server
from runtime.processes.known_hosts import KnownHosts

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The results of all checks."""

    results: tuple[tuple[str, CheckResult], ...]
    """Name and result of each check, in the order they were added."""

    @property
    def state(self) -> HealthState:
        """The worst state; healthy when nothing is checked."""
        return worst_state(result for _, result in self.results)


Check = Callable[[], Awaitable[CheckResult]]
Components = Callable[[], Awaitable[Sequence[tuple[str, CheckResult]]]]
_START = "start"
_LAG_SECONDS = 1.0
_LIMIT_FILE = Path("/sys/fs/cgroup/memory.max")
"""Of version 2 of Linux' control groups, as a container sees its own."""


class Health:
    """The checks of one process. A check that fails or takes too long is unhealthy; it never raises."""

    __slots__ = ("_checks", "_system")

    def __init__(self) -> None:
        self._checks: dict[str, tuple[Check, float]] = {}
        self._system: Components | None = None

    def add(self, name: str, check: Check, *, seconds: float = 2.0) -> None:
        """Add a check, or replace the one of this name.

        Args:
            name: of the check, for operators.
            check: answers with a state and a sentence.
            seconds: its time limit.
        """
        self._checks[name] = (check, seconds)

    def wait_for(self, what: str) -> None:
        """Be unhealthy from now on, because the process waits for `what` before it can begin."""

        async def waits() -> CheckResult:
            return unhealthy(f"waits for {what}")

        self.add(_START, waits)

    def begin(self) -> None:
        """Wait for nothing more: from now on the other checks decide."""
        self._checks.pop(_START, None)

    def show_system(self, components: Components) -> None:
        """Let /health/system show every part of the whole system, of which this process can ask."""
        self._system = components

    async def system(self) -> Report | None:
        """Every part of the whole system; None: this process cannot ask, or not yet."""
        return Report(results=tuple(await self._system())) if self._system else None

    async def report(self) -> Report:
        """Run all checks at once."""
        results = await asyncio.gather(*(_run(check, limit) for check, limit in self._checks.values()))
        return Report(results=tuple(zip(self._checks, results, strict=True)))


async def _run(check: Check, seconds: float) -> CheckResult:
    began = monotonic()
    try:
        result = await abandon_after(seconds, _result_of(check))
    except TimeoutError:
        result = _failed(f"did not answer within {seconds:g} s")
    except Unavailable:
        result = _failed("does not answer")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a result; its text might hold a secret
        result = _failed(f"failed: {type(error).__name__}")
    return replace(result, seconds=monotonic() - began)


async def _result_of(check: Check) -> CheckResult:
    return await check()


def _failed(sentence: str) -> CheckResult:
    return replace(unhealthy(sentence), has_failed=True)


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
    application = KnownHosts(_application(health), host)
    memory_limit_bytes.set(memory_limit())
    measuring = LoopLag(asyncio.get_running_loop())
    async with http_server(application, host=host, port=port):
        measuring.begin()
        try:
            yield
        finally:
            measuring.end()


def memory_limit(limit_file: Path = _LIMIT_FILE) -> int:
    """The bytes that the control group of this process may use; 0: as much as there is."""
    try:
        text = limit_file.read_text(encoding="ascii").strip()
    except OSError:
        return 0
    return int(text) if text.isdigit() else 0


class LoopLag:
    """Shows how late the event loop runs what is due, once a second, without a task of its own."""

    __slots__ = ("_loop", "_next")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._next: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Measure from now on."""
        self._next = self._loop.call_later(_LAG_SECONDS, self._measure, self._loop.time() + _LAG_SECONDS)

    def end(self) -> None:
        """Measure no more."""
        if self._next is not None:
            self._next.cancel()

    def _measure(self, due_at: float) -> None:
        event_loop_lag_seconds.set(max(0.0, self._loop.time() - due_at))
        self.begin()


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
        return _answer_of(await health.report())

    async def system(_: Request) -> Response:
        report = await health.system()
        return _answer_of(report) if report else Response(status_code=404)

    return Starlette(
        routes=[
            Route("/metrics", metrics),
            Route("/live", live),
            Route("/health", detail),
            Route("/health/system", system),
            ready_route(health),
        ]
    )


def _answer_of(report: Report) -> Response:
    """Each part with its state, why, how long the look took, and the number behind it; 503 if one is ill."""
    checks = {name: _part(found) for name, found in report.results}
    return _json({"state": report.state, "checks": checks}, _status(report.state))


def _part(found: CheckResult) -> dict[str, object]:
    part: dict[str, object] = {"state": found.state, "why": found.sentence}
    if found.seconds is not None:
        part["latency_ms"] = round(found.seconds * 1_000, 1)
    if found.figure is not None:
        part |= {"figure": found.figure, "unit": found.unit}
    return part


def _status(state: HealthState) -> int:
    return 503 if state is HealthState.UNHEALTHY else 200


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status, {"Content-Type": "application/json; charset=utf-8"})
