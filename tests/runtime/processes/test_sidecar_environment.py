"""Commands beside a running system get what it provides."""

import stat
import sys
from pathlib import Path

import pytest

from runtime.processes.sidecar_environment import FILE, provided, remove_provided, run_sidecar, write_provided


def test_what_is_noted_is_read_by_its_owner_alone_and_forgotten(tmp_path: Path) -> None:
    write_provided(tmp_path, {"DATABASE_URL": "postgresql://one"})
    write_provided(tmp_path, {"DATABASE_URL": "postgresql://two"})
    assert provided(tmp_path) == {"DATABASE_URL": "postgresql://two"}
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    remove_provided(tmp_path)
    remove_provided(tmp_path)
    assert provided(tmp_path) == {}


@pytest.mark.parametrize("content", ["", "{", "[]", "7"])
def test_a_file_that_is_none_provides_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    assert provided(tmp_path) == {}


def test_a_command_runs_with_it_and_its_exit_code_is_passed_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "import os, sys; print(os.environ['REDIS_URL'], *sys.argv[1:]); sys.exit(7)"
    (tmp_path / "spoken.py").write_text(module, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    write_provided(tmp_path, {"REDIS_URL": "redis://here"})
    assert sys.executable
    assert run_sidecar(tmp_path, ["spoken", "a word"]) == 7
    assert capfd.readouterr().out == "redis://here a word\n"
