"""`python -m runtime check`, as a process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def _check(folder: Path, command: str = "check", **environ: str) -> subprocess.CompletedProcess[str]:
    environ |= {"PYTHONPATH": str(_ROOT), "PATH": os.environ["PATH"]}
    arguments = [sys.executable, "-m", "runtime", command]
    return subprocess.run(
        arguments, cwd=folder, env=environ, capture_output=True, text=True, timeout=20, check=False
    )


def test_check_shows_the_settings_without_secrets(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://whale:planted@db/x\nPORT=81\n")
    done = _check(tmp_path, RPC_URLS="https://rpc.example.org/?api-key=planted")
    assert done.returncode == 0
    assert re.search(r"^PORT +81$", done.stdout, re.MULTILINE)
    assert "https://rpc.example.org/?api-key=***" in done.stdout
    assert "`make run` provides Valkey, a sandbox Telegram." in done.stdout
    assert "planted" not in done.stdout + done.stderr


def test_check_prints_all_mistakes_and_fails(tmp_path: Path) -> None:
    done = _check(tmp_path, BOT_TOKEN="planted", PORT="0", RPC_URL="https://rpc.example.org")
    assert done.returncode == 1
    assert done.stderr.startswith("3 mistakes in the settings")
    assert "planted" not in done.stderr


def test_run_with_mistakes_starts_nothing(tmp_path: Path) -> None:
    done = _check(tmp_path, "run", PORT="0")
    assert done.returncode == 1
    assert "1 mistake in the settings" in done.stderr
    assert not (tmp_path / ".data").exists()


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    done = _check(tmp_path, "fly")
    assert done.returncode == 2
    assert "invalid choice: 'fly'" in done.stderr
