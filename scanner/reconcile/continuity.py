"""Decides up to which slot everything is covered: at hand, or proven to have no block. Pure.

What a node says of a slot without a block proves nothing: "skipped" also means "missing on this node", and
"not available" is said for ever of a slot whose fork has died. The chain itself proves it: a block names its
parent, so the slots between the two have no block. A slot counts as skipped only when a later block says so,
and a parent that no node gave us is a missing block.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scanner.reconcile.slot_result import MissingBlock, SlotResult

NO_PARENT = -1
"""In the place of a parent slot that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredSlots:
    """What is certain."""

    upto: int
    """Every slot up to here is at hand, or proven to have no block."""
    missing: MissingBlock | None = None
    """A slot that has a block, which no node gave us; None: none is known."""


def covered_slots(cursor: int, results: Sequence[SlotResult], parents: Mapping[int, int]) -> CoveredSlots:
    """How far the slots after `cursor` are covered.

    Slots may be left out: a block whose parent is not above the last covered slot covers all before it.

    Args:
        cursor: everything up to here is covered already.
        results: in the order of their slots.
        parents: the parent slot of each fetched block that could be read. `NO_PARENT`: the block is to be
            quarantined, so that it proves nothing of the slots before it. A fetched block that is not among
            these is to be fetched again, and counts as missing.
    """
    upto = cursor
    unproven: dict[int, MissingBlock] = {}
    for result in results:
        parent = parents.get(result.slot)
        if isinstance(result, MissingBlock):
            unproven[result.slot] = result
        elif parent is None or parent >= result.slot:  # no block follows itself
            unproven[result.slot] = MissingBlock(slot=result.slot)
        else:
            before = result.slot - 1 if parent == NO_PARENT else parent
            if before > upto:
                return CoveredSlots(upto=upto, missing=unproven.get(before) or MissingBlock(slot=before))
            unproven.clear()
            upto = result.slot
    return CoveredSlots(upto=upto)
