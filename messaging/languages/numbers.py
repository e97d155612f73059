"""The signs by which numbers are written: between thousands, before decimals, behind a percentage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NumberSymbols:
    """The signs of one way to write numbers."""

    group: str
    decimal: str
    percent: str = "%"
    table: Mapping[int, str] = field(init=False, repr=False, compare=False)
    """Puts them in place of English ones."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", {ord(","): self.group, ord("."): self.decimal})


ENGLISH_NUMBERS = NumberSymbols(",", ".")
NUMBER_FORMATS: Mapping[str, tuple[str, str]] = {
    "comma": (",", "."),
    "point": (".", ","),
    "space": ("\u00a0", ","),
}
"""What a chat may choose in place of its language's own signs: between thousands, before decimals."""
EXAMPLE = "1,234.5"
"""Shows a format."""
