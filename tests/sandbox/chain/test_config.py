from __future__ import annotations

import pytest

from sandbox.chain.config import ChainConfig, Consensus
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


def test_a_confirmed_block_is_final_on_the_chain_of_today_and_later_on_that_of_before() -> None:
    assert (ChainConfig().confirmed_lag, ChainConfig().finality) == (2, 2)
    assert ChainConfig(consensus=Consensus.TOWER).finality == 32
    assert ChainConfig(finalized_lag=9).finality == 9
