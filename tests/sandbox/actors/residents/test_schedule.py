"""Who acts when."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

from sandbox.actors.config import SimulationConfig, Timing
from sandbox.actors.residents.population import population_of
from sandbox.actors.residents.schedule import Timer, schedule_of
from tests.sandbox.actors.running import QUIET


def test_a_timer_rings_early_first_and_then_within_its_bounds() -> None:
    timer = Timer(rng=Random(1), first_within=5, min_interval=10, max_interval=20)
    due_slots = [slot for slot in range(100, 400) if timer.is_due(slot)]
    assert due_slots[0] <= 105
    assert all(10 <= later - sooner <= 20 for sooner, later in pairwise(due_slots))


def test_a_timer_that_slows_down_rings_as_often_as_before_until_then() -> None:
    even, slow = (
        Timer(rng=Random(1), first_within=1, min_interval=2, max_interval=2, slows_after=after, slowness=5)
        for after in (0, 10)
    )
    assert [slot for slot in range(30) if even.is_due(slot)] == [*range(1, 30, 2)]
    assert [slot for slot in range(45) if slow.is_due(slot)] == [1, 3, 5, 7, 9, 11, 21, 31, 41]


def test_a_timer_rings_once_for_all_times_that_were_skipped() -> None:
    timer = Timer(rng=Random(1), first_within=1, min_interval=2, max_interval=2)
    timer.is_due(0)
    assert [timer.is_due(slot) for slot in (50, 51, 52)] == [True, False, True]


def test_retail_acts_as_often_as_the_pace_says() -> None:
    schedule = schedule_of(
        population_of(
            SimulationConfig(whales=(), volume_wallets=0, timing=Timing(retail=1.5, spam=0, volume=0))
        )
    )
    acts = sum(len(list(schedule.due(slot))) for slot in range(1_000))
    assert 1_400 < acts < 1_600


def test_at_a_quiet_pace_only_whales_and_their_friends_act() -> None:
    population = population_of(SimulationConfig(timing=QUIET))
    schedule = schedule_of(population)
    seen = Counter(str(one.key.pubkey()) for slot in range(300) for one in schedule.due(slot))
    assert set(seen) == {str(one.key.pubkey()) for one in (*population.whales.values(), *population.friends)}
    assert not any(schedule.volume_is_due(slot) for slot in range(300))


def test_the_volume_bot_steps_evenly() -> None:
    schedule = schedule_of(population_of(SimulationConfig(timing=replace(QUIET, volume=7))))
    due = [slot for slot in range(100) if schedule.volume_is_due(slot)]
    assert {later - sooner for sooner, later in pairwise(due)} == {7}
