"""What asking for a slot gives: its block, undecoded, or why there is none at hand."""

from dataclasses import dataclass

from msgspec import Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedBlock:
    """A slot whose block is at hand, undecoded."""

    slot: int
    raw: Raw
    """As getBlock gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingBlock:
    """A slot whose block is not at hand, for whatever reason."""

    slot: int
    said_by: str = ""
    """The provider that says there is none; empty: no provider says so."""
    kept_from: int | None = None
    """No provider keeps blocks older than this slot; None: no provider says so."""

    @property
    def is_unanswered(self) -> bool:
        """Whether no provider said anything of the slot, as when too much was asked for at once."""
        return not self.said_by and self.kept_from is None


SlotResult = FetchedBlock | MissingBlock
