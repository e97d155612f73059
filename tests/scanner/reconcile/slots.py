"""Slots as the decision about continuity takes them."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Raw

from scanner.reconcile.block_fetcher import FetchedBlock, MissingBlock
from scanner.reconcile.block_reader import CoveredSlots, covered_slots


class ReadBlock(NamedTuple):
    """A fetched block that was read."""

    slot: int
    parent_slot: int


def covered(cursor: int, slots: Sequence[ReadBlock | MissingBlock]) -> CoveredSlots:
    """Return how far these slots are covered."""
    results = [
        FetchedBlock(slot=one.slot, raw=Raw(b"{}")) if isinstance(one, ReadBlock) else one for one in slots
    ]
    parents = {one.slot: one.parent_slot for one in slots if isinstance(one, ReadBlock)}
    return covered_slots(cursor, results, parents)
