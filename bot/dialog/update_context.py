"""Per-update context: the worker, the recent use, and the copies of the reply."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from messaging.languages.locale import ENGLISH, Locale

NO_USE = -math.inf
"""The use of somebody who has asked nothing."""


def no_use() -> float:
    """The use of work outside of an update."""
    return NO_USE


@dataclass(slots=True, kw_only=True)
class UpdateContext:
    """What belongs to an update while it is handled."""

    leave: Callable[[], None]
    """Releases the worker; may be called more than once."""
    use: Callable[[], float]
    """The current use of its chat and person; the lowest goes first."""
    copies: int = 0
    """Copies of the reply that may have reached the chat before the update was handled this time."""
    sent: int = 0
    """The same since."""
    age: float = 0.0
    """Seconds from its storing until its handling began."""
    locale: Locale = ENGLISH
    """In which the chat reads, as soon as that is known."""


_current: ContextVar[UpdateContext | None] = ContextVar("update_context", default=None)


class during_update:  # noqa: N801 - used as a function
    """Sets the context of everything that the block calls."""

    __slots__ = ("_token", "_update_context")

    def __init__(self, update_context: UpdateContext) -> None:
        self._update_context = update_context

    def __enter__(self) -> None:
        self._token = _current.set(self._update_context)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def current_update() -> UpdateContext | None:
    """Return what the update that is handled now has of the bot; None: none is handled."""
    return _current.get()


def leave_worker() -> Callable[[], float]:
    """Release the worker, since this update begins to wait; return the use that orders its wait."""
    update_context = current_update()
    if update_context is None:
        return no_use
    update_context.leave()
    return update_context.use
