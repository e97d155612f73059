"""A program shows its supervisor that it works: a byte each second through a pipe.

What has to turn writes it: the event loop, and in a worker of RQ the main thread too. So a program that is
stopped or deadlocked falls silent, and one whose database is away does not.
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
from enum import StrEnum

VARIABLE = "WHALE_WATCHER_SIGN_OF_LIFE"
"""Of the environment: the number of the pipe's writing end, which the supervisor hands down."""
SIGN_SECONDS = 1.0
STACKS_SIGNAL = signal.SIGUSR2
"""Makes a program write to its log where each of its threads stands."""


class SignedBy(StrEnum):
    """What gives a sign, as one byte of the pipe."""

    LOOP = "l"
    """The event loop."""
    MAIN_THREAD = "m"
    """The main thread, where it runs jobs and not the loop."""


def show_life_of_loop() -> None:
    """Give signs of the running event loop from now on, as long as it turns; none if nobody supervises."""
    if _pipe() is not None:
        faulthandler.register(STACKS_SIGNAL, all_threads=True)
        _sign_again(asyncio.get_running_loop())


def _sign_again(loop: asyncio.AbstractEventLoop) -> None:
    _sign(SignedBy.LOOP)
    loop.call_later(SIGN_SECONDS, _sign_again, loop)


def show_life_of_main_thread() -> None:
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
