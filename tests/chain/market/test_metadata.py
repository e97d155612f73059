"""Metaplex metadata accounts give a name, or nothing."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from chain.market.metadata import read_metadata


def account(name: bytes, symbol: bytes) -> bytes:
    texts = b"".join(struct.pack("<I", len(text)) + text for text in (name, symbol))
    return b"\x04" + bytes(64) + texts


def test_name_and_symbol_lose_their_padding() -> None:
    assert read_metadata(account(b"Bonk".ljust(32, b"\0"), b"BONK".ljust(10, b"\0"))) == ("Bonk", "BONK")


def test_empty_or_foreign_accounts_name_nothing() -> None:
    assert read_metadata(account(b"", b"")) == (None, None)
    assert read_metadata(b"\x05" + bytes(100)) == (None, None)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything(data: bytes) -> None:
    assert len(read_metadata(data)) == 2
    assert len(read_metadata(account(b"a", b"b")[: len(data)])) == 2
