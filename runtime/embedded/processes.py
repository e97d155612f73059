"""Starts children that die with their parent, and finds those that an earlier run left behind."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

from runtime.embedded.errors import EmbeddedError

_PR_SET_PDEATHSIG = 1


def dies_with_parent(signal_number: int) -> Callable[[], None]:
    """What a child calls before it becomes its program, so that it gets a signal when its parent dies.

    Linux sends it when the thread that started the child ends: start children from the main thread.
    Elsewhere this does nothing, and leftovers are stopped at the next start.
    """
    parent = os.getpid()
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
