"""Gives back what a test has taken of memory, so that no process of a run grows by what is already free.

A test that reads an answer of a hundred megabytes leaves as much in the allocator of the C library, between
what is still used, and in cycles that the collector has not met so far.
"""

import ctypes
import gc
import os
from pathlib import Path

_STATM = Path("/proc/self/statm")
_GROWTH = 96 << 20
"""Bytes; below that, what a test leaves is for the next one."""


class Memory:
    """What this process holds, checked after each test."""

    def __init__(self) -> None:
        self._lowest = resident()

    def give_back(self) -> None:
        """Return to the system what is free, if much has come to this process since it was smallest."""
        used = resident()
        if used - self._lowest > _GROWTH:
            gc.collect()
            trim()
            self._lowest = resident()
        self._lowest = min(self._lowest, used)


def resident() -> int:
    """Bytes of this process that are in memory; 0 where the system does not say."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except FileNotFoundError:
        return 0


def trim() -> None:
    """Return what is free in the C library's allocator, where it can do that."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
