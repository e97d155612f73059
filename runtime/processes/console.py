"""The supervisor's output: each line of each program with its name in front, and the log files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from runtime.observability.logs import Redactor

_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
_MAX_LOG_BYTES = 10_000_000


class Console:
    """Writes to a terminal or a pipe; a reader who goes away is no reason to end.

    Args:
        stream: where to write; colours are used on a terminal only, and not when NO_COLOR is set.
        names: of the programs, for the width of the column and the colours.
    """

    def __init__(self, stream: TextIO, names: Sequence[str]) -> None:
        self._stream: TextIO | None = stream
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")
        self._width = max(map(len, names), default=0)
        self._colours = {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(names)}

    def write_from(self, name: str, text: str) -> None:
        """Write a line of a program."""
        prefix = f"{name:<{self._width}} |"
        self.write(f"{self._painted(prefix, self._colours.get(name, 37))} {text}")

    def write(self, text: str = "") -> None:
        """Write a line of the supervisor itself."""
        if self._stream is None:
            return
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except (OSError, ValueError):  # the terminal was closed, or `| head` has seen enough
            self._stream = None

    def bold(self, text: str) -> str:
        """The text in bold, where that is possible."""
        return self._painted(text, 1)

    def _painted(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._coloured else text


class LogFile:
    """A log that is moved to NAME.log.1 when it has grown too long."""

    def __init__(self, file: Path, redactor: Redactor) -> None:
        self._file = file
        self._redactor = redactor

    def write(self, line: str) -> None:
        """Append a line; a full disk costs the line and nothing else."""
        try:
            if self._file.exists() and self._file.stat().st_size > _MAX_LOG_BYTES:
                self._file.replace(self._file.with_suffix(".log.1"))
            with self._file.open("a", encoding="utf-8") as log:
                log.write(line + "\n")
        except OSError:
            return

    def masked(self, line: str) -> str:
        """The line without secrets."""
        return self._redactor(line)
