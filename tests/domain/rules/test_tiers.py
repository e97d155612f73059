"""Tiers: one row each, and what is near a limit."""

import pytest

from domain.rules.tiers import (
    Tier,
    Tiers,
    is_near,
    parse_campaign_limits,
    parse_history_limits,
    parse_key_limits,
)

TIERS = Tiers(
    alerts_an_hour={"free": 300, "pro": 0},
    watches={"free": 500, "pro": 2_000},
    history_days=parse_history_limits("free=30,plus=90"),
    api_keys=parse_key_limits("free=2"),
    campaigns=parse_campaign_limits("free=2,pro=20"),
    webhooks={"free": 1, "plus": 3},
)


def test_a_tier_is_one_row_and_what_is_not_named_counts_as_free() -> None:
    assert TIERS.of("pro") == Tier(
        name="pro", watches=2_000, alerts_an_hour=None, history_days=30, api_keys=2, campaigns=20, webhooks=1
    )
    assert TIERS.of("gone").watches == 500
    assert [row.name for row in TIERS.rows()] == ["free", "pro", "plus"]


@pytest.mark.parametrize(
    ("used", "limit", "near"),
    [(79, 100, False), (80, 100, True), (0, 5, False), (4, 5, True), (9, None, False)],
)
def test_four_fifths_of_a_limit_are_near_it(used: int, limit: int | None, *, near: bool) -> None:
    assert is_near(used, limit) is near


@pytest.mark.parametrize("text", ["", "plus=3", "free=0", "free=9999", "free"])
def test_days_of_history_are_some(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_history_limits(text)


def test_there_may_be_no_keys() -> None:
    assert parse_key_limits("free=0,pro=100") == {"free": 0, "pro": 100}
    with pytest.raises(ValueError, match="from 0 to 100"):
        parse_key_limits("free=101")
