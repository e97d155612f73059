"""What could not be decoded waits with its bytes until it can be."""

import pytest

from storage.ingest.activities import Batch, QuarantinedTransaction, store
from storage.ingest.quarantine import note_decoded, note_tried, waiting
from storage.postgres import Database
from tests.storage.sample_data import CHAIN

pytestmark = pytest.mark.services


async def quarantine(database: Database, *slots: int, last_slot: int | None = None) -> None:
    rows = [
        QuarantinedTransaction(
            slot=slot,
            position=-1 if last_slot else 3,
            signature=None if last_slot else f"s{slot}",
            reason="version 2",
            raw=b"{}",
            last_slot=last_slot,
        )
        for slot in slots
    ]
    await store(database, Batch(chain=CHAIN, quarantined=rows))


async def test_it_waits_in_its_order_and_for_its_chain_only(database: Database) -> None:
    await quarantine(database, 5, 6, 7)
    found = await waiting(database, chain=CHAIN, limit=2)
    assert [one.slot for one in found] == [5, 6]
    rest = await waiting(database, chain=CHAIN, after=found[-1].quarantine_id)
    assert [(one.slot, one.raw, one.is_transaction) for one in rest] == [(7, b"{}", True)]
    assert await waiting(database, chain="elsewhere") == []


async def test_a_range_of_slots_is_no_transaction(database: Database) -> None:
    await quarantine(database, 5, last_slot=9)
    (one,) = await waiting(database, chain=CHAIN)
    assert (one.slot, one.last_slot, one.is_transaction) == (5, 9, False)


async def test_after_a_failed_try_it_waits_on_with_the_new_reason(database: Database) -> None:
    await quarantine(database, 5)
    (one,) = await waiting(database, chain=CHAIN)
    await note_tried(database, one.quarantine_id, "version 3")
    (again,) = await waiting(database, chain=CHAIN)
    assert (again.quarantine_id, again.reason) == (one.quarantine_id, "version 3")


async def test_what_was_decoded_waits_no_more(database: Database) -> None:
    await quarantine(database, 5)
    (one,) = await waiting(database, chain=CHAIN)
    await note_decoded(database, one.quarantine_id)
    assert await waiting(database, chain=CHAIN) == []
