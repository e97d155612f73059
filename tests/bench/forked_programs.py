"""Programs of benchmarks, started by a fork: a second of processor sooner each."""

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path

from bench.programs import Output
from tests.forking import ROOT, ForkedProgram


class ForkedBenchProgram:
    """A program as benchmarks start them: `bench.programs.start_program`, by a fork."""

    def __init__(self, forked: ForkedProgram) -> None:
        self._forked = forked

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._forked.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative: ended by that signal."""
        return self._forked.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        self._forked.send_signal(number)

    def terminate(self) -> None:
        """Ask it to end."""
        self._forked.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._forked.kill()

    async def wait(self) -> int:
        """Wait for its end; the exit code."""
        return await self._forked.ended()


async def start_forked_of_bench(
    *words: str,
    environment: Mapping[str, str],
    folder: Path | None = None,
    output: Output = None,
    errors: Output = None,
) -> ForkedBenchProgram:
    """Return what `bench.programs.start_program` does, by a fork."""
    with Path(os.devnull).open("wb") as nowhere:  # noqa: ASYNC230 - it never blocks
        numbers = [_number(one, number, nowhere.fileno()) for number, one in enumerate((output, errors), 1)]
        return ForkedBenchProgram(ForkedProgram(words, environment, folder or ROOT, (numbers[0], numbers[1])))


def _number(output: Output, inherited: int, nowhere: int) -> int:
    if output is None:
        return inherited
    if isinstance(output, int):
        return nowhere if output == asyncio.subprocess.DEVNULL else output
    return output.fileno()
