"""The bins of a swap show its prices, or nothing: never a wrong one."""

import hashlib
from fractions import Fraction
from math import isqrt
from time import process_time

import base58
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chain.market.bins import MAX_BIN, bin_rates, bin_swap, power, root_at
from chain.market.pools import METEORA_DLMM
from chain.market.trade_price import swaps_in
from chain.parsing.calls import Call
from chain.parsing.transaction import read_transaction
from tests.chain import recorded, samples

POOL = samples.address("pool")


def _event(start: int, end: int, paid: int, got: int, *, fee: int = 0, takes_first: bool = True) -> Call:
    data = b"".join(
        (
            bytes.fromhex("e445a52e51cb9a1d"),
            hashlib.sha256(b"event:Swap").digest()[:8],
            base58.b58decode(POOL),
            bytes(32),
            start.to_bytes(4, "little", signed=True),
            end.to_bytes(4, "little", signed=True),
            paid.to_bytes(8, "little"),
            got.to_bytes(8, "little"),
            bytes([takes_first]),
            fee.to_bytes(8, "little"),
            bytes(8 + 16 + 8),
        )
    )
    encoded = base58.b58encode(data).decode()
    return Call(program=METEORA_DLMM, depth=2, accounts=(), parsed=None, encoded=encoded)


def _rates(call: Call, paid: int, got: int, pool: str = POOL) -> tuple[Fraction, Fraction] | None:
    return bin_rates([call], pool, amount_in=paid, amount_out=got)


@given(
    step=st.sampled_from([1, 4, 10, 25, 80, 100, 400]),
    first=st.integers(500, 3_000),
    more=st.integers(0, 3),
    sign=st.sampled_from([1, -1]),
    fee=st.integers(0, 10**9),
)
def test_the_step_follows_from_the_bins_and_the_price(
    step: int, first: int, more: int, sign: int, fee: int
) -> None:
    growth = 1 + Fraction(step, 10_000)
    high, low = sorted((sign * first, sign * (first + more)), reverse=True)
    price = power(growth, (high + low) // 2)
    assume(Fraction(1, 10**6) < price < 10**6)
    given_amount = 10**12
    sold = _event(high, low, given_amount + fee, int(given_amount * price), fee=fee)
    assert _rates(sold, given_amount + fee, int(given_amount * price)) == (
        power(growth, high),
        power(growth, low),
    )
    bought = _event(low, high, given_amount + fee, int(given_amount / price), fee=fee, takes_first=False)
    assert _rates(bought, given_amount + fee, int(given_amount / price)) == (
        1 / power(growth, low),
        1 / power(growth, high),
    )


def test_a_swap_within_one_bin_has_its_price() -> None:
    price = power(Fraction(10_010, 10_000), -4_607)
    got = int(price * 10**13)
    event = _event(-4_607, -4_607, 10**13 + 10**7, got, fee=10**7)
    assert _rates(event, 10**13 + 10**7, got) == (price, price)


def test_in_the_bin_in_the_middle_one_costs_one() -> None:
    assert _rates(_event(0, 0, 10**9, 10**9), 10**9, 10**9) == (Fraction(1), Fraction(1))


@pytest.mark.parametrize(
    ("event", "paid", "got"),
    [
        (_event(700, 700, 10**9, 10**9), 10**9, 10**9),
        (_event(3, 3, 1_000, 1_001), 1_000, 1_001),
        (_event(-1, 1, 10**9, 10**9), 10**9, 10**9),
        (_event(MAX_BIN + 1, MAX_BIN + 1, 10**9, 10**9), 10**9, 10**9),
        (_event(700, 700, 10**9, 2 * 10**9, fee=10**9), 10**9, 2 * 10**9),
        (_event(700, 700, 10**9, 2 * 10**9), 10**9, 10**9),
        (_event(5, 5, 10**9, 0), 10**9, 0),
    ],
    ids=["no step", "too few units", "across one", "no bin", "all of it a fee", "another swap", "nothing"],
)
def test_what_fits_no_step_or_several_shows_nothing(event: Call, paid: int, got: int) -> None:
    assert _rates(event, paid, got) is None


def test_the_event_of_another_pool_or_cut_short_says_nothing() -> None:
    event = _event(0, 0, 10**9, 10**9)
    assert _rates(event, 10**9, 10**9, samples.address("other")) is None
    assert event.encoded is not None
    short = base58.b58encode(base58.b58decode(event.encoded)[:100]).decode()
    assert bin_swap(Call(program=METEORA_DLMM, depth=2, accounts=(), parsed=None, encoded=short)) is None


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_every_recorded_swap_in_bins_shows_prices_that_fit_what_it_exchanged(self) -> None:
        number = 0
        for raw in recorded.transactions().values():
            transaction = read_transaction(raw)
            swaps = [] if transaction.failed else swaps_in(transaction)
            for swap in (one for one in swaps if one.program == METEORA_DLMM):
                assert swap.rates is not None
                before, after = swap.rates
                fill = Fraction(swap.given.exchanged, swap.taken.exchanged)
                assert isqrt(int(10**12 * fill * fill / (before * after))) == pytest.approx(10**6, rel=0.01)
                number += 1
        assert number >= 15


@pytest.mark.parametrize(
    ("tick", "root"),
    [
        (0, 1 << 64),
        (1, 18_447_666_387_855_959_850),
        (-1, 18_445_821_805_675_392_311),
        (-13_863, 9_223_665_674_491_642_499),
        (MAX_BIN, 79_226_673_515_401_279_992_447_579_061),
        (-MAX_BIN, 4_295_048_016),
        (10**9, 79_226_673_515_401_279_992_447_579_061),
    ],
)
def test_the_root_of_a_price_is_that_of_its_tick_to_the_last_digit(tick: int, root: int) -> None:
    """As `raydium-clmm` has it for the last ticks, and by exact fractions for the others."""
    assert root_at(tick) == root


def test_thousands_of_ticks_cost_no_time_that_others_need() -> None:
    root_at(1)
    begun = process_time()
    for tick in range(-5_000, 5_000):
        root_at(tick)
    assert process_time() - begun < 0.5
