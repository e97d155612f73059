"""Starts children that die with their parent, and finds those that an earlier run left behind.

A lock on a folder ends with its process, however that ends. The supervisor's children stand in a file of
process ids, and the next start stops what is left.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec
import psutil

from runtime.embedded.engine import EmbeddedError, InUseError

_PR_SET_PDEATHSIG = 1


class FileLock:
    """Held by one process at a time. The kernel drops it when the process ends, so it is never stale."""

    __slots__ = ("_file", "_handle")

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle: int | None = None

    def take(self) -> None:
        """Take the lock and write our process id into its file; nothing happens when we hold it already.

        Raises:
            InUseError: another process holds it; the text names its id.
            OSError: the file cannot be made.
        """
        if self._handle is not None:
            return
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 32).decode("ascii", "replace").strip()
            os.close(handle)
            raise InUseError(f"{self._file.parent} is in use by process {holder or 'unknown'}.") from None
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle

    def release(self) -> None:
        """Let others take it; nothing happens when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def parent_death_signal(signal_number: int, parent: int | None = None) -> Callable[[], None]:
    """Return what a child calls before it becomes its program, so that it gets a signal when its parent dies.

    Linux sends it when the thread that started the child ends: start children from the main thread.
    Elsewhere this does nothing, and leftovers are stopped at the next start.

    Args:
        signal_number: what it gets.
        parent: its parent's process id; None: this process.
    """
    parent = parent or os.getpid()
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal_number)

    return arm


def leftovers(names: frozenset[str], folder: Path) -> list[psutil.Process]:
    """Living processes of these names whose working folder is `folder`: servers of an earlier run."""
    found = []
    for process in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.Error, OSError):
            if process.info["name"] in names and Path(process.cwd()) == folder:
                found.append(process)
    return found


def stop_processes(processes: Iterable[psutil.Process], signal_number: int, timeout: float) -> None:
    """Ask processes to end by a signal, wait, and kill what remains. Returns when all are gone.

    Args:
        processes: which.
        signal_number: the signal that asks them to end.
        timeout: seconds to wait before killing.
    """
    asked = list(processes)
    _send(asked, signal_number)
    _, alive = psutil.wait_procs(asked, timeout=timeout)
    _send(alive, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=timeout)


def _send(processes: Iterable[psutil.Process], number: int) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def run_command(command: list[str], *, folder: Path, stdin: str = "", timeout: float = 60) -> tuple[int, str]:
    """Run a command to its end: its exit code and its output.

    Args:
        command: program and arguments.
        folder: where it runs.
        stdin: what it reads.
        timeout: seconds that it may take.

    Raises:
        subprocess.TimeoutExpired: it took longer than `timeout` seconds and was killed.
    """
    done = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=folder,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout


def package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it.

    Raises:
        EmbeddedError: it is not installed.
    """
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"The package {name} is not installed. Run `make setup`.")
    return Path(spec.origin).parent


class _Entry(msgspec.Struct, frozen=True):
    """`{"pid":4711,"created_at":1764435787.25}`."""

    pid: int
    created_at: float
    """When the process started, in Unix seconds: it differs from a later process with the same id."""


class PidFile:
    """The file with the process ids."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def write(self, pids: Mapping[str, int]) -> None:
        """Write who runs. An error is ignored: the file only helps the next start."""
        entries = {}
        for name, pid in pids.items():
            with contextlib.suppress(psutil.Error):
                entries[name] = _Entry(pid=pid, created_at=psutil.Process(pid).create_time())
        new = self._file.with_suffix(".new")
        with contextlib.suppress(OSError):
            new.write_bytes(msgspec.json.encode(entries))
            new.replace(self._file)

    def living(self) -> list[psutil.Process]:
        """The processes in the file that are still alive."""
        try:
            entries = msgspec.json.decode(self._file.read_bytes(), type=dict[str, _Entry])
        except (OSError, msgspec.MsgspecError):
            return []
        found = []
        for entry in entries.values():
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(entry.pid)
                if abs(process.create_time() - entry.created_at) < 1:
                    found.append(process)
        return found
