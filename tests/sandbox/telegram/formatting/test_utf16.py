"""Positions in UTF-16 code units."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.formatting.utf16 import utf16_length, utf16_offsets, utf16_slice


def test_a_character_beyond_the_basic_plane_counts_twice() -> None:
    assert (utf16_length("a🐳é"), list(utf16_offsets("a🐳é"))) == (4, [0, 1, 3, 4])
    assert utf16_slice("a🐳é", 1, 2) == "🐳"


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_the_last_offset_is_the_length(text: str) -> None:
    offsets = utf16_offsets(text)
    assert (len(offsets), offsets[-1]) == (len(text) + 1, utf16_length(text))
    assert utf16_slice(text, 0, utf16_length(text)) == text
