"""What of a position comes free when, by what its bytes say."""

from chain.market.locks import SOON_SECONDS
from chain.market.vested_positions import pool_clock, pool_liquidity, read_vesting, vested_position
from tests.chain import samples
from tests.chain.market.position_samples import damm_bytes, schedule_bytes, vested_bytes, vesting_bytes

POOL, ONE = samples.address("pool"), samples.address("one")
MINTS = samples.address("mint"), samples.address("other")


def test_a_pool_counts_in_seconds_or_in_slots_and_these_are_taken_to_be_short() -> None:
    by_seconds = pool_clock(damm_bytes(*MINTS, liquidity=5), slot=7, now=1_000)
    by_slots = pool_clock(damm_bytes(*MINTS, liquidity=5, by_seconds=False), slot=7, now=1_000)
    assert by_seconds is not None
    assert by_slots is not None
    assert (by_seconds.now, by_seconds.soon) == (1_000, 1_000 + SOON_SECONDS)
    assert (by_slots.now, by_slots.soon) == (7, 7 + 5 * SOON_SECONDS)
    assert pool_clock(damm_bytes(*MINTS, liquidity=5, by_seconds=False), slot=0, now=1_000) is None
    assert pool_clock(bytes(100), slot=7, now=1_000) is None
    assert pool_liquidity(damm_bytes(*MINTS, liquidity=5)) == 5


def test_a_position_unlocks_step_by_step_and_never_more_than_it_has() -> None:
    schedule = schedule_bytes(begins=1_000, first=100, period=10, part=50, periods=4)
    position = vested_position(vested_bytes(POOL, 300, schedule), address=ONE)
    assert position is not None
    assert [position.locked(at) for at in (999, 1_000, 1_010, 1_029, 1_040)] == [300, 200, 150, 100, 0]
    less = vested_position(vested_bytes(POOL, 120, schedule), address=ONE)
    assert less is not None
    assert less.locked(1_000) == 120


def test_what_is_set_free_already_is_locked_no_more_and_a_schedule_may_stand_next_to_the_position() -> None:
    schedule = schedule_bytes(begins=1_000, first=0, period=10, part=50, periods=4, released=150)
    vesting = read_vesting(vesting_bytes(ONE, schedule))
    position = vested_position(vested_bytes(POOL, 200), address=ONE)
    assert vesting is not None
    assert position is not None
    assert (position.locked(0), position.locked(0, [vesting])) == (0, 50)


def test_other_accounts_and_schedules_without_an_end_are_none() -> None:
    endless = schedule_bytes(begins=1_000, first=0, period=0, part=50, periods=4)
    assert read_vesting(vesting_bytes(ONE, endless)) is None
    assert read_vesting(bytes(184)) is None
    assert vested_position(vested_bytes(POOL, 0), address=ONE) is None
    assert vested_position(vested_bytes(POOL, 9)[:400], address=ONE) is None
