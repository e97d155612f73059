from __future__ import annotations

from datetime import timedelta

from runtime import clock


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_unix_and_now_agree() -> None:
    assert abs(clock.now().timestamp() - clock.unix()) < 1


def test_the_monotonic_clock_does_not_go_back() -> None:
    assert clock.monotonic() <= clock.monotonic()
