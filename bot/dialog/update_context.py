"""What an update has of the bot while it is handled: its worker, its use, the copies of its reply."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from messaging.languages.locale import ENGLISH, Locale

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
    copies: int = 0
    """Copies of the reply that may have reached the chat before the update was handled this time."""
    sent: int = 0
    """The same since."""
    locale: Locale = ENGLISH
    """In which the chat reads, as soon as that is known."""


_current: ContextVar[UpdateContext | None] = ContextVar("update_context", default=None)


class during_update:  # noqa: N801 - used as a function
    """Make it the turn of everything that the block calls."""

    __slots__ = ("_token", "_update_context")

    def __init__(self, update_context: UpdateContext) -> None:
        self._update_context = update_context

    def __enter__(self) -> None:
        self._token = _current.set(self._update_context)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def current_update() -> UpdateContext | None:
    """What the update that is handled now has of the bot; None: none is handled."""
    return _current.get()


def leave_worker() -> Callable[[], float]:
    """Let the worker handle another update, since this one begins to wait; the use by which it waits."""
    update_context = current_update()
    if update_context is None:
        return no_use
    update_context.leave()
    return update_context.use
