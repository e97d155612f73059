"""What traders got and gave for SOL is gathered from some of the blocks."""

from fractions import Fraction

import pytest

from chain.market.coin_fills import FRESH_SECONDS, CoinFill
from scanner.commit import coin_fills
from scanner.commit.coin_fills import POLL_SECONDS, CoinFills

BLOCK = b'{"blockhash":"b","parentSlot":6,"blockTime":%d,"transactions":[]}'


def test_one_block_in_some_seconds_is_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def search(_: object, *, at: int) -> list[CoinFill]:
        looked.append(at)
        return [CoinFill(usd=Fraction(200), trader="somebody", at=at)]

    monkeypatch.setattr(coin_fills, "coin_fills", search)
    now = 0.0
    fills = CoinFills(clock=lambda: now)
    for second in (0, 1, 2, POLL_SECONDS, POLL_SECONDS + 1):
        now = float(second)
        fills.see(BLOCK % (1_795_000_000 + int(second)))
    assert looked == [1_795_000_000, 1_795_000_000 + int(POLL_SECONDS)]


def test_a_block_that_cannot_be_read_says_nothing() -> None:
    fills = CoinFills()
    fills.see(b"no block")
    assert fills.fresh == []


def test_only_the_newest_minute_is_fresh() -> None:
    fills = CoinFills()
    fills.add(CoinFill(usd=Fraction(200), trader="t", at=at) for at in (1_000, 1_030, 1_031 + FRESH_SECONDS))
    assert [fill.at for fill in fills.fresh] == [1_031 + FRESH_SECONDS]
