"""What a pool keeps of each trade, by its own account."""

import base64
import json
import struct
from fractions import Fraction

import pytest

from chain.market.curves import PUMP
from chain.market.pool_fees import lasting_fee, launch_fee
from chain.market.pools import METEORA_DAMM_V2, METEORA_DLMM, PUMP_SWAP, RAYDIUM_CPMM
from domain.activity.activity import WRAPPED_SOL
from tests.chain import recorded, samples
from tests.chain.market.position_samples import damm_bytes, dlmm_bytes

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


def by_price(rise: Fraction, lasts: int, *, opened: int = NOW) -> bytes:
    """A pool that takes half, and a hundredth less for each 5 % by which the root of its price rises."""
    data = bytearray(pool(HALF, 3, 40, lasts << 32 | 500, 10_000_000, opened=opened))
    data[152:168] = (1 << 60).to_bytes(16, "little")
    data[456:472] = (int((1 << 60) * rise) + 1).to_bytes(16, "little")
    return bytes(data)


def test_a_fee_that_falls_with_a_rising_price_counts_at_the_price_of_now() -> None:
    """Whoever promises less at a price that nobody will see takes half until then."""
    years = 9 * 365 * DAY
    assert fee(by_price(Fraction(1), years)) == Fraction(1, 2)
    assert fee(by_price(Fraction(1, 2), years)) == Fraction(1, 2)
    assert fee(by_price(Fraction(11, 10), years)) == Fraction(48, 100)
    assert fee(by_price(Fraction(99), years)) == Fraction(1, 10)


def test_a_fee_that_falls_with_a_rising_price_is_the_lowest_once_its_schedule_is_over() -> None:
    assert fee(by_price(Fraction(1), DAY - 1)) == Fraction(1, 10)
    assert fee(by_price(Fraction(1), 2 * DAY, opened=NOW - 2 * DAY)) == Fraction(1, 10)
    assert fee(by_price(Fraction(1), 2 * DAY)) == Fraction(1, 2)
    assert fee(by_price(Fraction(1), 2 * DAY), None) == Fraction(1, 10)
    assert fee(pool(HALF, 3, 40, 9 * DAY << 32, 10_000_000)) == Fraction(1, 2)


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


@pytest.mark.parametrize(
    ("factor", "power", "part"),
    [(10_000, 0, Fraction(1, 100)), (8_000, 1, Fraction(8, 100)), (60_000, 9, Fraction(1, 10)), (0, 0, 0)],
)
def test_a_pool_of_bins_takes_what_its_maker_chose_up_to_the_bound(
    factor: int, power: int, part: Fraction
) -> None:
    data = bytearray(dlmm_bytes(MINT, WRAPPED_SOL, step=100))
    data[8:10], data[34] = factor.to_bytes(2, "little"), power
    assert lasting_fee(bytes(data), owner=METEORA_DLMM, slot=9, now=NOW) == part
    assert lasting_fee(bytes(data[:60]), owner=METEORA_DLMM, slot=9, now=NOW) is None


def launch(
    first: int, mode: int = 0, *, steps: int = 0, step: int = 0, lower: int = 0, now: int | None = NOW
) -> Fraction | None:
    """The fee of a curve that opened now, which counts seconds."""
    curve, config = bytearray(424), bytearray(1_048)
    curve[296:304] = NOW.to_bytes(8, "little")
    config[104:131], config[234] = struct.pack("<QQQHB", first, step, lower, steps, mode), 1
    return launch_fee(bytes(curve), bytes(config), slot=9, now=now)


def test_a_launch_curve_takes_what_its_configuration_says_of_the_day_after() -> None:
    assert launch(990_000_000) == Fraction(99, 100)
    assert launch(990_000_000, 2, steps=9, step=60, lower=5) == Fraction(99, 100)
    assert launch(HALF, steps=49, step=60, lower=10_000_000) == Fraction(1, 100)
    assert launch(HALF, steps=49, step=365 * DAY, lower=10_000_000) == Fraction(1, 2)
    assert launch(HALF, steps=49, step=365 * DAY, lower=10_000_000, now=None) == Fraction(1, 100)
    assert launch(HALF, 1, steps=2, step=60, lower=5_000) == Fraction(1, 8)


def test_a_launch_curve_may_count_slots() -> None:
    curve, config = bytearray(424), bytearray(1_048)
    config[104:131] = struct.pack("<QQQHB", HALF, 1_000_000, 10_000_000, 49, 0)
    for slot, part in ((9, Fraction(1, 2)), (2_000_000, Fraction(48, 100)), (0, Fraction(1, 100))):
        assert launch_fee(bytes(curve), bytes(config), slot=slot, now=NOW) == part
    assert launch_fee(bytes(curve), bytes(config[:200]), slot=9, now=NOW) is None
    assert launch_fee(bytes(curve[:300]), bytes(config), slot=9, now=NOW) is None


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_recorded_pools_of_bins_take_a_few_tenths_of_a_percent_at_most(self) -> None:
        path = recorded.LEDGER / "accounts" / "sava_getMultipleAccounts_2.json"
        found = json.loads(path.read_bytes())["result"]["value"]
        fees = [
            lasting_fee(base64.b64decode(one["data"][0]), owner=METEORA_DLMM, slot=9, now=NOW)
            for one in found
            if one and one["owner"] == METEORA_DLMM
        ]
        assert len(fees) == 2
        assert all(fee is not None and 0 < fee < Fraction(1, 200) for fee in fees)
