"""Flood control over made-up time."""

from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.chats.flood import Flood
from sandbox.telegram.config import FloodLimits


def test_a_chat_takes_a_burst_and_then_one_a_second() -> None:
    flood = Flood(FloodLimits(chat_burst=3))
    assert [flood.take(1, 100.0, group=False) for _ in range(4)] == [0, 0, 0, 1]
    assert flood.take(2, 100.0, group=False) == 0
    assert [flood.take(1, 101.0, group=False) for _ in range(2)] == [0, 1]
    assert [flood.take(1, 110.0, group=False) for _ in range(4)] == [0, 0, 0, 1]
    assert flood.refused == 3


def test_a_group_takes_twenty_a_minute() -> None:
    flood = Flood(FloodLimits(chat_burst=100))
    assert [flood.take(-1, 10.0, group=True) for _ in range(20)] == [0] * 20
    assert flood.take(-1, 15.5, group=True) == 55
    assert flood.take(-1, 70.0, group=True) == 0


def test_nothing_is_limited_when_limits_are_off() -> None:
    flood = Flood(FloodLimits(enabled=False))
    assert {flood.take(1, 1.0, group=True) for _ in range(1_000)} == {0}


@given(st.lists(st.tuples(st.integers(1, 60), st.floats(0, 0.2)), max_size=300))
def test_no_second_ever_sees_more_than_thirty(sends: list[tuple[int, float]]) -> None:
    flood, now, accepted = Flood(FloodLimits()), 1_000.0, []
    for chat_id, pause in sends:
        now += pause
        if flood.take(chat_id, now, group=False) == 0:
            accepted.append(now)
    assert all(sum(begin <= at < begin + 1.0 for at in accepted) <= 30 for begin in accepted)


@given(st.integers(1, 5), st.floats(0, 3))
def test_a_bot_that_waits_for_retry_after_is_let_through(burst: int, pause: float) -> None:
    flood, now = Flood(FloodLimits(chat_burst=burst)), 50.0
    for _ in range(10):
        now += pause
        wait = flood.take(7, now, group=True)
        if wait:
            now += wait
            assert flood.take(7, now, group=True) == 0
