"""What goes first, and what waits for others.
Tiers and their caps.
"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from domain.activity.activity import Activity, Kind, Leg
from domain.activity.prices import DOLLAR_MINTS
from domain.rules.lanes import (
    NO_HOURLY_LIMITS,
    Lane,
    coalesce,
    fair_queue_time,
    hourly_limit_of,
    hourly_limits_text,
    lane_of,
    parse_hourly_limits,
    parse_watch_limits,
    sold_by,
    watch_limit_of,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def did(kind: Kind) -> Activity:
    return Activity(
        chain="sandbox", signature="s", slot=1, block_time=None, wallet="w", kind=kind, paid=(), received=()
    )


@pytest.mark.parametrize(
    ("kind", "full_exit", "lane"),
    [
        (Kind.SELL, None, Lane.URGENT),
        (Kind.SELL, True, Lane.URGENT),
        (Kind.SELL, False, Lane.NORMAL),
        (Kind.BUY, None, Lane.NORMAL),
    ],
)
def test_an_exit_goes_first(kind: Kind, full_exit: bool | None, lane: Lane) -> None:  # noqa: FBT001 - a table
    assert lane_of(did(kind), full_exit=full_exit) is lane


def test_a_swap_of_a_token_may_be_an_exit_and_of_money_is_none() -> None:
    token, dollars = Leg(mint="token", raw=1, decimals=0), Leg(mint=min(DOLLAR_MINTS), raw=1, decimals=6)
    swapped = structs.replace(did(Kind.SWAP), paid=(token,), received=(dollars,))
    assert (lane_of(swapped), sold_by(swapped)) == (Lane.URGENT, frozenset({"token"}))
    assert lane_of(swapped, full_exit=False) is Lane.NORMAL
    changed = structs.replace(swapped, paid=(dollars,), received=(token,))
    assert (lane_of(changed), sold_by(changed)) == (Lane.NORMAL, frozenset())


def test_replies_pass_everything_and_everything_passes_broadcasts() -> None:
    assert sorted(Lane) == [Lane.REPLIES, Lane.URGENT, Lane.NORMAL, Lane.BULK, Lane.BROADCAST]


def test_a_small_alert_finds_its_place_in_a_large_fan_out() -> None:
    later = NOW + timedelta(seconds=5)
    assert fair_queue_time(NOW, 100) < fair_queue_time(later, 0) < fair_queue_time(NOW, 200)


def seconds(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


def test_the_first_of_a_burst_goes_at_once_and_the_rest_together_at_the_end_of_the_window() -> None:
    assert coalesce(NOW, None, 3.0) is None
    assert coalesce(seconds(1), (NOW, None), 3.0) == seconds(3)
    assert coalesce(seconds(2), (seconds(1), seconds(3)), 3.0) == seconds(3)
    assert coalesce(seconds(3.5), (seconds(2), seconds(3)), 3.0) == seconds(6)
    assert coalesce(seconds(9), (seconds(2), seconds(3)), 3.0) is None


def test_without_a_window_nothing_waits() -> None:
    assert coalesce(seconds(1), (NOW, None), 0.0) is None


@given(st.lists(st.floats(min_value=0, max_value=20), max_size=30), st.floats(min_value=0.1, max_value=5))
def test_nothing_waits_longer_than_the_window(gaps: list[float], coalesce_seconds: float) -> None:
    at, before = NOW, None
    for gap in gaps:
        at += timedelta(seconds=gap)
        coalesce_until = coalesce(at, before, coalesce_seconds)
        assert coalesce_until is None or at <= coalesce_until <= at + timedelta(seconds=coalesce_seconds)
        before = (at, coalesce_until)


def test_caps_are_read_and_written_alike() -> None:
    text = "free=300,plus=1000,pro=0"
    assert dict(parse_hourly_limits(text)) == {"free": 300, "plus": 1000, "pro": 0}
    assert hourly_limits_text(parse_hourly_limits(text)) == text


@pytest.mark.parametrize("text", ["300", "plus=10", "free=-1", "free=x", "free=1,", "Free=1", "free=9999999"])
def test_what_is_no_list_of_caps_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_hourly_limits(text)


def test_a_tier_that_is_named_no_more_counts_as_free() -> None:
    hourly_limits = parse_hourly_limits("free=5,pro=0")
    assert (
        hourly_limit_of(hourly_limits, "free"),
        hourly_limit_of(hourly_limits, "pro"),
        hourly_limit_of(hourly_limits, "gone"),
    ) == (5, None, 5)
    assert hourly_limit_of(NO_HOURLY_LIMITS, "free") is None


def test_a_tier_says_how_many_wallets_a_chat_may_follow_and_an_unknown_one_counts_as_free() -> None:
    watch_limits = parse_watch_limits("free=500, pro=2000")
    assert watch_limit_of(watch_limits, "pro") == 2000
    assert watch_limit_of(watch_limits, "gone") == watch_limit_of(watch_limits, "free") == 500


@pytest.mark.parametrize("text", ["", "free", "pro=5", "free=0", "free=99999", "FREE=5"])
def test_limits_of_wallets_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_watch_limits(text)
