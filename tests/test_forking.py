"""Programs that are forked behave as those that `python -m` starts."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.forking import CLOCK_AHEAD, ForkedProgram, piped

ROOT = Path(__file__).parents[1]
_DYING_TESTS = """
import os, signal
from tests.forking import ROOT, ForkedProgram
quiet = os.open(os.devnull, os.O_WRONLY)
print(ForkedProgram(["sandbox"], dict(os.environ), ROOT, (quiet, quiet)).pid, flush=True)
signal.pause()
"""
_FORKING_TESTS = """
import os, psutil
from tests.forking import ROOT, ForkedProgram, begin_to_fork
begin_to_fork()
quiet = os.open(os.devnull, os.O_WRONLY)
for _ in range(2):
    if not os.fork():
        program = ForkedProgram(["sandbox"], dict(os.environ), ROOT, (quiet, quiet))
        print(psutil.Process(program.pid).ppid(), flush=True)
        program.kill()
        os._exit(0)
    os.wait()
"""


async def _said(program: ForkedProgram) -> str:
    assert program.stdout is not None
    async with asyncio.timeout(20):
        return (await program.stdout.read()).decode()


async def test_its_output_and_its_exit_code_can_be_read() -> None:
    program = await piped(["workers", "nonsense"], {}, ROOT, None)
    assert "usage: python -m workers {dispatcher," in await _said(program)
    assert await program.ended() == 2


async def test_it_knows_its_own_environment_alone(tmp_path: Path) -> None:
    program = await piped(["runtime", "check"], {"TELEGRAM_RATE": "-1"}, tmp_path, None)
    assert "TELEGRAM_RATE" in await _said(program)
    assert await program.ended() != 0


async def test_it_leads_a_session_of_its_own_and_dies_by_a_signal(tmp_path: Path) -> None:
    environment = {
        "CHAIN": "sandbox",
        "RPC_URLS": "http://127.0.0.1:9",
        "DATABASE_URL": "postgresql://u:p@127.0.0.1:9/x",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "METRICS_PORT": "0",  # any that is free: other tests run programs, too
    }
    with (tmp_path / "log").open("wb") as log:
        program = ForkedProgram(["scanner"], environment, ROOT, (log.fileno(), log.fileno()))
    async with asyncio.timeout(20):
        while os.getsid(program.pid) != program.pid:  # noqa: ASYNC110 - a process is watched
            await asyncio.sleep(0.01)
    program.kill()
    assert await program.ended() == -signal.SIGKILL


@pytest.mark.parametrize("ahead", [3_600, -3_600])
async def test_its_clock_may_be_wrong_but_waits_take_as_long_as_ever(tmp_path: Path, ahead: int) -> None:
    reads = "time.time(), datetime.now(UTC).timestamp()"
    code = f"import time\nfrom datetime import UTC, datetime\nprint({reads})\nbegan = time.monotonic()"
    (tmp_path / "clock.py").write_text(f"{code}\ntime.sleep(0.1)\nprint(time.monotonic() - began)")
    program = await piped(["clock"], {CLOCK_AHEAD: str(ahead)}, tmp_path, None)
    *clocks, waited = map(float, (await _said(program)).split())
    assert all(abs(clock - time.time() - ahead) < 60 for clock in clocks)
    assert 0.1 <= waited < 10
    assert await program.ended() == 0


async def test_it_ends_with_the_tests_however_they_end() -> None:
    tests = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _DYING_TESTS), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert tests.stdout is not None
    program = int(await tests.stdout.readline())
    assert psutil.pid_exists(program)
    tests.kill()
    async with asyncio.timeout(20):
        while psutil.pid_exists(program):  # noqa: ASYNC110 - a process is watched
            await asyncio.sleep(0.01)


async def test_forks_of_the_tests_use_what_their_parent_began() -> None:
    tests = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _FORKING_TESTS), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    async with asyncio.timeout(20):
        output, _ = await tests.communicate()
    first, second = output.split()
    assert first == second
