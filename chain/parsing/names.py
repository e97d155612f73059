"""Names that end with .sol: which texts are some, and whom they may stand for. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)?[a-z0-9_-]{1,63}\.sol")


class NameFault(StrEnum):
    """Why a name stands for no wallet."""

    NOT_REGISTERED = "not_registered"
    BAD_RECORD = "bad_record"
    """Its record cannot be read, or who it names has not agreed."""
    PROGRAM = "program"
    """It belongs to a program."""
    NO_HOLDER = "no_holder"
    """It is a token, and who holds that is not known."""


class NameSource(StrEnum):
    """What a name's address rests on."""

    HOLDER = "holder"
    """Whoever holds the token that the name has become."""
    RECORD = "record"
    """The address that its owner has set."""
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Whom a name stands for."""

    address: str
    source: NameSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokenised:
    """The name has become a token: whoever holds it decides."""

    mint: str


def name_in(text: str) -> str | None:
    """The name that a text is, such as `toly.sol` or `pay.toly.sol`; None: it is none.

    Only letters, digits, `-` and `_`: another alphabet's letters may look like them.
    """
    name = text.strip().lower()
    return name if _NAME.fullmatch(name) else None
