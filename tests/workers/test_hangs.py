"""A real worker under supervision: an outage of both servers restarts nothing, a hanging one is killed."""

import asyncio
import io
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.valkey import EmbeddedValkey
from runtime.observability.logs import Redactor
from runtime.processes.child import Child
from runtime.processes.console import Console, LogFile
from runtime.processes.programs import Program
from runtime.processes.watchdog import SilenceLimits
from storage.migrate import apply_migrations
from tests.forking import start_forked
from tests.hanging import hanging
from tests.storage.sample_data import WHALE, follow
from tests.workers.conftest import WorkerTestbed

pytestmark = [pytest.mark.services, pytest.mark.e2e]

_SILENT = 7.5
"""Longer than a worker waits for a job at a time."""
_ALERT_SECONDS = 5.0
"""Within which an alert is sent without Redis."""


async def test_an_outage_of_both_servers_restarts_nothing_and_a_stopped_process_is_killed(
    testbed: WorkerTestbed, tmp_path: Path
) -> None:
    names = ("dispatcher", "notifications")
    async with AsyncExitStack() as stack:
        postgres, valkey = EmbeddedPostgres(tmp_path), EmbeddedValkey(tmp_path, durable=False)
        for server in (postgres, valkey):
            await server.start()
            stack.push_async_callback(server.stop)
        await asyncio.to_thread(apply_migrations, postgres.url)
        environment = testbed.environment | {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url}
        logs = {name: io.StringIO() for name in names}
        children = {name: _child(name, environment, logs[name], tmp_path) for name in names}
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        for name, child in children.items():
            tasks.create_task(child.keep_running())
            await _until_said(logs[name], "Ready")
        pids = {name: child.pid for name, child in children.items()}
        await postgres.stop()
        await valkey.stop()
        await asyncio.sleep(2 * _SILENT)
        assert {name: child.pid for name, child in children.items()} == pids
        assert not [name for name in names if "hangs" in logs[name].getvalue()]
        for pid in pids.values():
            assert pid is not None
            os.kill(pid, signal.SIGSTOP)
        for name, child in children.items():
            await _until_said(logs[name], "was ended by SIGKILL")
            assert "hangs: no sign of life" in logs[name].getvalue()
            child.ask_to_stop()
            child.kill()


def _child(name: str, environment: dict[str, str], log: io.StringIO, folder: Path) -> Child:
    silence = SilenceLimits(start=60, silent=_SILENT, grace=0.5, poll=0.05)
    return Child(
        Program(name=name, arguments=("-m", "workers", name), silence=silence),
        environment | {"INSTANCE_ID": name},
        Console(log, [name]),
        LogFile(folder / f"{name}.log", Redactor()),
        start=start_forked,
    )


async def test_scenario_22_a_redis_that_hangs_holds_up_no_alert_and_is_used_again_afterwards(
    testbed: WorkerTestbed, tmp_path: Path
) -> None:
    valkey = EmbeddedValkey(tmp_path / "valkey", durable=False)
    await valkey.start()
    testbed.environment["REDIS_URL"] = valkey.url
    (chat_id,) = await testbed.people(1)
    await follow(testbed.database, chat_id)
    await testbed.started("dispatcher", "notifications")
    await testbed.trades([WHALE], 1)
    await testbed.until_sent(1)
    with hanging(valkey):
        for number in (1, 2):
            async with asyncio.timeout(_ALERT_SECONDS):
                await testbed.trades([WHALE], 1, first=number)
                await testbed.until_sent(number + 1)
    async with asyncio.timeout(10):
        while "Redis answers again" not in testbed.log_text():  # noqa: ASYNC110 - a text is watched
            await asyncio.sleep(0.05)
    await testbed.trades([WHALE], 1, first=3)
    await testbed.until_sent(4)
    await valkey.stop()


async def _until_said(log_text: io.StringIO, text: str) -> None:
    async with asyncio.timeout(30):
        while text not in log_text.getvalue():  # noqa: ASYNC110 - a text is watched
            await asyncio.sleep(0.05)
