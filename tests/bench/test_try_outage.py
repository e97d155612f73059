"""A minute of 502 in seconds: nothing lost, nothing twice without saying so."""

import pytest

from bench.try_outage import BAD, HALF_OF_THE_EDGE, MINUTE_OF_502, PLAYS, figures, play

pytestmark = [pytest.mark.services, pytest.mark.e2e]


async def test_an_outage_of_telegrams_edge_loses_nothing_and_marks_what_may_come_twice() -> None:
    verdict, asked = await play(MINUTE_OF_502, scale=20.0)
    found = figures(verdict, asked)
    assert found["deliveries"] == 4 * MINUTE_OF_502.alerts
    assert (found["lost"], found["unmarked_repeats"], found["third_copies"]) == (0, 0, 0)
    assert verdict.ambiguous > 0, "the outage reached the senders"


@pytest.mark.timeout(240)  # leases of half a minute end meanwhile
async def test_half_an_edge_and_kills_leave_nobody_without_alert_or_reply() -> None:
    verdict, asked = await play(HALF_OF_THE_EDGE, scale=8.0)
    found = figures(verdict, asked)
    assert found["deliveries"] == 4 * HALF_OF_THE_EDGE.alerts
    assert found["questions"] > 0
    assert {name: found[name] for name in BAD} == dict.fromkeys(BAD, 0)


def test_nothing_that_goes_wrong_lasts_beyond_the_play() -> None:
    for play_ in PLAYS:
        assert all(step.at + step.lasts < play_.seconds for step in play_.steps)
        assert all(
            bool(step.hangs) + bool(step.kills) + (step.fault is not None) == 1 for step in play_.steps
        )
