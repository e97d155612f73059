"""The process ids of the supervisor's children, in a file. The next start stops what is left."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import psutil


class _Entry(msgspec.Struct, frozen=True):
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
