from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from runtime.processes.entry import log_style
from runtime.settings.loading import load_settings

_ROOT = Path(__file__).parents[3]
_PROGRAM = """
import logging, sys
from runtime.processes.entry import start
async def main(settings, stop):
    logging.getLogger("x").info("up with %s", settings.database_url.reveal())
sys.exit(start(sys.argv[1], main))
"""


_FAULTY = """
import sys, threading
from runtime.processes.entry import start
def fail(dsn):
    raise ValueError(dsn)
class Gone:
    def __del__(self):
        fail("postgresql://whale:planted@db/x")
async def main(settings, stop):
    thread = threading.Thread(target=fail, args=[settings.database_url.reveal()], name="ears")
    thread.start()
    thread.join()
    Gone()
start("storage", main)
fail("postgresql://whale:planted@db/x")
"""


def _run(
    program: str, folder: Path, code: str = _PROGRAM, **environ: str
) -> subprocess.CompletedProcess[str]:
    environ |= {"PYTHONPATH": str(_ROOT), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", code, program]
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=20, check=False
    )


def test_a_program_starts_with_its_settings_and_logs_without_secrets(tmp_path: Path) -> None:
    done = _run("storage", tmp_path, DATABASE_URL="postgresql://whale:planted@db/x", INSTANCE_ID="storage-1")
    assert done.returncode == 0
    assert "INFO storage-1 x: up with postgresql://whale:***@db/x" in done.stderr


def test_what_nobody_catches_is_a_line_without_secrets(tmp_path: Path) -> None:
    done = _run("storage", tmp_path, _FAULTY, DATABASE_URL="postgresql://whale:planted@db/x")
    in_thread, deleted, uncaught = [line for line in done.stderr.splitlines() if "ValueError" in line]
    assert "ERROR" in in_thread
    assert "ERROR" in deleted
    assert "thread ears" in in_thread
    assert "CRITICAL" in uncaught
    for line in (in_thread, deleted, uncaught):
        assert "ValueError: postgresql://whale:***@db/x" in line
    assert "planted" not in done.stderr
    assert done.returncode == 1


def test_all_mistakes_are_printed_and_nothing_starts(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=x\nRPC_URL=y\n")
    done = _run("storage", tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "2 mistakes in the settings (.env or the environment):",
        "  - RPC_URL is no setting. Did you mean RPC_URLS?",
        "  - PORT must be a whole number from 1 to 65535",
    ]


def test_what_a_program_requires_is_printed(tmp_path: Path) -> None:
    done = _run("dispatcher", tmp_path)
    assert done.returncode == 2
    assert "DATABASE_URL must be set for dispatcher" in done.stderr
    assert "REDIS_URL must be set for dispatcher" in done.stderr


def test_an_instance_named_after_its_program_says_both() -> None:
    assert log_style("bot", load_settings({"INSTANCE_ID": "bot-1"})).source == "bot-1"
    assert log_style("bot", load_settings({"INSTANCE_ID": "host-7"})).source == "bot/host-7"
