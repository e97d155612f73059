"""Programs that a benchmark starts: processes that end with it at the latest."""

from __future__ import annotations

import signal
import sys
from asyncio.subprocess import create_subprocess_exec
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol

from runtime.embedded.processes import parent_death_signal

Output = int | IO[bytes] | None
"""A file, DEVNULL, or None for that of the benchmark."""


class Program(Protocol):
    """What benchmarks use of a process; asyncio's Process is one."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative: ended by that signal."""
        ...

    def send_signal(self, number: int, /) -> None:
        """Send it a signal."""
        ...

    def terminate(self) -> None:
        """Ask it to end."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...

    async def wait(self) -> int:
        """Wait for its end; the exit code."""
        ...


async def start_program(
    *words: str,
    environment: Mapping[str, str],
    folder: Path | None = None,
    output: Output = None,
    errors: Output = None,
) -> Program:
    """Start `python -m WORDS`; it is killed when this process dies. Call it in the main thread.

    Args:
        words: the module and its arguments.
        environment: all of it.
        folder: where it runs; None: where the benchmark does.
        output: where it prints.
        errors: where it logs.
    """
    return await create_subprocess_exec(
        sys.executable,
        "-m",
        *words,
        cwd=folder,
        env=environment,
        stdout=output,
        stderr=errors,
        preexec_fn=parent_death_signal(signal.SIGKILL),
    )
