"""The noise budget: about so many alerts a day, the most surprising ones, over a generated month."""

import math
from bisect import bisect
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from operator import itemgetter

import pytest

from bench.noise_month import BEGIN, month
from domain.rules.noise import (
    KEPT_TRADES,
    QUANTILES,
    NoiseDay,
    NoiseWeek,
    OwnHistory,
    bar_of,
    day_of,
    quantiles,
    rank_of,
    surprise,
)

BUDGET = 15
LEARNING = 7


def test_a_large_trade_of_a_quiet_wallet_in_a_new_token_is_the_most_surprising() -> None:
    greatest = OwnHistory(trades=200, rank=1.0, quiet_seconds=None, is_new=True)
    weakest = OwnHistory(trades=200, rank=0.0, quiet_seconds=0.0)
    assert (surprise(greatest), surprise(weakest)) == (1.0, 0.0)
    assert surprise(OwnHistory(trades=0, rank=None, quiet_seconds=0.0)) == 0.35, (
        "an unknown size is a middle one"
    )


def test_the_rank_is_the_part_of_earlier_trades_that_was_smaller() -> None:
    assert rank_of(5.0, [9.0, 1.0, 5.0, 4.0]) == 0.5
    assert rank_of(5.0, []) is None


def test_while_little_is_known_alerts_come_evenly_through_the_day() -> None:
    assert bar_of(NoiseDay(sent=3, elapsed=0.1, expected=None), BUDGET) == 0.0
    assert bar_of(NoiseDay(sent=5, elapsed=0.1, expected=None), BUDGET) == math.inf


def test_when_less_is_expected_than_there_is_room_for_everything_comes() -> None:
    assert bar_of(NoiseDay(sent=1, elapsed=0.5, expected=14.0, scores=[0.9]), BUDGET) == 0.0


def test_the_bar_leaves_room_for_what_the_day_still_brings() -> None:
    scores = [number / 100 for number in range(100)]
    assert bar_of(NoiseDay(sent=5, elapsed=0.0, expected=100.0, scores=scores), BUDGET) == 0.9
    assert bar_of(NoiseDay(sent=5, elapsed=1.0, expected=100.0, scores=scores), BUDGET) == 0.85, (
        "more as the day ends"
    )
    assert bar_of(NoiseDay(sent=15, elapsed=0.5, expected=100.0, scores=scores), BUDGET) == 0.99
    assert bar_of(NoiseDay(sent=18, elapsed=0.5, expected=100.0, scores=scores), BUDGET) == math.inf


def test_a_busy_day_is_expected_to_go_on() -> None:
    week = NoiseWeek(days=7.0, by_hour=[4.0] * 24, scores=[0.5])
    usual = day_of(week, sent=0, events=48, elapsed=0.5).expected
    busy = day_of(week, sent=0, events=90, elapsed=0.5).expected
    assert usual == 48
    assert busy is not None
    assert busy > 70
    assert day_of(NoiseWeek(days=0.5), sent=0, events=9, elapsed=0.5).expected is None
    assert day_of(week, sent=0, events=96, elapsed=1.0).expected == 0


def test_very_many_scores_become_few() -> None:
    scores = quantiles([number / 5_000 for number in range(5_000)])
    assert (len(scores), scores[0], scores[-1]) == (QUANTILES + 1, 0.0, 0.9998)


class Budgeted:
    """A chat with a budget, that follows what happens in a month."""

    def __init__(self) -> None:
        self.sent: Counter[int] = Counter()
        self._events: Counter[int] = Counter()
        self._past: dict[int, list[float]] = defaultdict(list)
        self._last: dict[int, datetime] = {}
        self._judged: list[tuple[datetime, float]] = []
        self._week = NoiseWeek(days=0.0)
        self._counted_at = BEGIN - timedelta(days=1)

    def decide(self, at: datetime, wallet: int, usd: float, *, is_new: bool) -> None:
        earlier = self._past[wallet][-KEPT_TRADES:]
        quiet = (at - self._last[wallet]).total_seconds() if wallet in self._last else None
        own = OwnHistory(trades=len(earlier), rank=rank_of(usd, earlier), quiet_seconds=quiet, is_new=is_new)
        day, score = (at - BEGIN).days, surprise(own)
        midnight = BEGIN + timedelta(days=day)
        known = day_of(
            self._counted(at),
            sent=self.sent[day],
            events=self._events[day],
            elapsed=(at - midnight) / timedelta(days=1),
        )
        self.sent[day] += score >= bar_of(known, BUDGET)
        self._past[wallet].append(usd)
        self._last[wallet] = at
        self._judged.append((at, score))
        self._events[day] += 1

    def _counted(self, at: datetime) -> NoiseWeek:
        if self._judged and at - self._counted_at > timedelta(hours=1):
            self._counted_at = at
            week = self._judged[bisect(self._judged, at - timedelta(days=7), key=itemgetter(0)) :]
            days = min(7.0, (at - week[0][0]) / timedelta(days=1))
            hours = Counter(when.hour for when, _ in week)
            self._week = NoiseWeek(
                days=days,
                by_hour=[hours[hour] / max(days, 1.0) for hour in range(24)],
                scores=quantiles([score for _, score in week]),
            )
        return self._week


@pytest.mark.parametrize("seed", [0, 1, 2, 7, 15])
def test_over_a_month_twelve_to_eighteen_come_each_day(seed: int) -> None:
    chat = Budgeted()
    event_groups = [one for one in month(seed) if not one.is_exit]
    for one in event_groups:
        chat.decide(one.at, one.wallet, one.usd, is_new=one.is_new)
    days = [chat.sent[day] for day in range(LEARNING, 37)]
    assert len(event_groups) / 37 > 100, "many times the budget"
    assert all(12 <= number <= 18 for number in days), days
    assert abs(sum(days) / len(days) - BUDGET) < 1
    assert all(chat.sent[day] <= 18 for day in range(LEARNING)), "nor more while little is known"
