"""How often volume bots are found in made-up markets, and how often one is seen where there is none.

By level of noise: markets with a bot among the crowd, and as many without one. A bot counts as found if its
funder is named, and seven tenths of its wallets. The last line is JSON.
"""

import time
from collections import Counter
from typing import NamedTuple

from bench.asked_markets import scanned, verdicts
from bench.figures import print_figures
from bench.markets import LEVELS, Generated, Noise, generated_market
from domain.security.checks import Source
from domain.security.trading import trading_checks
from domain.security.volume_bots import find_volume_bots
from domain.security.volume_check import MIN_TRADES

MARKETS = 1_000
"""Of each sort at each level."""
ASKED_MARKETS = 100
"""The same where a scan sees only what thirty questions bring."""
MAJORITY = 0.6
"""Of the latest trades."""
MIN_RECALL, MAX_FALSE = 0.95, 0.01
MIN_NAMED = 0.7


class Score(NamedTuple):
    """Parts of all markets."""

    recall: float
    false_alarms: float


def main() -> int:
    """Measure and print; 1 if a level misses its mark."""
    begun, scores = time.perf_counter(), {}
    print(f"\nvolume bots in {MARKETS:,} markets with one and {MARKETS:,} without, by noise")
    for noise in LEVELS:
        scores[noise] = score = score_of(noise, MARKETS)
        print(
            f"  sizes ±{noise.sizes:3.0%}  times ±{noise.times:3.0%}   recall {score.recall:6.1%}"
            f"   false alarms {score.false_alarms:5.1%}"
        )
    figures = {f"recall_{_name(noise)}": score.recall for noise, score in scores.items()}
    figures |= {f"false_alarms_{_name(noise)}": score.false_alarms for noise, score in scores.items()}
    asked = asked_scores(ASKED_MARKETS)
    print(f"  within thirty questions, of bots that make most trades: {verdicts(asked, is_bot=True)}")
    print(f"  within thirty questions, without a bot: {verdicts(asked, is_bot=False)}")
    figures |= {
        f"asked_{'bot' if bot else 'crowd'}_{name}": float(number)
        for (bot, name), number in sorted(asked.items())
    }
    figures["markets_per_second"] = 2 * MARKETS * len(LEVELS) / (time.perf_counter() - begun)
    print_figures("volume-bots", figures)
    return int(any(s.recall < MIN_RECALL or s.false_alarms > MAX_FALSE for s in scores.values()))


def score_of(noise: Noise, markets: int) -> Score:
    """Over so many markets with a bot and as many without one."""
    found = sum(_found(generated_market(seed, noise, with_bot=True)) for seed in range(markets))
    alarms = [
        find_volume_bots(generated_market(seed, noise, with_bot=False).market) for seed in range(markets)
    ]
    return Score(found / markets, sum(map(bool, alarms)) / markets)


def asked_scores(markets: int) -> Counter[tuple[bool, str]]:
    """Return what a scan of thirty questions says, by whether a bot makes most of the latest trades."""
    found: Counter[tuple[bool, str]] = Counter()
    for noise in LEVELS:
        for seed in range(markets):
            for with_bot in (True, False):
                generated = generated_market(seed, noise, with_bot=with_bot)
                if len(generated.market.trades) < MIN_TRADES:
                    continue
                market, part = scanned(generated, seed)
                if part >= MAJORITY or not with_bot:
                    check, *_ = trading_checks(market, supply=None, source=Source(name="made up"))
                    found[with_bot, check.verdict.value] += 1
    return found


def _found(generated: Generated) -> bool:
    funder, *crew = generated.bot
    return any(
        bot.funder == funder and len(set(bot.wallets).intersection(crew)) >= MIN_NAMED * len(crew)
        for bot in find_volume_bots(generated.market)
    )


def _name(noise: Noise) -> str:
    return f"sizes_{noise.sizes * 100:.0f}_times_{noise.times * 100:.0f}"
