"""Counts consecutive answers of a channel, which decide when a possible repeat is sent.

Where a part of the channel is unavailable, every other message may pass as well as fail: a copy that fails,
too, leaves its delivery in doubt for good, so it goes only when the channel is seen to answer repeatedly.
"""

from runtime.clock import monotonic

UNTROUBLED_ANSWERS = 2
"""So many in a row are enough where no failure was seen for long."""
MIN_ANSWERS = 8
"""So many in a row come by chance once in 256 times where every other call fails."""
ANSWERS_FOR_A_FAILURE = 2
"""So many more for each further failure."""
MAX_ANSWERS = 12
"""So many in a row are believed, however often it failed."""
MAX_PAUSE_SECONDS = 5.0
_PAUSE_SECONDS = 0.1
REMEMBERED_SECONDS = 120.0
"""A failure that nothing followed for this long is no sign of another one."""


class Steadiness:
    """What one process has seen of a channel's answers."""

    __slots__ = ("_answers", "_failed_at", "_failures")

    def __init__(self) -> None:
        self._answers = 0
        """In a row."""
        self._failures = 1
        """Rows that a failure ended, and one that nobody saw."""
        self._failed_at = float("-inf")

    @property
    def is_enough(self) -> bool:
        """Whether what may be a repeat can go."""
        if self._is_long_ago:
            return self._answers >= UNTROUBLED_ANSWERS
        return self._answers >= min(MAX_ANSWERS, MIN_ANSWERS + ANSWERS_FOR_A_FAILURE * (self._failures - 1))

    @property
    def pause(self) -> float:
        """Seconds between two probes by which this is found out, the longer the more often it failed."""
        return min(MAX_PAUSE_SECONDS, _PAUSE_SECONDS * (1 if self._answers else self._failures))

    def answered(self) -> None:
        """Count that a message or a probe was answered."""
        self._answers += 1

    def failed(self) -> None:
        """Count that one was not, or that another process saw it. What fails together is one failure."""
        if self._is_long_ago:
            self._failures = 1
        elif self._answers:
            self._failures += 1
        self._answers, self._failed_at = 0, monotonic()

    @property
    def _is_long_ago(self) -> bool:
        return monotonic() - self._failed_at > REMEMBERED_SECONDS
