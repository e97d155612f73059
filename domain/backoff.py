"""How long to wait before trying again: waits grow each time, and are never in step with others'. Pure.

The caller passes the randomness in.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Exponential waiting with jitter. All times in seconds."""

    first_wait: float = 0.5
    """The first wait is at most this long."""
    factor: float = 2.0
    """Each wait may be this many times the one before."""
    max_wait: float = 30.0
    """No wait is longer."""
    reset_after: float = 60.0
    """What ran this long before it failed is treated as failing for the first time."""

    def ceiling(self, failures: int) -> float:
        """The longest wait after so many failures in a row (1 or more)."""
        exponent = min(max(failures - 1, 0), 64)
        return min(self.max_wait, self.first_wait * self.factor**exponent)

    def wait(self, failures: int, chance: float) -> float:
        """The wait after so many failures in a row: between half the ceiling and the ceiling.

        Args:
            failures: how often in a row it failed, the present one included.
            chance: evenly distributed in 0..1, from the caller's source of randomness.
        """
        ceiling = self.ceiling(failures)
        return ceiling / 2 + ceiling / 2 * chance

    def count(self, failures: int, ran_seconds: float) -> int:
        """The failures in a row after one more failure of something that ran `ran_seconds`."""
        return 1 if ran_seconds >= self.reset_after else failures + 1
