"""Who acts in which slot."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from sandbox.actors.config import Pace
from sandbox.actors.keys import dice
from sandbox.actors.residents.actors import Person
from sandbox.actors.residents.population import Census

_SLOW = 3
"""How much slower than a whale its friends are."""


@dataclass(slots=True, kw_only=True)
class Timer:
    """When somebody acts: within `first` slots, then after every `shortest` to `longest`."""

    rng: Random
    first: int
    shortest: int
    longest: int
    _due: int | None = field(default=None, init=False)

    def rings(self, slot: int) -> bool:
        """Whether it is time in `slot`; rings once for a time that lies in skipped slots."""
        if self._due is None:
            self._due = slot + self.rng.randint(1, self.first)
        if slot < self._due:
            return False
        self._due = slot + self.rng.randint(self.shortest, self.longest)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """Timers of all who act; each has dice of its own, so that one's haste changes nobody else."""

    timed: tuple[tuple[Timer, Person], ...]
    """Whales and their friends."""
    retail: tuple[Person, ...]
    retail_rate: float
    pests: tuple[Person, ...]
    pest_timer: Timer | None
    crew_timer: Timer | None
    rng: Random

    def due(self, slot: int) -> Iterator[Person]:
        """Those who act in `slot`, the volume bot's crew apart."""
        yield from (person for timer, person in self.timed if timer.rings(slot))
        crowd = int(self.retail_rate) + (self.rng.random() < self.retail_rate % 1)
        if self.retail:
            yield from self.rng.choices(self.retail, k=crowd)
        if self.pest_timer is not None and self.pest_timer.rings(slot):
            yield self.rng.choice(self.pests)

    def crew_is_due(self, slot: int) -> bool:
        """Whether the volume bot takes its next step in `slot`."""
        return self.crew_timer is not None and self.crew_timer.rings(slot)


def rota_of(census: Census) -> Rota:
    """Say when each of the census acts, by the pace of its population."""
    pace, seed = census.population.pace, census.population.seed
    whales = ((_timer(seed, person, pace, 1), person) for person in census.whales.values())
    friends = ((_timer(seed, person, pace, _SLOW), person) for person in census.friends)
    return Rota(
        timed=(*whales, *friends),
        retail=census.retail,
        retail_rate=pace.retail,
        pests=(census.spammer, *census.impostors.values()),
        pest_timer=_steady(seed, "pests", pace.spam),
        crew_timer=_steady(seed, "crew", pace.volume if len(census.crew) > 1 else 0),
        rng=dice(seed, "rota"),
    )


def _timer(seed: int, person: Person, pace: Pace, slowness: int) -> Timer:
    return Timer(
        rng=dice(seed, f"timer/{person.key.pubkey()}"),
        first=pace.first * slowness,
        shortest=pace.shortest * slowness,
        longest=pace.longest * slowness,
    )


def _steady(seed: int, name: str, slots: int) -> Timer | None:
    if not slots:
        return None
    return Timer(rng=dice(seed, f"timer/{name}"), first=slots, shortest=slots, longest=slots)
