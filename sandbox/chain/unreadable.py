"""Reads little-endian fields out of foreign bytes, refusing what is too short or unknown."""

import struct
from typing import Any

from solders.pubkey import Pubkey


class Unreadable(ValueError):  # noqa: N818 - says what the bytes are
    """These bytes are not what they should be; they are shown as they are instead."""


class Fields:
    """A cursor over bytes; each reading raises `Unreadable` where the bytes end too early."""

    def __init__(self, data: bytes, start: int = 0) -> None:
        """Begin at `start`."""
        self.data = data
        self.at = start

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        end = self.at + size
        if size < 0 or end > len(self.data):
            raise Unreadable
        taken, self.at = self.data[self.at : end], end
        return taken

    def number(self, form: str) -> Any:
        """One number in the notation of `struct`, little-endian."""
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))[0]

    def u8(self) -> int:
        """An unsigned byte."""
        return int(self.number("B"))

    def u16(self) -> int:
        """An unsigned number of two bytes."""
        return int(self.number("H"))

    def u32(self) -> int:
        """An unsigned number of four bytes."""
        return int(self.number("I"))

    def u64(self) -> int:
        """An unsigned number of eight bytes."""
        return int(self.number("Q"))

    def i16(self) -> int:
        """A signed number of two bytes."""
        return int(self.number("h"))

    def i64(self) -> int:
        """A signed number of eight bytes."""
        return int(self.number("q"))

    def f64(self) -> float:
        """A floating point number of eight bytes."""
        return float(self.number("d"))

    def key(self) -> str:
        """An address."""
        return str(Pubkey(self.take(32)))

    def key_or_none(self) -> str | None:
        """An address of which all zeros means none."""
        raw = self.take(32)
        return str(Pubkey(raw)) if any(raw) else None

    def optional_key(self) -> str | None:
        """An address behind a byte that says whether there is one."""
        return self.key() if self.u8() else None

    def text(self, size_form: str = "I") -> str:
        """UTF-8 text behind its length."""
        try:
            return self.take(int(self.number(size_form))).decode()
        except UnicodeDecodeError as error:
            raise Unreadable from error

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.take(len(self.data) - self.at)
