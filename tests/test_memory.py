"""What a test has taken of memory is given back after it."""

import ctypes

from tests.memory import Memory, resident

MIB = 1 << 20
PIECE = 100_000
"""Bytes; small enough for malloc to take it from its heap, which it keeps when it is freed."""


class Ring:
    """Many pieces of C memory that only the collector frees, and a last one that keeps the heap large."""

    def __init__(self, mib: int) -> None:
        self.itself = self
        self.pieces = [ctypes.create_string_buffer(PIECE) for _ in range(mib * MIB // PIECE)]


def test_what_only_the_collector_frees_is_given_back() -> None:
    memory, before = Memory(), resident()
    Ring(128)
    assert resident() - before > 100 * MIB
    memory.give_back()
    assert resident() - before < 40 * MIB


def test_what_is_kept_is_looked_for_once() -> None:
    memory = Memory()
    kept = Ring(64)
    memory.give_back()
    used = resident()
    memory.give_back()
    assert abs(resident() - used) < MIB
    del kept
