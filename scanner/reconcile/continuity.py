"""Decides how far slots that were looked at are settled. Pure.

What a node says of a slot without a block proves nothing: "skipped" also means "missing on this node", and
"not available" is said for ever of a slot whose fork has died. The chain itself proves it: a block names its
parent, so the slots between the two have no block. A slot counts as skipped only when a later block says so,
and a parent that nobody gave us is a block that is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

NO_PARENT = -1
"""In the place of a parent slot that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSeen:
    """A slot whose block is at hand."""

    slot: int
    parent_slot: int
    """`NO_PARENT`: it cannot be read, so that it proves nothing of the slots before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingBlock:
    """A slot whose block is not at hand, for whatever reason."""

    slot: int
    said_by: str = ""
    """The provider that says there is none; empty: nobody says so."""
    kept_from: int | None = None
    """No provider keeps blocks older than this; None: nobody says so."""


Look = BlockSeen | MissingBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredSlots:
    """What is certain."""

    upto: int
    """Every slot up to here is at hand, or proven to have no block."""
    missing: MissingBlock | None = None
    """A slot that has a block, which nobody gave us; None: none is known."""


def covered_slots(cursor: int, looks: Sequence[Look]) -> CoveredSlots:
    """How far `looks`, in the order of their slots and beginning after `cursor`, are settled.

    Slots may be left out: a block whose parent is not above the last settled slot settles all before it.
    """
    upto = cursor
    doubtful: dict[int, MissingBlock] = {}
    for look in looks:
        if isinstance(look, MissingBlock) or look.parent_slot >= look.slot:  # no block follows itself
            doubtful[look.slot] = look if isinstance(look, MissingBlock) else MissingBlock(slot=look.slot)
            continue
        parent = look.slot - 1 if look.parent_slot == NO_PARENT else look.parent_slot
        if parent > upto:
            return CoveredSlots(upto=upto, missing=doubtful.get(parent) or MissingBlock(slot=parent))
        doubtful.clear()
        upto = look.slot
    return CoveredSlots(upto=upto)
