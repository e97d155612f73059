"""Bytes of mint accounts, for tests."""

import struct


def plain(*, minter: bytes | None = None, freezer: bytes | None = None, ready: int = 1) -> bytes:
    """A mint of the first token program: supply 5, 6 decimals."""
    return struct.pack(
        "<I32sQBBI32s",
        minter is not None,
        minter or bytes(32),
        5,
        6,
        ready,
        freezer is not None,
        freezer or bytes(32),
    )
