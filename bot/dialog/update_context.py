"""The turn of the update in hand: its worker is free for others when it begins to wait for a limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

NO_USE = -math.inf
"""Of whoever has asked nothing."""


@dataclass(slots=True, kw_only=True)
class UpdateContext:
    """What an update has of the bot while it is handled."""

    leave: Callable[[], None]
    """Gives the worker back; may be called more than once."""
    use: float
    """What its chat and person have had of the bot lately; who has had less goes first."""


_current: ContextVar[UpdateContext | None] = ContextVar("update_context", default=None)


@contextmanager
def during_update(update_context: UpdateContext) -> Iterator[None]:
    """Make it the turn of everything that the block calls."""
    token = _current.set(update_context)
    try:
        yield
    finally:
        _current.reset(token)


def leave_worker() -> float:
    """Let the worker handle another update, since this one begins to wait; the use by which it waits."""
    update_context = _current.get()
    if update_context is None:
        return NO_USE
    update_context.leave()
    return update_context.use
