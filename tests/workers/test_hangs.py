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
from tests.hanging import hanging
from tests.storage.sample_data import WHALE, follow
from tests.workers.conftest import WorkerTestbed

pytestmark = [pytest.mark.services, pytest.mark.e2e]

_SILENT = 7.5
"""Longer than a worker waits for a job at a time."""
_ALERT_SECONDS = 5.0
"""Within which an alert is sent without Redis."""


@pytest.mark.parametrize("name", ["dispatcher", "notifications"])
async def test_an_outage_of_both_servers_restarts_nothing_and_a_stopped_process_is_killed(
    testbed: WorkerTestbed, tmp_path: Path, name: str
) -> None:
    log_text = io.StringIO()
    silence = SilenceLimits(start=60, silent=_SILENT, grace=0.5, poll=0.05)
    async with AsyncExitStack() as stack:
        postgres, valkey = EmbeddedPostgres(tmp_path), EmbeddedValkey(tmp_path, durable=False)
        for server in (postgres, valkey):
            await server.start()
            stack.push_async_callback(server.stop)
        await asyncio.to_thread(apply_migrations, postgres.url)
        settings = {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "INSTANCE_ID": name}
        child = Child(
            Program(name=name, arguments=("-m", "workers", name), silence=silence),
            testbed.environment | settings,
            Console(log_text, [name]),
            LogFile(tmp_path / "log", Redactor()),
        )
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        tasks.create_task(child.keep_running())
        await _until_said(log_text, "Ready")
        pid = child.pid
        assert pid is not None
        await postgres.stop()
        await valkey.stop()
        await asyncio.sleep(2 * _SILENT)
        assert child.pid == pid
        assert "hangs" not in log_text.getvalue()
        os.kill(pid, signal.SIGSTOP)
        await _until_said(log_text, "was ended by SIGKILL")
        assert "hangs: no sign of life" in log_text.getvalue()
        child.ask_to_stop()
        child.kill()


async def test_a_redis_that_hangs_holds_up_no_alert_and_is_used_again_afterwards(
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
