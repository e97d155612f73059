from __future__ import annotations

import pytest

from tests.sandbox.chain.wallets import by_hand


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"slot_seconds": 0}, "slot_seconds"),
        ({"skip_probability": 1.0}, "skip_probability"),
        ({"confirmed_lag": 9, "finalized_lag": 8}, "confirmed_lag"),
        ({"confirmed_lag": -1}, "confirmed_lag"),
        ({"history": 3}, "history"),
        ({"start_slot": -1}, "start_slot"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        by_hand(**settings)
