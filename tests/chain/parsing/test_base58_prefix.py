"""The first bytes of base58 are those of the whole."""

import base58
from hypothesis import example, given
from hypothesis import strategies as st

from chain.parsing.base58_prefix import prefix


@given(st.binary(max_size=400), st.integers(1, 8))
@example(b"\0" * 40, 8)
@example(b"\xff" * 200, 8)
@example(b"\x01" + b"\0" * 100, 8)
def test_it_gives_the_first_bytes_of_what_the_text_stands_for(data: bytes, count: int) -> None:
    assert prefix(base58.b58encode(data).decode(), count) == data[:count].ljust(count, b"\0")


@given(st.text(max_size=60))
def test_it_gives_as_many_bytes_whatever_the_text(text: str) -> None:
    assert len(prefix(text, 8)) == 8
