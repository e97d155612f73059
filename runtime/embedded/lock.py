"""A lock on a folder that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from runtime.embedded.errors import InUseError


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
