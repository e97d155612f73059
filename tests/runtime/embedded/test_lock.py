from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.embedded.errors import InUseError
from runtime.embedded.lock import FileLock

_HOLD = """
import sys, time
from pathlib import Path
from runtime.embedded.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
lock.take()
print("held", flush=True)
time.sleep(60)
"""


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
