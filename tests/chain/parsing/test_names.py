"""Which texts are names that end with .sol."""

import pytest

from chain.parsing.names import name_in


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" Toly.SOL ", "toly.sol"),
        ("pay.toly.sol", "pay.toly.sol"),
        ("a.b.toly.sol", None),
        ("tоly.sol", None),
        (".sol", None),
        ("toly.eth", None),
        ("see toly.sol", None),
    ],
)
def test_a_name_is_ascii(text: str, name: str | None) -> None:
    assert name_in(text) == name
