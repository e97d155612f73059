"""What all traders of a block got and gave for SOL."""

from fractions import Fraction
from statistics import median

import msgspec
import pytest

from chain.blocks.block import read_block
from chain.market.coin_fills import FRESH_SECONDS, CoinFill, coin_fills, fills_at
from tests.chain import recorded

NOW = 1_795_000_000


def _fill(usd: int, trader: str = "somebody", age: int = 0) -> CoinFill:
    return CoinFill(usd=Fraction(usd), trader=trader, at=NOW - age)


def test_each_trader_has_one_voice_and_an_old_fill_none() -> None:
    fills = [_fill(100), _fill(101), _fill(102), _fill(200, "another"), _fill(900, "late", FRESH_SECONDS + 1)]
    assert fills_at(fills, NOW) == [101, 200]


@pytest.mark.parametrize("raw", [b'{"a":1}', b"[]", b'"EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"'])
def test_what_cannot_be_understood_says_nothing(raw: bytes) -> None:
    assert coin_fills([msgspec.Raw(raw)], at=NOW) == []


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_the_swaps_of_a_block_of_march_2024_agree_on_sol(self) -> None:
        block = read_block(recorded.blocks()["254170887"])
        assert block.block_time is not None
        found = [fill.usd for fill in coin_fills(block.transactions, at=block.block_time)]
        assert len(found) == 5
        assert 165 < median(found) < 166
        assert max(found) / min(found) < Fraction(101, 100)

    def test_recorded_swaps_of_sol_for_dollars_are_within_what_sol_cost_then(self) -> None:
        swaps = [msgspec.Raw(raw) for raw in recorded.transactions().values()]
        found = [float(fill.usd) for fill in coin_fills(swaps, at=NOW)]
        assert len(found) > 10
        assert all(100 < usd < 260 for usd in found)
