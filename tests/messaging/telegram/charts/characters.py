"""Which characters a TrueType font has: its table `cmap`, in the form of the Basic Multilingual Plane."""

import struct
from pathlib import Path

_BY_SEGMENTS = 4
_NO_CHARACTER = 0xFFFF


def characters_of(font: Path) -> set[str]:
    """All characters of a font."""
    content = font.read_bytes()
    at = _table(content, b"cmap")
    (number,) = struct.unpack_from(">H", content, at + 2)
    places = [at + struct.unpack_from(">HHI", content, at + 4 + 8 * one)[2] for one in range(number)]
    by_segments = next(one for one in places if struct.unpack_from(">H", content, one)[0] == _BY_SEGMENTS)
    (double,) = struct.unpack_from(">H", content, by_segments + 6)
    ends = struct.unpack_from(f">{double // 2}H", content, by_segments + 14)
    begins = struct.unpack_from(f">{double // 2}H", content, by_segments + 16 + double)
    codes = (code for begin, end in zip(begins, ends, strict=True) for code in range(begin, end + 1))
    return {chr(code) for code in codes if code != _NO_CHARACTER}


def _table(content: bytes, tag: bytes) -> int:
    (number,) = struct.unpack_from(">H", content, 4)
    found = {
        struct.unpack_from(">4s", content, 12 + 16 * one)[0]: struct.unpack_from(
            ">I", content, 20 + 16 * one
        )[0]
        for one in range(number)
    }
    return int(found[tag])
