"""Decides how far slots that were looked at are settled. Pure.

A node's word that a slot was skipped (or is missing on this node) proves nothing. The chain does: a block
names its parent, so the slots between the two have no block. A slot counts as skipped only when a later
block says so, and a parent that was called skipped is a block that is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSeen:
    """A slot whose block is at hand."""

    slot: int
    parent_slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledSkipped:
    """A slot that a node calls skipped."""

    slot: int
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotThere:
    """A slot of which nothing is known yet; nothing after it counts either."""

    slot: int


Look = BlockSeen | CalledSkipped | NotThere


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What is certain."""

    upto: int
    """Every slot up to here is at hand, or proven to have no block."""
    missing: CalledSkipped | None = None
    """A slot that has a block although it was called skipped; None: none is known."""


def settle(cursor: int, looks: Sequence[Look]) -> Settlement:
    """How far `looks`, in the order of their slots and beginning after `cursor`, are settled."""
    upto = cursor
    doubtful: dict[int, CalledSkipped] = {}
    for look in looks:
        if isinstance(look, NotThere):
            break
        if isinstance(look, CalledSkipped):
            doubtful[look.slot] = look
            continue
        if look.parent_slot in doubtful:
            return Settlement(upto=upto, missing=doubtful[look.parent_slot])
        doubtful.clear()
        upto = look.slot
    return Settlement(upto=upto)
