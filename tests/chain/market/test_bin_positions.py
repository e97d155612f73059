"""What positions of a pool with bins have, and until when they are locked."""

import pytest

from chain.market.bin_positions import (
    FOR_EVER,
    bin_arrays,
    bin_position,
    is_locked,
    quote_in,
    release_clock,
    release_of,
)
from chain.market.bins import bin_swap
from chain.market.locks import SOON_SECONDS
from chain.market.vested_positions import MIN_SLOT_SECONDS
from chain.parsing.calls import calls_of
from chain.parsing.transaction import read_transaction
from tests.chain import recorded, samples
from tests.chain.market.position_samples import bin_array_bytes, bin_position_bytes, dlmm_bytes

POOL, OTHER, FIRST, SECOND = (samples.address(name) for name in ("pool", "other", "first", "second"))
NOW = 1_790_000_000


@pytest.mark.parametrize("last", [-69, 0, 71])
def test_a_position_has_its_share_of_each_bin_however_wide_it_is(last: int) -> None:
    data = bin_position_bytes(POOL, {-70: 5, last: 9}, release=7)
    found = bin_position(data, pool=POOL)
    assert found is not None
    assert found.shares == {-70: 5, last: 9}
    assert found.release == 7
    assert bin_position(data, pool=OTHER) is None
    assert bin_position(data[:8_119], pool=POOL) is None
    assert bin_position(bytes(8) + data[8:], pool=POOL) is None


def test_bounds_that_cannot_be_give_no_more_bins_than_the_account_has() -> None:
    data = bytearray(bin_position_bytes(POOL, {0: 5}))
    data[7_916:7_920] = (2**31 - 1).to_bytes(4, "little")
    found = bin_position(bytes(data), pool=POOL)
    assert found is not None
    assert found.shares == {0: 5}
    data[7_916:7_920] = (-5).to_bytes(4, "little", signed=True)
    backwards = bin_position(bytes(data), pool=POOL)
    assert backwards is not None
    assert backwards.shares == {}


def test_a_release_counts_what_the_pool_counts() -> None:
    by_seconds = release_clock(dlmm_bytes(FIRST, SECOND), slot=9, now=NOW)
    by_slots = release_clock(dlmm_bytes(FIRST, SECOND, by_seconds=False), slot=9, now=NOW)
    assert is_locked(NOW + SOON_SECONDS + 1, by_seconds)
    assert not is_locked(NOW + SOON_SECONDS, by_seconds)
    slots = int(SOON_SECONDS / MIN_SLOT_SECONDS)
    assert is_locked(9 + slots + 1, by_slots)
    assert not is_locked(9 + slots, by_slots)


@pytest.mark.parametrize(
    ("pool", "slot", "now"),
    [
        (dlmm_bytes(FIRST, SECOND), 9, None),
        (dlmm_bytes(FIRST, SECOND, by_seconds=False), 0, NOW),
        (bytes(86) + b"\2" + bytes(9), 9, NOW),
        (b"", 9, NOW),
    ],
)
def test_where_nobody_knows_the_time_only_for_ever_is_locked(pool: bytes, slot: int, now: int | None) -> None:
    clock = release_clock(pool, slot=slot, now=now)
    assert clock is None
    assert is_locked(FOR_EVER, clock)
    assert not is_locked(FOR_EVER - 1, clock)


def test_a_position_of_an_older_form_has_no_release() -> None:
    assert release_of(b"") == release_of(bytes(5)) == 0
    assert release_of((7).to_bytes(8, "little")) == 7


def test_accounts_of_bins_are_named_by_number_below_zero_too() -> None:
    assert list(bin_arrays(POOL, [-1, -70, -71, 0, 70])) == [-1, -2, 0, 1]
    assert len(set(bin_arrays(POOL, [-1, -71, 0, 70]).values())) == 4


def test_a_position_has_its_part_of_what_lies_in_its_bins() -> None:
    found = [
        bin_position(bin_position_bytes(POOL, shares), pool=POOL) for shares in ({-1: 30, 0: 10}, {0: 5})
    ]
    positions = [one for one in found if one is not None]
    arrays = {
        -1: bin_array_bytes(POOL, -1, {-1: (0, 1_000, 100)}),
        0: bin_array_bytes(POOL, 0, {0: (80, 400, 20)}),
    }
    assert quote_in(positions, arrays, pool=POOL, side=1) == 300 + 300
    assert quote_in(positions, arrays, pool=POOL, side=0) == 60
    assert quote_in(positions, {0: arrays[0]}, pool=POOL, side=1) == 300
    for wrong in (arrays[-1], bin_array_bytes(OTHER, 0, {0: (80, 400, 20)}), arrays[0][:5_000], b""):
        assert quote_in(positions, {0: wrong}, pool=POOL, side=1) == 0


def test_no_position_has_more_than_there_is() -> None:
    found = bin_position(bin_position_bytes(POOL, {0: 50}), pool=POOL)
    assert found is not None
    assert quote_in([found], {0: bin_array_bytes(POOL, 0, {0: (8, 40, 20)})}, pool=POOL, side=1) == 40
    assert quote_in([found], {0: bin_array_bytes(POOL, 0, {0: (8, 40, 0)})}, pool=POOL, side=1) == 0


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_the_bins_of_every_recorded_swap_lie_where_they_are_looked_for(self) -> None:
        number = 0
        for raw in recorded.transactions().values():
            transaction = read_transaction(raw)
            events = [] if transaction.failed else [bin_swap(call) for call in calls_of(transaction)]
            for event in (one for one in events if one is not None):
                arrays = bin_arrays(event.pool, [event.start, event.end])
                assert set(arrays.values()) <= set(transaction.keys)
                number += 1
        assert number >= 15
