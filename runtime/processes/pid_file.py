"""Who runs under the supervisor, in a file, so that the next start finds what a killed one left behind."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import psutil


class _Entry(msgspec.Struct, frozen=True):
    pid: int
    born: float
    """The process's time of birth, which tells it from a later one with the same id."""


class Roster:
    """The file with the process ids."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def write(self, pids: Mapping[str, int]) -> None:
        """Remember who runs; an error costs only the memory."""
        entries = {}
        for name, pid in pids.items():
            with contextlib.suppress(psutil.Error):
                entries[name] = _Entry(pid=pid, born=psutil.Process(pid).create_time())
        new = self._file.with_suffix(".new")
        with contextlib.suppress(OSError):
            new.write_bytes(msgspec.json.encode(entries))
            new.replace(self._file)

    def living(self) -> list[psutil.Process]:
        """Those of the last writing that are still alive."""
        try:
            entries = msgspec.json.decode(self._file.read_bytes(), type=dict[str, _Entry])
        except (OSError, msgspec.MsgspecError):
            return []
        found = []
        for entry in entries.values():
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(entry.pid)
                if abs(process.create_time() - entry.born) < 1:
                    found.append(process)
        return found
