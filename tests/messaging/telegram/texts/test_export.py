"""What stands under an exported file."""

import pytest

from messaging.telegram.texts.export import caption


@pytest.mark.parametrize(
    ("what", "rows", "text"),
    [("wallets", 1, "1 wallet"), ("history", 5_000, "5,000 events"), ("whales", 2, "2 whales")],
)
def test_a_file_says_how_much_is_in_it(what: str, rows: int, text: str) -> None:
    assert caption(what, rows) == text
