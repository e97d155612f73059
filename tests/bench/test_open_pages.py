"""A short form of `make bench-pages`: a killed instance costs no page an alert."""

import pytest

from bench.open_pages import measure

pytestmark = [pytest.mark.services, pytest.mark.e2e]


async def test_pages_of_a_killed_instance_go_on_at_another_with_nothing_lost_or_doubled() -> None:
    figures = await measure(count=30, seconds=3.0)
    assert figures["alerts"] > 100
    assert (figures["missing"], figures["doubled"]) == (0, 0)
