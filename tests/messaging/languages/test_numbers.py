"""A format shows its signs in its example."""

import pytest

from messaging.languages.numbers import EXAMPLE, NUMBER_FORMATS, NumberSymbols


@pytest.mark.parametrize(
    ("name", "example"), [("comma", "1,234.5"), ("point", "1.234,5"), ("space", "1\u00a0234,5")]
)
def test_a_format_is_known_by_its_example(name: str, example: str) -> None:
    assert EXAMPLE.translate(NumberSymbols(*NUMBER_FORMATS[name]).table) == example
