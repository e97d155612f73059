from __future__ import annotations

import os
from pathlib import Path

import psutil

from runtime.processes.pid_file import PidFile


def test_it_finds_who_is_still_alive(tmp_path: Path) -> None:
    pid_file = PidFile(tmp_path / "run.json")
    assert pid_file.living() == []
    pid_file.write({"me": os.getpid(), "nobody": 2**22 + 1})
    assert pid_file.living() == [psutil.Process(os.getpid())]


def test_a_later_process_with_the_same_id_is_a_stranger(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(f'{{"old": {{"pid": {os.getpid()}, "born": 1000.0}}}}')
    assert PidFile(file).living() == []


def test_a_damaged_file_names_nobody(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_bytes(b"{\xff")
    assert PidFile(file).living() == []


def test_a_folder_that_cannot_be_written_costs_only_the_memory(tmp_path: Path) -> None:
    PidFile(tmp_path / "missing" / "run.json").write({"me": os.getpid()})
