"""A minute of 502 in seconds: nothing lost, nothing twice without saying so."""

import pytest

from bench.try_outage import MINUTE_OF_502, MIXED, figures, play

pytestmark = [pytest.mark.services, pytest.mark.e2e]


async def test_an_outage_of_telegrams_edge_loses_nothing_and_marks_what_may_come_twice() -> None:
    verdict = await play(MINUTE_OF_502, scale=20.0)
    found = figures(verdict)
    assert found["deliveries"] == 4 * MINUTE_OF_502.alerts
    assert (found["lost"], found["unmarked_repeats"], found["third_copies"]) == (0, 0, 0)
    assert verdict.ambiguous > 0, "the outage reached the senders"


def test_nothing_that_goes_wrong_lasts_beyond_the_play() -> None:
    for play_ in (MINUTE_OF_502, MIXED):
        assert all(step.at + step.lasts < play_.seconds for step in play_.steps)
        assert all(bool(step.hangs) != (step.fault is not None) for step in play_.steps)
