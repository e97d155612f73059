"""The programs are started with the settings of a fresh installation."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from sandbox.check.system import last_output, settings_of
from sandbox.local import LocalConfig, LocalSandbox

STARTER = """
import asyncio, sys
from pathlib import Path
from types import SimpleNamespace
from sandbox.check.system import start_system

async def main(home):
    (home / "python").write_text("#!/bin/sh\\nexec sleep 60\\n")
    (home / "python").chmod(0o700)
    sys.executable = str(home / "python")
    chain = SimpleNamespace(rpc_url="http://127.0.0.1:1", ws_url="ws://127.0.0.1:2")
    telegram = SimpleNamespace(url="http://127.0.0.1:3")
    process = await start_system(SimpleNamespace(chain=chain, telegram=telegram, example_wallets=""), home)
    print(process.pid, flush=True)
    await process.wait()

asyncio.run(main(Path(sys.argv[1])))
"""
"""Starts a system that is no more than `sleep`."""


def test_the_system_of_a_killed_run_ends_with_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as run:
        assert run.stdout is not None
        system = psutil.Process(int(run.stdout.readline()))
        run.kill()
    assert system not in psutil.wait_procs([system], timeout=10)[1]


@pytest.mark.enable_socket
async def test_the_programs_use_the_sandbox_and_the_defaults_of_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COALESCE_SECONDS", "1")
    async with LocalSandbox(LocalConfig(active=False)) as sandbox:
        settings = settings_of(sandbox, tmp_path)
        assert [url.reveal() for url in settings.rpc_urls] == [sandbox.chain.rpc_url]
        assert settings.telegram_api_url == sandbox.telegram.url
    assert settings.coalesce_seconds == 3.0
    assert settings.data_dir == tmp_path


def test_the_end_of_the_log_is_shown(tmp_path: Path) -> None:
    assert last_output(tmp_path) == ""
    (tmp_path / "run.log").write_text("\n".join(str(number) for number in range(20)))
    assert last_output(tmp_path, lines=2) == "18\n19"
