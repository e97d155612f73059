"""How often patterns are found in made-up weeks and falsely seen where there are none, and what they cost.

For each pattern so many weeks with it among the everyday of a dozen people, and as many with something that
only looks like it. It counts as found if its token or wallet is named, with no more owners than there were
persons. Then the processor time that a dispatcher takes for alerts at full speed, with patterns and without,
by turns. The last line is JSON.
"""

import os
from typing import NamedTuple

from bench.figures import Figures, print_figures
from bench.pattern_costs import measure_costs
from bench.week_plots import PLANTS, week_with, week_without
from bench.weeks import DAY, END, LISTED, Planted, Week
from domain.patterns.found import TOGETHER, PatternFound, PatternSettings
from domain.patterns.replay import Replay
from domain.patterns.sightings import PastOfAddress

WEEKS = int(os.environ.get("BENCH_WEEKS", "1000"))
"""Of each sort and pattern."""
MIN_RECALL, MAX_FALSE = 0.95, 0.01


class Score(NamedTuple):
    """What became of the weeks of one pattern."""

    recall: float
    false_alarms: float
    deposits: int
    """Addresses of exchanges that were told as a new home, in all weeks."""
    weeks: int

    @property
    def is_good(self) -> bool:
        """Whether it is as good as it must be."""
        return self.recall >= MIN_RECALL and self.false_alarms <= MAX_FALSE and not self.deposits


def found_in(week: Week) -> list[PatternFound]:
    """Return what the chat would be sent, with two more days in which addresses are checked."""
    replay = Replay(
        "solana",
        PatternSettings(),
        followed=week.followed,
        last_active=week.last_active,
        listed=LISTED,
        past_of=lambda address, until: _past(week, address, until),
    )
    found = [event for seen in week.sightings for event in replay.see(seen)]
    return [*found, *replay.until(END + 2 * DAY)]


def measured(pattern: str, weeks: int) -> Score:
    """The score of a pattern in so many weeks of each sort."""
    hits = false = deposits = 0
    for seed in range(weeks):
        week = week_with(pattern, seed)
        found = found_in(week)
        deposits += _deposits(week, found)
        hits += any(_is_it(event, planted) for event in found if (planted := week.planted) is not None)
        innocent = week_without(pattern, seed)
        found = found_in(innocent)
        deposits += _deposits(innocent, found)
        false += any(event.pattern == pattern for event in found)
    return Score(hits / weeks, false / weeks, deposits, weeks)


def main() -> int:
    """Measure all patterns and their cost; 1: one of them is not as good as it must be."""
    print(f"{WEEKS:,} weeks of each sort; recall, and weeks with a false alarm")
    scores = {pattern: measured(pattern, WEEKS) for pattern in PLANTS}
    figures: Figures = {"weeks": WEEKS, "deposits_told": sum(one.deposits for one in scores.values())}
    for pattern, score in scores.items():
        print(f"  {pattern:<14} {score.recall:>7.1%} {score.false_alarms:>7.1%}")
        figures |= {f"{pattern}_recall": score.recall, f"{pattern}_false_alarms": score.false_alarms}
    print(f"deposits on exchanges told as a new home: {figures['deposits_told']:,}")
    cost = measure_costs()
    print_figures("patterns", figures | cost)
    return 0 if all(score.is_good for score in scores.values()) and cost["ratio"] <= MAX_RATIO else 1


MAX_RATIO = 1.15
"""Of processor time with patterns to that without."""


def _past(week: Week, address: str, until: float) -> PastOfAddress:
    known = week.addresses.get(address)
    return PastOfAddress(None) if known is None else known.past(until)


def _deposits(week: Week, found: list[PatternFound]) -> int:
    return sum(event.to in week.deposits for event in found)


def _is_it(event: PatternFound, planted: Planted) -> bool:
    key = event.mint if event.pattern in TOGETHER else event.wallet
    people = planted.people or 1
    return (event.pattern, key) == (planted.pattern, planted.key) and len(event.owners) <= people
