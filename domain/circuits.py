"""The states of a circuit breaker, and who may do what in each. Pure: times come from the caller's clock.

closed ──a send got no answer──> open ──a probe is answered──> half-open ──a message is answered──> closed
                                  ^                                │
                                  └──────── it got no answer ──────┘

Open: nothing goes, so that what was not tried yet is in no doubt; one asker at a time probes, after growing
pauses with jitter. Half-open: one message goes at a time, and what may be a repeat lets others go first,
since its doubt would be for good.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from domain.backoff import Backoff


class Asker(StrEnum):
    """Who asks whether it may go."""

    SENDER = "sender"
    """Wants to know whether anything may; takes no trial."""
    FIRST = "first"
    """A message that was never sent."""
    REPEATED = "repeated"
    """One whose first copy may have arrived."""


class Leave(StrEnum):
    """What a caller may do."""

    GO = "go"
    """The breaker is closed."""
    TRY = "try"
    """It is half-open, and this message is the one that goes."""
    PROBE = "probe"
    """It is open, and this asker is the one who probes."""
    WAIT = "wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The times of a breaker, in seconds."""

    first_wait: float = 1.0
    """The first pause between probes; each may be twice the one before."""
    max_wait: float = 30.0
    probe: float = 15.0
    """For so long nobody else probes; longer than a probe may take."""
    trial: float = 5.0
    """For so long no other message goes while it is half-open."""
    repeat_patience: float = 2.0
    """For so long after a probe was answered a possible repeat lets other messages go first."""

    def pause(self, failures: int, chance: float) -> float:
        """The pause after so many failures in a row, 1 or more; `chance`, evenly in 0..1, spreads it."""
        return Backoff(first_wait=self.first_wait, max_wait=self.max_wait).wait(failures, chance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """The state of a breaker."""

    failures: int = 0
    """Sends and probes in a row that got no answer; 0: it is closed."""
    next_at: float = 0.0
    """When the next probe or trial may go."""
    half_open_at: float | None = None
    """Since when it is half-open; None: it is open or closed."""

    def ask(self, asker: Asker, now: float, timing: Timing) -> tuple[Circuit, Leave, float]:
        """Return the next state, what the caller may do, and with WAIT the seconds to wait.

        Args:
            asker: what wants to go; a sender takes no trial, though it may be the one who probes.
            now: seconds of the clock that all calls share.
            timing: the same for all who share the breaker.
        """
        if not self.failures:
            return self, Leave.GO, 0.0
        if self.half_open_at is None:
            return self._take(Leave.PROBE, self.next_at, now, timing.probe)
        if asker is Asker.SENDER:
            return self, Leave.TRY, 0.0
        patience = timing.repeat_patience if asker is Asker.REPEATED else 0.0
        return self._take(Leave.TRY, max(self.next_at, self.half_open_at + patience), now, timing.trial)

    def failed(self, now: float, timing: Timing, chance: float) -> Circuit:
        """Return the state after a send without an answer; one begun before it opened says nothing new.

        Args:
            now: seconds of the clock that all calls share.
            timing: the same for all who share the breaker.
            chance: evenly in 0..1; it spreads the pause, so that instances do not probe together.
        """
        if not self.failures:
            return Circuit(failures=1, next_at=now)
        return self if self.half_open_at is None else self._failed_again(now, timing, chance)

    def probed(self, now: float, timing: Timing, chance: float, *, answered: bool) -> Circuit:
        """Return the state after a probe.

        Args:
            now: seconds of the clock that all calls share.
            timing: the same for all who share the breaker.
            chance: as in `failed`; unused where the probe was answered.
            answered: whether the channel answered it properly; then the breaker is half-open from now on.
        """
        if not self.failures:
            return self
        if answered:
            return replace(self, half_open_at=now, next_at=now)
        return self._failed_again(now, timing, chance)

    def _failed_again(self, now: float, timing: Timing, chance: float) -> Circuit:
        return Circuit(failures=self.failures + 1, next_at=now + timing.pause(self.failures, chance))

    def _take(self, leave: Leave, at: float, now: float, seconds: float) -> tuple[Circuit, Leave, float]:
        """The leave for one asker, so that the next one gets it `seconds` later."""
        if at > now:
            return self, Leave.WAIT, at - now
        return replace(self, next_at=now + seconds), leave, 0.0


CLOSED = Circuit()
