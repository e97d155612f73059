"""A sandbox started later begins later."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.continuity import first_slot, first_update_id

TIMES = st.floats(min_value=0, max_value=4e9)


@given(TIMES, st.floats(min_value=0, max_value=1e8), st.sampled_from([0.02, 0.4, 1.0]))
def test_slots_never_begin_below_those_of_an_earlier_sandbox(now: float, later: float, pace: float) -> None:
    assert 1 <= first_slot(now, pace) <= first_slot(now + later, pace)


@given(TIMES, st.floats(min_value=0, max_value=1e8))
def test_update_ids_never_begin_below_those_of_an_earlier_sandbox(now: float, later: float) -> None:
    assert 1 <= first_update_id(now) <= first_update_id(now + later)
