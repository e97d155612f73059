"""A disk small enough to be filled: a file system in memory, where this user may mount one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 160
_BLOCK = bytes(1 << 16)


class CannotMountError(Exception):
    """There is no small disk here; the text says why."""


class SmallDisk:
    """A mounted folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (len(_BLOCK), 512, 1):
                try:
                    while file.write(_BLOCK[:size]) == size:
                        continue
                except OSError:
                    continue

    def clear(self) -> None:
        """Give the room back."""
        self._filler.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Mount one here.

    Raises:
        CannotMountError: this user, or this machine, does not let us.
    """
    if os.geteuid() != 0:
        raise CannotMountError("a small disk can be mounted by root only")
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=755", "tmpfs", str(folder)]
    done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMountError(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
