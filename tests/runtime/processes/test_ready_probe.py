from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from runtime.embedded.ports import free_port
from runtime.processes.health import Health, monitor

pytestmark = pytest.mark.services

ROOT = Path(__file__).parents[3]


async def _probe(port: int) -> int:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-S", "-m", "runtime.processes.ready_probe"),
        env=os.environ | {"METRICS_PORT": str(port)},
        cwd=ROOT,
    )
    return await process.wait()


async def test_it_says_whether_the_program_of_this_container_can_work() -> None:
    health, port = Health(), free_port()
    assert await _probe(port) == 1
    async with monitor(port, health):
        assert await _probe(port) == 0
        health.wait_for("PostgreSQL")
        assert await _probe(port) == 1
