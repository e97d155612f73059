"""Texts inside account data: a length (u32, little-endian), then UTF-8, padded with zeros. Pure."""

import struct

_LENGTH = struct.Struct("<I")


def read_text(data: bytes, at: int) -> tuple[str | None, int]:
    """The text whose length is at `at`, and where it ends; None if it is empty or cut short."""
    start = at + _LENGTH.size
    if start > len(data):
        return None, len(data)
    end = start + _LENGTH.unpack_from(data, at)[0]
    if end > len(data):
        return None, len(data)
    text = data[start:end].decode("utf-8", "replace").rstrip("\0").strip()
    return text or None, end
