"""Protects data folders from other users: folders 700, files 600, existing ones too."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

UMASK = 0o077
"""What our programs and their servers never grant to anybody but their own user."""
_OUR_FOLDERS = ("log", "nginx", "postgres", "postgres.new", "valkey")
"""Under a data folder; others may be somebody else's and are left alone."""


def keep_private() -> None:
    """From now on this process and those that it starts make files and folders for their own user alone."""
    os.umask(UMASK)


def make_private(folder: Path) -> None:
    """Make a data folder, or take away what others may do in one that is there, and with our files in it.

    A folder that everybody shares, such as /tmp, and what belongs to another user stay as they are.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (folder, *_own_content(folder)):
        with contextlib.suppress(OSError):  # it has just gone, or is on a file system without modes
            _tighten(path)


def _own_content(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.iterdir() if path.is_file())
    for name in _OUR_FOLDERS:
        for parent, _, files in os.walk(folder / name):
            yield Path(parent)
            yield from (Path(parent, file) for file in files)


def _tighten(path: Path) -> None:
    status = path.lstat()
    is_other = status.st_uid != os.geteuid() and os.geteuid() != 0
    if stat.S_ISLNK(status.st_mode) or status.st_mode & stat.S_ISVTX or is_other:
        return
    if status.st_mode & UMASK:
        path.chmod(stat.S_IMODE(status.st_mode) & ~UMASK)
