from __future__ import annotations

import socket

import aiohttp
import pytest

from domain.health import CheckResult, healthy, unhealthy
from runtime.embedded.ports import free_port
from runtime.processes.health import Health
from runtime.processes.monitor import monitor

pytestmark = pytest.mark.services


async def _well() -> CheckResult:
    return healthy("fine")


async def _ill() -> CheckResult:
    return unhealthy("no answer from PostgreSQL")


async def _get(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def test_it_serves_metrics_and_health() -> None:
    health, port = Health(), free_port()
    health.add("database", _well)
    async with monitor(port, health):
        assert "whale_watcher_delivery_latency_seconds" in (await _get(port, "/metrics"))[1]
        assert await _get(port, "/live") == (200, '{"state": "healthy"}')
        assert await _get(port, "/ready") == (200, '{"state": "healthy"}')
        status, text = await _get(port, "/health")
    assert status == 200
    assert "fine" in text


async def test_an_unhealthy_process_is_alive_and_not_ready() -> None:
    health, port = Health(), free_port()
    health.add("database", _ill)
    async with monitor(port, health):
        assert (await _get(port, "/live"))[0] == 200
        assert await _get(port, "/ready") == (503, '{"state": "unhealthy"}')  # no detail for strangers
        status, text = await _get(port, "/health")
    assert status == 503
    assert "no answer from PostgreSQL" in text


async def test_a_process_that_waits_for_a_server_is_alive_and_says_what_it_waits_for() -> None:
    health, port = Health(), free_port()
    health.wait_for("PostgreSQL")
    async with monitor(port, health):
        assert (await _get(port, "/live"))[0] == 200
        assert (await _get(port, "/ready"))[0] == 503
        assert "waits for PostgreSQL" in (await _get(port, "/health"))[1]
        health.begin()
        assert (await _get(port, "/ready"))[0] == 200


async def test_it_listens_where_it_is_told_to_and_on_loopback_otherwise() -> None:
    port = free_port()
    async with monitor(port, Health(), host="127.0.0.2"):
        with pytest.raises(aiohttp.ClientError):
            await _get(port, "/live")
        async with aiohttp.ClientSession() as session:
            assert (await session.get(f"http://127.0.0.2:{port}/live")).status == 200


async def test_port_0_serves_nothing() -> None:
    async with monitor(0, Health()):
        pass


async def test_a_taken_port_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with monitor(taken.getsockname()[1], Health()):
            pass
