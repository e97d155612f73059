"""Shares of people: a group has no more than leaves room for alerts, and a burst fills up evenly."""

import pytest

from domain.rate_limits import MAX_PER_GROUP, RequestShares


@pytest.mark.parametrize(("per_minute", "per_group"), [(4, 4), (15, 15), (30, MAX_PER_GROUP), (1000, 15)])
def test_a_group_has_what_a_person_has_but_leaves_room_for_alerts(per_minute: int, per_group: int) -> None:
    assert RequestShares(per_minute=per_minute).per_group == per_group


def test_after_the_burst_requests_come_as_often_as_the_minute_allows() -> None:
    assert RequestShares(per_minute=30).interval == 2.0
