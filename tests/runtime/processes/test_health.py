from __future__ import annotations

import asyncio
import json
import socket
import time
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from domain.health import CheckResult, HealthState, degraded, healthy, unhealthy
from runtime.embedded.ports import free_port
from runtime.observability.metrics import REGISTRY
from runtime.processes.health import Health, memory_limit, monitor


async def _well() -> CheckResult:
    return healthy("answers in 2 ms")


async def _limping() -> CheckResult:
    return degraded("on the spare node")


async def _failing() -> CheckResult:
    raise ConnectionError("redis://:secret@host refused")


async def _hanging() -> CheckResult:
    await asyncio.Event().wait()
    return unhealthy("never said")


async def test_nothing_to_check_is_healthy() -> None:
    assert (await Health().report()).state is HealthState.HEALTHY


async def test_the_worst_finding_is_the_state_of_the_whole() -> None:
    health = Health()
    health.add("a", _well)
    health.add("b", _limping)
    assert (await health.report()).state is HealthState.DEGRADED
    health.add("c", _failing)
    assert (await health.report()).state is HealthState.UNHEALTHY


async def test_a_check_that_fails_is_unhealthy_and_its_words_are_not_shown() -> None:
    health = Health()
    health.add("redis", _failing)
    report = await health.report()
    assert report.results == (("redis", unhealthy("failed: ConnectionError")),)


async def test_a_check_that_hangs_is_unhealthy_in_time() -> None:
    health = Health()
    health.add("node", _hanging, seconds=0.01)
    assert (await health.report()).results == (("node", unhealthy("did not answer within 0.01 s")),)


async def _monitor_well() -> CheckResult:
    return healthy("fine")


async def _ill() -> CheckResult:
    return unhealthy("no answer from PostgreSQL")


async def _get(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


@pytest.mark.services
async def test_it_serves_metrics_and_health() -> None:
    health, port = Health(), free_port()
    health.add("database", _monitor_well)
    async with monitor(port, health):
        assert "whale_watcher_delivery_latency_seconds" in (await _get(port, "/metrics"))[1]
        assert await _get(port, "/live") == (200, '{"state": "healthy"}')
        assert await _get(port, "/ready") == (200, '{"state": "healthy"}')
        status, text = await _get(port, "/health")
    assert status == 200
    assert "fine" in text


async def _whole_system() -> list[tuple[str, CheckResult]]:
    return [
        ("Deliveries", replace(degraded("3 queued").measured(31.0, "seconds"), seconds=0.0021)),
        ("Memory", healthy("the largest has 90 MiB")),
    ]


@pytest.mark.services
async def test_a_process_that_can_ask_shows_every_part_of_the_system_with_latency_and_figure() -> None:
    health, port = Health(), free_port()
    async with monitor(port, health):
        assert (await _get(port, "/health/system"))[0] == 404
        health.show_system(_whole_system)
        status, text = await _get(port, "/health/system")
    assert (status, json.loads(text)) == (
        200,
        {
            "state": "degraded",
            "checks": {
                "Deliveries": {
                    "state": "degraded",
                    "why": "3 queued",
                    "latency_ms": 2.1,
                    "figure": 31.0,
                    "unit": "seconds",
                },
                "Memory": {"state": "healthy", "why": "the largest has 90 MiB"},
            },
        },
    )


@pytest.mark.services
async def test_an_unhealthy_process_is_alive_and_not_ready() -> None:
    health, port = Health(), free_port()
    health.add("database", _ill)
    async with monitor(port, health):
        assert (await _get(port, "/live"))[0] == 200
        assert await _get(port, "/ready") == (503, '{"state": "unhealthy"}')  # no detail for strangers
        status, text = await _get(port, "/health")
    assert status == 503
    assert "no answer from PostgreSQL" in text


@pytest.mark.services
async def test_a_process_that_waits_for_a_server_is_alive_and_says_what_it_waits_for() -> None:
    health, port = Health(), free_port()
    health.wait_for("PostgreSQL")
    async with monitor(port, health):
        assert (await _get(port, "/live"))[0] == 200
        assert (await _get(port, "/ready"))[0] == 503
        assert "waits for PostgreSQL" in (await _get(port, "/health"))[1]
        health.begin()
        assert (await _get(port, "/ready"))[0] == 200


@pytest.mark.services
async def test_it_listens_where_the_setting_says_and_on_loopback_otherwise() -> None:
    port = free_port()
    async with monitor(port, Health(), host="127.0.0.2"):
        with pytest.raises(aiohttp.ClientError):
            await _get(port, "/live")
        async with aiohttp.ClientSession() as session:
            assert (await session.get(f"http://127.0.0.2:{port}/live")).status == 200


@pytest.mark.services
async def test_port_0_serves_nothing() -> None:
    async with monitor(0, Health()):
        pass


@pytest.mark.services
async def test_a_taken_port_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with monitor(taken.getsockname()[1], Health()):
            pass


async def test_an_event_loop_that_is_blocked_shows_by_how_much() -> None:
    async with monitor(free_port(), Health()):
        await asyncio.sleep(0.9)
        time.sleep(0.4)  # noqa: ASYNC251 - holds up the loop, which is what is measured
        await asyncio.sleep(0.05)
        lag = REGISTRY.get_sample_value("whale_watcher_event_loop_lag_seconds")
    assert lag is not None
    assert 0.1 < lag < 5


def test_the_limit_of_memory_is_that_of_the_container(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    assert memory_limit(limit) == 0
    limit.write_text("268435456\n")
    assert memory_limit(limit) == 268_435_456
    limit.write_text("max\n")
    assert memory_limit(limit) == 0
