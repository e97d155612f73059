"""What /mine says: the addresses of a chat's own people, and what they are for. Pure."""

from collections.abc import Sequence
from typing import Protocol

from domain.activity.addresses import short
from messaging.telegram.escaping import escape


class OwnAddress(Protocol):
    """An address, and of how many tokens it holds something."""

    @property
    def address(self) -> str:
        """Where it is."""

    @property
    def tokens(self) -> int:
        """How many."""

    @property
    def read_at(self) -> object | None:
        """None: it was not read yet."""

    @property
    def is_failing(self) -> bool:
        """Whether it could not be read at the last look."""


_WHAT_FOR = (
    "A full exit of a wallet that you follow, a drained pool, a creator who leaves: of what you hold you hear"
    " at once, whatever your rules, mutes and quiet hours are."
)


def mine_text(wallets: Sequence[OwnAddress], limit: int) -> str:
    """The list; `limit`: addresses that a chat may have."""
    if not wallets:
        return (
            f"💼 Tell what you hold: <code>/mine ADDRESS</code>, up to {limit}. Nothing but the address is"
            f" needed, and nothing can be done with it.\n{_WHAT_FOR}"
        )
    lines = [f"<code>{escape(one.address)}</code> · {_tokens(one)}" for one in wallets]
    return "\n".join(["💼 <b>What you hold</b>", *lines, _WHAT_FOR, "A button forgets its address."])


def _tokens(one: OwnAddress) -> str:
    if one.read_at is None:
        return "could not be read, tried again" if one.is_failing else "being read"
    number = "1 token" if one.tokens == 1 else f"{one.tokens} tokens"
    return f"{number}, could not be read again since" if one.is_failing else number


def mine_refused(limit: int) -> str:
    """It was not noted."""
    return f"This address is noted already, or there are {limit}, as many as there may be."


def mine_forgotten(address: str) -> str:
    """It was forgotten; plain text."""
    return f"{short(address)} is forgotten"


HOLDER_NOTE = "💼 You hold this token"
"""In an alert of an exit or a danger, which comes whatever the settings are."""
