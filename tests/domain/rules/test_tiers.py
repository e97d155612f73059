"""Tiers and their caps."""

import pytest

from domain.rules.tiers import NO_HOURLY_LIMITS, hourly_limit_of, hourly_limits_text, parse_hourly_limits


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
