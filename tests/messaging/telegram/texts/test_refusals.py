"""Why a wallet is not followed."""

import pytest

from messaging.telegram.texts.refusals import limit_reached, near_limit, paused_over_limit, reason_refused


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("program", "is a program"),
        ("banned", "is blocked by the operators"),
        ("limit", "limit of 5 wallets reached"),
    ],
)
def test_a_list_says_of_each_address_why(reason: str, text: str) -> None:
    assert reason_refused(reason, 5) == text


def test_numbers_agree_with_their_nouns() -> None:
    assert limit_reached(1) == "limit of 1 wallet reached"
    assert near_limit(1_900, 2_000) == "\n📏 1,900 of 2,000 wallets used."
    assert paused_over_limit(1).startswith("⏸ Over your limit, the newest wallet pauses.")
    assert paused_over_limit(3).startswith("⏸ Over your limit, the newest 3 wallets pause.")
