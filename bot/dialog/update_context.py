"""The turn of the update in hand: its worker is free for others when it begins to wait for a limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

NO_USE = -math.inf
"""Of whoever has asked nothing."""


def no_use() -> float:
    """Of whoever is served outside of a turn."""
    return NO_USE


@dataclass(slots=True, kw_only=True)
class UpdateContext:
    """What an update has of the bot while it is handled."""

    leave: Callable[[], None]
    """Gives the worker back; may be called more than once."""
    use: Callable[[], float]
    """What its chat and person have asked of the bot lately, as it is now; who has asked less goes first."""


_current: ContextVar[UpdateContext | None] = ContextVar("update_context", default=None)


@contextmanager
def during_update(update_context: UpdateContext) -> Iterator[None]:
    """Make it the turn of everything that the block calls."""
    token = _current.set(update_context)
    try:
        yield
    finally:
        _current.reset(token)


def leave_worker() -> Callable[[], float]:
    """Let the worker handle another update, since this one begins to wait; the use by which it waits."""
    update_context = _current.get()
    if update_context is None:
        return no_use
    update_context.leave()
    return update_context.use
