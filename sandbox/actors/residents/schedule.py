"""Who acts in which slot."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from sandbox.actors.config import Timing
from sandbox.actors.keys import rng_for
from sandbox.actors.residents.actors import Actor
from sandbox.actors.residents.population import Population

_FRIEND_SLOWNESS = 3
"""How many times slower than a whale its friends act."""


@dataclass(slots=True, kw_only=True)
class Timer:
    """When an actor acts: within `first_within` slots, then every `min_interval` to `max_interval` slots."""

    rng: Random
    first_within: int
    min_interval: int
    max_interval: int
    slows_after: int = 0
    """Slots from the first one on, after which the intervals are `slowness` times as long; 0: never."""
    slowness: int = 1
    _begun: int = field(default=0, init=False)
    _due: int | None = field(default=None, init=False)

    def is_due(self, slot: int) -> bool:
        """Return whether the actor acts in `slot`; once only for all times that lie in skipped slots."""
        if self._due is None:
            self._begun = slot
            self._due = slot + self.rng.randint(1, self.first_within)
        if slot < self._due:
            return False
        is_slow = 0 < self.slows_after <= slot - self._begun
        interval = self.rng.randint(self.min_interval, self.max_interval)
        self._due = slot + interval * (self.slowness if is_slow else 1)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The timers of all actors; each has a generator of its own, so that no timer changes another."""

    timed: tuple[tuple[Timer, Actor], ...]
    """Whales and their friends."""
    retail: tuple[Actor, ...]
    retail_rate: float
    spammers: tuple[Actor, ...]
    spam_timer: Timer | None
    volume_timer: Timer | None
    rng: Random

    def due(self, slot: int) -> Iterator[Actor]:
        """The actors that act in `slot`, without the volume bot."""
        yield from (actor for timer, actor in self.timed if timer.is_due(slot))
        count = int(self.retail_rate) + (self.rng.random() < self.retail_rate % 1)
        if self.retail:
            yield from self.rng.choices(self.retail, k=count)
        if self.spam_timer is not None and self.spam_timer.is_due(slot):
            yield self.rng.choice(self.spammers)

    def volume_is_due(self, slot: int) -> bool:
        """Return whether the volume bot takes its next step in `slot`."""
        return self.volume_timer is not None and self.volume_timer.is_due(slot)


def schedule_of(population: Population) -> Schedule:
    """The schedule of a population, by its timing."""
    timing, action_seed = population.config.timing, population.config.action_seed
    whales = ((_timer(action_seed, actor, timing, 1), actor) for actor in population.whales.values())
    friends = ((_timer(action_seed, actor, timing, _FRIEND_SLOWNESS), actor) for actor in population.friends)
    return Schedule(
        timed=(*whales, *friends),
        retail=population.retail,
        retail_rate=timing.retail,
        spammers=(population.spammer, *population.impostors.values()),
        spam_timer=_even_timer(
            action_seed, "spammers", timing.spam, slows_after=timing.slows_after, slowness=timing.slowness
        ),
        volume_timer=_even_timer(
            action_seed, "volume_crew", timing.volume if len(population.volume_crew) > 1 else 0
        ),
        rng=rng_for(action_seed, "schedule"),
    )


def _timer(action_seed: str, actor: Actor, timing: Timing, slowness: int) -> Timer:
    return Timer(
        rng=rng_for(action_seed, f"timer/{actor.key.pubkey()}"),
        first_within=timing.first_within * slowness,
        min_interval=timing.min_interval * slowness,
        max_interval=timing.max_interval * slowness,
        slows_after=timing.slows_after,
        slowness=timing.slowness,
    )


def _even_timer(
    action_seed: str, name: str, slots: int, *, slows_after: int = 0, slowness: int = 1
) -> Timer | None:
    if not slots:
        return None
    return Timer(
        rng=rng_for(action_seed, f"timer/{name}"),
        first_within=slots,
        min_interval=slots,
        max_interval=slots,
        slows_after=slows_after,
        slowness=slowness,
    )
