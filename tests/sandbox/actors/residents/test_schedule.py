"""Who acts when."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

from sandbox.actors.config import Pace, Population
from sandbox.actors.residents.population import census_of
from sandbox.actors.residents.schedule import Timer, rota_of
from tests.sandbox.actors.conftest import QUIET


def test_a_timer_rings_early_first_and_then_within_its_bounds() -> None:
    timer = Timer(rng=Random(1), first=5, shortest=10, longest=20)
    rung = [slot for slot in range(100, 400) if timer.rings(slot)]
    assert rung[0] <= 105
    assert all(10 <= later - sooner <= 20 for sooner, later in pairwise(rung))


def test_a_timer_rings_once_for_all_times_that_were_skipped() -> None:
    timer = Timer(rng=Random(1), first=1, shortest=2, longest=2)
    timer.rings(0)
    assert [timer.rings(slot) for slot in (50, 51, 52)] == [True, False, True]


def test_retail_acts_as_often_as_the_pace_says() -> None:
    rota = rota_of(
        census_of(Population(whales=(), volume_wallets=0, pace=Pace(retail=1.5, spam=0, volume=0)))
    )
    acts = sum(len(list(rota.due(slot))) for slot in range(1_000))
    assert 1_400 < acts < 1_600


def test_at_a_quiet_pace_only_whales_and_their_friends_act() -> None:
    census = census_of(Population(pace=QUIET))
    rota = rota_of(census)
    seen = Counter(str(one.key.pubkey()) for slot in range(300) for one in rota.due(slot))
    assert set(seen) == {str(one.key.pubkey()) for one in (*census.whales.values(), *census.friends)}
    assert not any(rota.crew_is_due(slot) for slot in range(300))


def test_the_volume_bot_steps_evenly() -> None:
    rota = rota_of(census_of(Population(pace=replace(QUIET, volume=7))))
    due = [slot for slot in range(100) if rota.crew_is_due(slot)]
    assert {later - sooner for sooner, later in pairwise(due)} == {7}
