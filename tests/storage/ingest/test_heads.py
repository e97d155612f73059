"""How far a chain is, and which watches are too late for what.
The genesis hash of the first start is the one that is remembered.
"""

import pytest

from domain.rules.decisions import Gate
from storage.chats.watches import watches_of
from storage.ingest.heads import note_genesis, note_head, read_head
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def since(database: Database, chat_id: int) -> int | None:
    (watch,) = await watches_of(database, chat_id=chat_id, topic_id=0, chain=CHAIN)
    return watch.since_slot


async def test_the_newest_slot_is_the_one_stored_last(database: Database) -> None:
    assert await read_head(database, chain=CHAIN) is None
    await note_head(database, chain=CHAIN, slot=500)
    await note_head(database, chain="x1", slot=7)
    assert await read_head(database, chain=CHAIN) == 500
    await note_head(database, chain=CHAIN, slot=400)
    assert await read_head(database, chain=CHAIN) == 400


async def test_a_slot_stored_long_ago_is_not_used(database: Database) -> None:
    await note_head(database, chain=CHAIN, slot=500)
    await database.execute("UPDATE heads SET updated_at = now() - interval '2 minutes'")
    assert await read_head(database, chain=CHAIN) is None


async def test_a_watch_notes_the_slot_at_which_it_was_made_and_keeps_it(database: Database) -> None:
    await follow(database, ALICE)
    await note_head(database, chain=CHAIN, slot=500)
    await follow(database, BOB)
    await note_head(database, chain=CHAIN, slot=600)
    await follow(database, BOB, label="again")
    assert (await since(database, ALICE), await since(database, BOB)) == (None, 500)


async def test_an_activity_before_the_watch_goes_only_to_other_watches_however_late_it_is_found(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await note_head(database, chain=CHAIN, slot=100)
    await follow(database, BOB)
    await happened(database, purchase(0), purchase(1))  # in slots 100 and 101
    await fan_out_all(database)
    rows = await database.fetch("SELECT chat_id, gate FROM deliveries ORDER BY chat_id, alert_id")
    assert [(row["chat_id"], row["gate"]) for row in rows] == [
        (ALICE, Gate.WANTED),
        (ALICE, Gate.WANTED),
        (BOB, Gate.BEFORE_WATCH),
        (BOB, Gate.WANTED),
    ]


async def test_the_first_hash_stays(database: Database) -> None:
    assert await note_genesis(database, chain="solana", genesis="first") == "first"
    assert await note_genesis(database, chain="solana", genesis="second") == "first"
    assert await note_genesis(database, chain="x1", genesis="second") == "second"
