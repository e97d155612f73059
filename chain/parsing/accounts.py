"""An account as whoever asked a node for it gives it: what reads accounts takes any of them."""

from typing import Protocol


class AccountData(Protocol):
    """An account as a node gave it."""

    @property
    def owner(self) -> str:
        """The program that owns it."""

    @property
    def data(self) -> bytes:
        """Its bytes."""


class AccountAt(AccountData, Protocol):
    """The same, and when it was read."""

    @property
    def slot(self) -> int:
        """Of the reading."""
