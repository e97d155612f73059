"""What lies in a locker, when it is free, and locks that are none."""

import msgspec
import pytest

from chain.market.locks import JUPITER_LOCK, STREAMFLOW, Lock, Schedule, read_lock, streamflow_vault
from tests.chain import samples
from tests.chain.market.lock_samples import (
    CANCEL_MODE,
    CANCELABLE_BY_SENDER,
    CANCELLED_AT,
    CLOSED,
    PACE_CAN_CHANGE,
    STREAM_CANCELLED_AT,
    jupiter_lock,
    streamflow_lock,
)
from tests.chain.scans.tables import account

MINT, ANNA, AT = (samples.address(name) for name in ("mint", "anna", "lock"))


def lock(data: bytes, program: str) -> Lock | None:
    return read_lock(account(AT, data, program))


@pytest.mark.parametrize(
    ("now", "free"), [(0, 0), (999, 0), (1_000, 100), (1_009, 100), (1_010, 150), (1_060, 400), (9_000, 400)]
)
def test_a_lock_of_jupiter_frees_a_first_part_and_then_one_each_period(now: int, free: int) -> None:
    found = lock(jupiter_lock(MINT, ANNA), JUPITER_LOCK)
    assert found is not None
    assert (found.mint, found.beneficiary, found.free(now)) == (MINT, ANNA, free)


@pytest.mark.parametrize(("now", "free"), [(999, 0), (1_000, 399), (1_001, 400), (9_000, 400)])
def test_a_lock_of_streamflow_frees_all_at_its_end(now: int, free: int) -> None:
    found = lock(streamflow_lock(MINT, ANNA), STREAMFLOW)
    assert found is not None
    assert (found.mint, found.beneficiary, found.free(now)) == (MINT, ANNA, free)


@pytest.mark.parametrize(
    ("data", "program"),
    [
        (jupiter_lock(MINT, ANNA, taken=150), JUPITER_LOCK),
        (streamflow_lock(MINT, ANNA, taken=400), STREAMFLOW),
    ],
)
def test_what_was_taken_is_not_free_again(data: bytes, program: str) -> None:
    found = lock(data, program)
    assert found is not None
    assert found.free(1_009) == 0


@pytest.mark.parametrize(
    ("data", "program"),
    [
        (bytes(8) + jupiter_lock(MINT, ANNA)[8:], JUPITER_LOCK),
        (bytes(8) + streamflow_lock(MINT, ANNA)[8:], STREAMFLOW),
        (jupiter_lock(MINT, ANNA, CANCEL_MODE), JUPITER_LOCK),
        (jupiter_lock(MINT, ANNA, CANCELLED_AT), JUPITER_LOCK),
        (jupiter_lock(MINT, ANNA)[:150], JUPITER_LOCK),
        (streamflow_lock(MINT, ANNA, CANCELABLE_BY_SENDER), STREAMFLOW),
        (streamflow_lock(MINT, ANNA, PACE_CAN_CHANGE), STREAMFLOW),
        (streamflow_lock(MINT, ANNA, CLOSED), STREAMFLOW),
        (streamflow_lock(MINT, ANNA, STREAM_CANCELLED_AT), STREAMFLOW),
        (streamflow_lock(MINT, ANNA)[:600], STREAMFLOW),
        (jupiter_lock(MINT, ANNA), samples.SYSTEM),
    ],
)
def test_what_somebody_can_undo_is_no_lock(data: bytes, program: str) -> None:
    assert lock(data, program) is None


@pytest.mark.parametrize(
    ("now", "at"), [(0, 1_000), (999, 1_000), (1_000, 1_010), (1_009, 1_010), (1_059, 1_060), (1_060, None)]
)
def test_the_next_part_comes_free_at_a_date_until_all_is(now: int, at: int | None) -> None:
    found = lock(jupiter_lock(MINT, ANNA), JUPITER_LOCK)
    assert found is not None
    assert found.schedule.next_unlock(now) == at


def test_what_comes_free_beyond_all_dates_has_none() -> None:
    for_ever = Schedule(begins=2**64 - 1, first=5, period=0, part=0, total=5)
    assert for_ever.next_unlock(0) is None
    assert msgspec.structs.replace(for_ever, begins=9, first=0).next_unlock(0) is None


def test_the_vault_of_streamflow_is_derived_from_its_lock() -> None:
    """As a lock on mainnet says it."""
    vault = streamflow_vault("5VpnWocDjK4DLWbTGD8XZnB6TbBK6VpdfHXYi1QonBKQ")
    assert vault == "6pocTEeQ93kw74aTjr8cmGyGeg6bYScqKmchQFYDg5dU"
