"""Texts inside account data."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.parsing.borsh import read_text


def _text(text: str, padding: int = 0) -> bytes:
    data = text.encode() + bytes(padding)
    return struct.pack("<I", len(data)) + data


@given(st.text(min_size=1, max_size=30), st.integers(0, 20), st.binary(max_size=9))
def test_it_reads_what_was_written_and_says_where_it_ends(text: str, padding: int, before: bytes) -> None:
    data = before + _text(text, padding)
    read, end = read_text(data + b"more", len(before))
    assert read == (text.rstrip("\0").strip() or None)
    assert end == len(data)


@pytest.mark.parametrize("data", [b"", b"\1\0", b"\5\0\0\0abc", b"\xff\xff\xff\xffabc"])
def test_a_text_that_is_cut_short_is_none(data: bytes) -> None:
    assert read_text(data, 0) == (None, len(data))


def test_an_empty_text_is_none_and_bytes_that_are_no_utf8_are_replaced() -> None:
    assert read_text(_text("", 5), 0) == (None, 9)
    assert read_text(b"\2\0\0\0\xffa", 0) == ("\ufffda", 6)
