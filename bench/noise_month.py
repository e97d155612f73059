"""A month of what followed wallets do, generated for the noise budget without knowing how it decides.

Wallets of several sorts trade by a rhythm of day and week, in bursts, with sizes of heavy tails; some begin
or stop in the middle of the month. What comes out: when, who, how many dollars, and whether the token is new.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)
"""A Monday."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGroup:
    """One trade of one wallet."""

    at: datetime
    wallet: int
    usd: float
    is_new: bool
    is_exit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manner:
    per_day: float
    median_usd: float
    spread: float
    burst: float
    """The mean number of trades in a row."""
    peak_hour: int
    weekend: float
    """Of what is done on other days."""
    first_day: int
    last_day: int
    new_share: float


def month(seed: int, *, wallets: int = 40, days: int = 37) -> list[EventGroup]:
    """So many days of so many wallets, in order; the first week is for learning."""
    chance = random.Random(seed)
    found = [one for wallet in range(wallets) for one in _life(chance, wallet, _manner(chance, days), days)]
    return sorted(found, key=lambda one: one.at)


def _manner(chance: random.Random, days: int) -> _Manner:
    is_late = chance.random() < 0.15
    is_over = chance.random() < 0.15
    return _Manner(
        per_day=math.exp(chance.gauss(1.2, 1.1)),
        median_usd=math.exp(chance.gauss(7.0, 1.3)),
        spread=chance.uniform(0.6, 1.6),
        burst=chance.choice((1.0, 1.5, 3.0, 6.0)),
        peak_hour=chance.randrange(24),
        weekend=chance.uniform(0.4, 1.1),
        first_day=chance.randrange(days // 2) if is_late else 0,
        last_day=chance.randrange(days // 2, days) if is_over else days,
        new_share=chance.uniform(0.05, 0.6),
    )


def _life(chance: random.Random, wallet: int, manner: _Manner, days: int) -> Iterator[EventGroup]:
    for day in range(manner.first_day, min(manner.last_day, days)):
        rate = manner.per_day * (manner.weekend if day % 7 >= 5 else 1.0)
        for _ in range(_poisson(chance, rate / manner.burst)):
            at = BEGIN + timedelta(days=day, hours=_hour(chance, manner.peak_hour))
            for _ in range(1 + _poisson(chance, manner.burst - 1)):
                at += timedelta(seconds=chance.expovariate(1 / 90))
                yield EventGroup(
                    at=at,
                    wallet=wallet,
                    usd=manner.median_usd * math.exp(chance.gauss(0, manner.spread)),
                    is_new=chance.random() < manner.new_share,
                    is_exit=chance.random() < 0.08,
                )


def _hour(chance: random.Random, peak: int) -> float:
    return (chance.gauss(peak, 4.5) if chance.random() < 0.8 else chance.uniform(0, 24)) % 24


def _poisson(chance: random.Random, mean: float) -> int:
    limit, number, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        number += 1
        product *= chance.random()
    return number
