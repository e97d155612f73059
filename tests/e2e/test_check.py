"""`python -m sandbox check`, as whoever wants to see the whole system prove itself runs it."""

import asyncio
import os
import re
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.services, pytest.mark.timeout(90)]

ROOT = Path(__file__).parents[2]
LIVE_SECONDS = 60.0
REPLAY_SECONDS = 85.0


@pytest.mark.measures
async def test_the_live_scenario_is_complete_within_a_minute_and_its_files_are_private(
    tmp_path: Path,
) -> None:
    written = _Written(tmp_path)
    async with asyncio.TaskGroup() as tasks:
        inspecting = tasks.create_task(written.inspect())
        output = await _checked([], seconds=LIVE_SECONDS, TMPDIR=str(tmp_path))
        inspecting.cancel()
    assert {"postgres", "valkey", "log", "run.json", "bot.log", "postgres.log"} <= written.names
    assert written.open_to_others == {}
    assert "messages: 50 as expected, 0 missing, 0 surplus" in output
    assert re.search(r"block produced → message accepted: p50 \d+ ms, p95 \d+ ms over 50", output)
    assert "Bob presses" in output


@pytest.mark.ledger
async def test_alerts_of_recorded_transactions_are_complete(ledger_dir: Path) -> None:
    output = await _checked(["--replay", str(ledger_dir)], seconds=REPLAY_SECONDS)
    assert re.search(r"messages: [1-9]\d+ as expected, 0 missing, 0 surplus", output)


class _Written:
    """What stood in the data folder of the system while it ran, and what others could read of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.names: set[str] = set()
        self.open_to_others: dict[str, str] = {}

    async def inspect(self) -> None:
        while True:
            await asyncio.sleep(0.3)
            await asyncio.to_thread(self._inspect_once)

    def _inspect_once(self) -> None:
        for parent, folders, files in os.walk(self._folder):
            for name in (*folders, *files):
                self._note(Path(parent, name))

    def _note(self, path: Path) -> None:
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            return
        self.names.add(path.name)
        if not stat.S_ISLNK(mode) and mode & 0o077:
            self.open_to_others[str(path.relative_to(self._folder))] = stat.filemode(mode)


async def _checked(arguments: Sequence[str], *, seconds: float, **environment: str) -> str:
    """Return what the check says; it ends by itself, in time and content."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", "check", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        | environment,
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    assert process.returncode == 0, output.decode()
    return output.decode()
