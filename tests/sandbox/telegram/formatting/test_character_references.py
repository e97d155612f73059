"""Character references of Telegram's HTML."""

import pytest

from sandbox.telegram.errors import ApiError
from sandbox.telegram.formatting.character_references import decode_all, decode_reference


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [
        ("&lt;b&gt; &amp; &quot;", '<b> & "'),
        ("&#65;&#x42;", "AB"),
        ("&lt", "<"),
        ("&nbsp; &ltx", "&nbsp; &ltx"),
        ("&#0; &#x110000;", "&#0; &#x110000;"),
        ("plain", "plain"),
    ],
)
def test_four_names_and_all_numbers_are_decoded(raw: str, decoded: str) -> None:
    assert decode_all(raw) == decoded


def test_the_position_after_the_reference_is_given() -> None:
    assert decode_reference("x&amp;y", 1) == ("&", 6)
    assert decode_reference("x&y", 1) == ("&", 2)


def test_a_surrogate_is_refused() -> None:
    with pytest.raises(ApiError, match="invalid Unicode characters"):
        decode_all("&#xD800;")
