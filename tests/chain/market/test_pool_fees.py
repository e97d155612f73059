"""What a pool keeps of each trade, by its own account."""

import struct
from fractions import Fraction

import pytest

from chain.market.curves import PUMP
from chain.market.pool_fees import lasting_fee
from chain.market.pools import METEORA_DAMM_V2, PUMP_SWAP, RAYDIUM_CPMM
from domain.activity.activity import WRAPPED_SOL
from tests.chain import samples
from tests.chain.market.position_samples import damm_bytes

NOW, DAY = 1_800_000_000, 86_400
HALF = 500_000_000
MINT = samples.address("mint")


def pool(
    first: int, mode: int = 0, steps: int = 0, step: int = 0, lower: int = 0, *, opened: int = NOW
) -> bytes:
    data = bytearray(damm_bytes(MINT, WRAPPED_SOL, liquidity=1))
    data[8:40] = struct.pack("<QB5xHQQ", first, mode, steps, step, lower)
    data[472:480] = opened.to_bytes(8, "little")
    return bytes(data)


def fee(data: bytes, now: int | None = NOW) -> Fraction | None:
    return lasting_fee(data, owner=METEORA_DAMM_V2, slot=9, now=now)


@pytest.mark.parametrize("mode", [0, 1, 2, 3, 4])
def test_a_fee_that_never_changes_counts_as_it_is(mode: int) -> None:
    assert fee(pool(990_000_000, mode)) == Fraction(99, 100)
    assert fee(pool(2_500_000, mode), None) == Fraction(1, 400)


def test_a_fee_of_a_launch_that_is_over_tomorrow_counts_as_it_will_be() -> None:
    assert fee(pool(HALF, 0, 49, 60, 10_000_000)) == Fraction(1, 100)
    falling = fee(pool(HALF, 1, 100, 60, 1_000))
    assert falling is not None
    assert float(falling) == pytest.approx(0.5 * 0.9**100)


def test_a_fee_that_falls_for_years_counts_as_it_is_tomorrow() -> None:
    slow = pool(HALF, 0, 49, 365 * DAY, 10_000_000)
    assert fee(slow) == Fraction(1, 2)
    assert fee(slow, NOW + 365 * DAY) == Fraction(49, 100)
    assert fee(slow, None) == Fraction(1, 100)
    assert fee(pool(HALF, 0, 49, 60, 10_000_000, opened=NOW + 9 * DAY)) == Fraction(1, 2)


def test_a_fee_that_falls_with_a_rising_price_counts_at_its_lowest() -> None:
    assert fee(pool(HALF, 3, 40, 5, 10_000_000)) == Fraction(1, 10)


def test_what_a_rate_limit_adds_for_large_purchases_is_left_out() -> None:
    limited = struct.pack("<QB5xHIIQ", 10_000_000, 2, 100, 3_600, 5_000, 10**9)
    assert fee(bytes(8) + limited + pool(0)[40:]) == Fraction(1, 100)


def test_numbers_that_cannot_be_are_no_fee_below_zero() -> None:
    assert fee(pool(5, 0, 65_535, 1, 2**64 - 1, opened=0)) == 0
    assert fee(pool(5, 1, 65_535, 1, 2**64 - 1, opened=0)) == 0


def test_other_venues_bound_their_fees() -> None:
    data = pool(990_000_000)
    assert lasting_fee(data, owner=RAYDIUM_CPMM, slot=9, now=NOW) is None
    assert fee(data[:479]) is None


@pytest.mark.parametrize(("owner", "at"), [(PUMP, 115), (PUMP_SWAP, 261)])
def test_what_a_creator_chose_for_themselves_counts(owner: str, at: int) -> None:
    """The bound of today is the venue's, who may move it: what counts is what the account says."""
    data = bytearray(300)
    assert lasting_fee(bytes(data), owner=owner, slot=9, now=NOW) is None
    assert lasting_fee(bytes(data[: at + 3]), owner=owner, slot=9, now=NOW) is None
    for chosen, part in ((300, Fraction(3, 100)), (2_000, Fraction(1, 5)), (2**64 - 1, Fraction(1))):
        data[at : at + 8] = chosen.to_bytes(8, "little")
        assert lasting_fee(bytes(data), owner=owner, slot=9, now=NOW) == part
