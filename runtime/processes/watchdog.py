"""Signs of life: a program shows its supervisor that it works, by a byte each second through a pipe.

The supervisor's side finds out what has been silent for too long.

What has to turn writes it: the event loop, and in a worker of RQ the main thread too. So a program that is
stopped or deadlocked falls silent, and one whose database is unavailable does not.

The database has no part in it: an outage of a server restarts nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import functools
import os
import signal
import stat
import threading
from dataclasses import dataclass
from enum import StrEnum

from runtime.clock import monotonic

VARIABLE = "WHALE_WATCHER_SIGN_OF_LIFE"
"""Of the environment: the number of the pipe's writing end, which the supervisor hands down."""
SIGN_SECONDS = 1.0
STACKS_SIGNAL = signal.SIGUSR2
"""Makes a program write to its log where each of its threads stands."""
_MAX_BYTES = 65_536


class SignedBy(StrEnum):
    """What gives a sign, as one byte of the pipe."""

    LOOP = "l"
    """The event loop."""
    MAIN_THREAD = "m"
    """The main thread, where it runs jobs and not the loop."""


def beat_event_loop() -> None:
    """Give signs of the running event loop from now on, as long as it turns; none if nobody supervises."""
    if _pipe() is not None:
        faulthandler.register(STACKS_SIGNAL, all_threads=True)
        _sign_again(asyncio.get_running_loop())


def _sign_again(loop: asyncio.AbstractEventLoop) -> None:
    _sign(SignedBy.LOOP)
    loop.call_later(SIGN_SECONDS, _sign_again, loop)


def beat_main_thread() -> None:
    """Give one sign of the main thread; from any other thread it is none."""
    if threading.current_thread() is threading.main_thread():
        _sign(SignedBy.MAIN_THREAD)


def _sign(by: SignedBy) -> None:
    pipe = _pipe()
    if pipe is not None:
        with contextlib.suppress(OSError):  # full: nobody reads; closed: nobody supervises any more
            os.write(pipe, by.encode())


@functools.cache
def _pipe() -> int | None:
    """The writing end, not handed down further; None: nobody supervises."""
    text = os.environ.pop(VARIABLE, "")
    if not text.isdigit():
        return None
    try:
        if not stat.S_ISFIFO(os.fstat(int(text)).st_mode):
            return None
        os.set_inheritable(int(text), False)  # noqa: FBT003 - it has no name
        os.set_blocking(int(text), False)
    except OSError:
        return None
    return int(text)


_NAMES = {SignedBy.LOOP.value: "event loop", SignedBy.MAIN_THREAD.value: "main thread"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceLimits:
    """How long a program may give no sign of life, in seconds."""

    start: float = 60.0
    """Until the first sign."""
    silent: float = 18.0
    """After the latest one."""
    grace: float = 3.0
    """Beyond that, before it is killed: time to write down where it stands, and to come back."""
    poll: float = 0.5
    """Between two checks."""


class Watchdog:
    """Hears the signs of one life of a program. Close it at the end; it owns the pipe.

    Time counts only while we look: after a sleep of the machine, or of the supervisor, nobody is late.
    """

    def __init__(self, limits: SilenceLimits) -> None:
        self._limits = limits
        self._silent: dict[str, float] = {}
        self._waited = 0.0
        self._looked_at = monotonic()
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._reading)
        os.close(self.writing)

    async def wait_for_silence(self) -> str:
        """Return when the program has been silent for too long; says what is silent."""
        while True:
            await asyncio.sleep(self._limits.poll)
            self._read_signs()
            if silence := self._silence():
                return silence

    async def recovers_in_time(self) -> bool:
        """Return whether it gives signs again within the grace."""
        await asyncio.sleep(self._limits.grace)
        self._read_signs()
        return not self._silence()

    def _read_signs(self) -> None:
        now = monotonic()
        passed, self._looked_at = min(now - self._looked_at, 2 * self._limits.poll), now
        self._waited += passed
        signs = self._read()
        for source in {*self._silent, *signs}:
            self._silent[source] = 0.0 if source in signs else self._silent[source] + passed

    def _read(self) -> set[str]:
        try:
            return set(os.read(self._reading, _MAX_BYTES).decode("ascii", "replace")) & _NAMES.keys()
        except BlockingIOError:
            return set()

    def _silence(self) -> str:
        """Return what is silent for too long; empty: nothing is."""
        if not self._silent:
            too_late = self._waited > self._limits.start
            return f"no sign of life in the first {self._limits.start:g} s" if too_late else ""
        source = max(self._silent, key=self._silent.__getitem__)
        if self._silent[source] <= self._limits.silent:
            return ""
        return f"no sign of life from its {_NAMES[source]} for {self._silent[source]:.0f} s"
