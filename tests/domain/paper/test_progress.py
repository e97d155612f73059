"""A campaign in parts of time comes to the same as in one piece, and sees nothing while it pauses."""

from fractions import Fraction
from random import Random

import pytest
from msgspec import structs

from domain.errors import BadInput
from domain.paper.progress import (
    MAX_PAUSES,
    POINT_SECONDS,
    Pause,
    Progress,
    TradeIndex,
    price_only,
    with_pause,
    without_pause,
)
from domain.paper.state import read_state, write_state
from domain.paper.trades import Filled, unmoved
from tests.domain.paper.by_hand import by_hand
from tests.domain.paper.generated import generated


@pytest.mark.parametrize("seed", range(40))
def test_in_parts_stored_in_between_it_comes_to_what_a_plain_computation_apart_says(seed: int) -> None:
    plan, trades = generated(seed)
    pauses = (Pause(begin=1_500, end=1_700), Pause(begin=2_600, end=2_700)) if seed % 2 else ()
    rng, left, progress = Random(seed), trades, Progress(plan, pauses=pauses)
    fills: list[Filled] = []
    while left:
        part, left = left[: (size := rng.randint(1, 30))], left[size:]
        own, whale = (read_state(write_state(one)) for one in (progress.own, progress.whale))
        progress = Progress(plan, own, whale, pauses)
        list(progress.going_on(TradeIndex(part)))
        fills += progress.fills
    seen = [one for one in trades if not any(pause.begin <= one.at < (pause.end or 0) for pause in pauses)]
    assert structs.asdict(progress.figures.own) == by_hand(plan, seen)
    assert structs.asdict(progress.figures.whale) == by_hand(
        plan.of_whale, [*map(unmoved, seen)], is_whale=True
    )
    assert sum(fill.gain is not None for fill in fills) == progress.figures.own.trades


def test_a_curve_has_one_point_at_most_in_each_time_and_it_is_the_last() -> None:
    plan, trades = generated(3)
    progress = Progress(structs.replace(plan, until=None))
    list(progress.going_on(TradeIndex(trades)))
    assert all(at % POINT_SECONDS == 0 and point.at == at for at, point in progress.points.items())
    last = progress.points[max(progress.points)]
    assert (last.own, last.whale) == (progress.figures.own.end, progress.figures.whale.end)


def test_prices_of_tokens_that_nobody_followed_has_bought_change_nothing() -> None:
    plan, _ = generated(3)
    progress = Progress(plan)
    list(progress.going_on(TradeIndex([price_only("elsewhere", 1_000, Fraction(5))])))
    assert (progress.points, progress.fills, progress.bought) == ({}, [], set())


def test_it_pauses_until_it_goes_on_and_not_without_end() -> None:
    once = without_pause(with_pause([], 5), 9)
    assert once == [Pause(begin=5, end=9)]
    assert [once[0].hides(at) for at in (4, 5, 8, 9)] == [False, True, True, False]
    assert Pause(begin=5).hides(10**9)
    with pytest.raises(BadInput, match="only be stopped"):
        with_pause(once * MAX_PAUSES, 10)
