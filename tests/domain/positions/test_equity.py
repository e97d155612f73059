"""The curve of a wallet: round trips in the order in which they ended, unknown ones left out."""

from datetime import UTC, datetime

from domain.positions.equity import Step, steps_of
from domain.positions.holdings import Holding
from domain.positions.trips import RoundTrip


def test_trips_of_all_tokens_stand_in_the_order_of_time() -> None:
    first = Holding(trips=[RoundTrip(net_sol=5, closed_at=200), RoundTrip(net_sol=-3, closed_at=100)])
    second = Holding(
        trips=[
            RoundTrip(net_sol=7, closed_at=150),
            RoundTrip(net_sol=None, closed_at=160),
            RoundTrip(net_sol=1),
        ]
    )
    steps = steps_of([first, second])
    assert [step.gain for step in steps] == [-3, 7, 5]
    assert steps[0] == Step(at=datetime.fromtimestamp(100, UTC), gain=-3)
