"""What chats were told of a pattern is corrected once a transaction in it never happened."""

import pytest
from msgspec import structs

from domain.activity.activity import Activity
from domain.patterns.found import Pattern, PatternSettings
from storage.chats.rules import change_settings
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import revert
from storage.patterns.detection import find_next
from storage.postgres import Database
from tests.storage.outbox import correct_all
from tests.storage.patterns.samples import AHAB, BELA, CORA, DORA, NOW, found_after, patterns, payment, trade
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow

pytestmark = pytest.mark.services
FOUR = tuple(trade(wallet, 60 * number) for number, wallet in enumerate((AHAB, BELA, CORA, DORA)))


async def announced(database: Database, *activities: Activity) -> None:
    """Sent by the claim of a stream, decided, and each message accepted."""
    await store(database, Batch(chain=CHAIN, activities=activities, provisional=True))
    await fan_out_all(database)
    await find_next(database)
    await fan_out_all(database)
    await database.execute(
        "UPDATE deliveries SET state = 'sent', message_id = delivery_id, finished_at = now()"
        " WHERE state = 'pending'"
    )


async def cast(database: Database, *chats: int) -> None:
    for chat in chats:
        for wallet in (AHAB, BELA, CORA, DORA):
            await follow(database, chat, wallet=wallet)


async def never_happened(database: Database, *activities: Activity) -> int | None:
    for one in activities:
        assert await revert(database, chain=CHAIN, absent=[(one.signature, one.wallet)]) == 1
    return await find_next(database)


async def standing(database: Database) -> list[tuple[str, ...]]:
    rows = await database.fetch(
        "SELECT reverted_at IS NULL AS stands FROM alerts WHERE kind = 'pattern' ORDER BY alert_id"
    )
    return [event.wallets for event, row in zip(await patterns(database), rows, strict=True) if row["stands"]]


async def test_a_meeting_of_too_few_is_reverted_and_may_be_found_again(database: Database) -> None:
    await cast(database, ALICE)
    await announced(database, *FOUR[:3])
    assert await standing(database) == [(AHAB, BELA, CORA)]
    assert await never_happened(database, FOUR[1]) == 1
    assert await standing(database) == []
    await correct_all(database)
    corrected = await database.fetch(
        "SELECT alerts.kind FROM deliveries AS edit JOIN deliveries AS first ON first.delivery_id ="
        " edit.corrects_id JOIN alerts ON alerts.alert_id = first.alert_id WHERE edit.kind = 'correction'"
    )
    assert sorted(row["kind"] for row in corrected) == ["activity", "pattern"]
    assert await found_after(database, FOUR[3]) == 1, "three owners again"
    assert await standing(database) == [(AHAB, CORA, DORA)]


async def test_chats_that_call_fewer_a_meeting_read_of_those_who_are_left(database: Database) -> None:
    await cast(database, ALICE, BOB)
    await change_settings(database, BOB, lambda old: structs.replace(old, patterns=PatternSettings(owners=2)))
    await announced(database, *FOUR[:3])
    await never_happened(database, FOUR[1])
    assert await standing(database) == [(AHAB, CORA)]
    edits = await database.fetch("SELECT chat_id FROM deliveries WHERE kind = 'late_edit'")
    assert [row["chat_id"] for row in edits] == [BOB]


async def test_of_a_new_owner_who_did_not_buy_only_the_message_of_that_owner_is_reverted(
    database: Database,
) -> None:
    await cast(database, ALICE)
    await announced(database, *FOUR[:3])
    await announced(database, FOUR[3])
    assert len(await standing(database)) == 2
    await never_happened(database, FOUR[3])
    assert await standing(database) == [(AHAB, BELA, CORA)]
    assert await database.fetchval("SELECT cardinality(wallets) FROM pattern_episodes") == 3


async def test_the_same_trade_in_another_block_changes_nothing(database: Database) -> None:
    await cast(database, ALICE)
    await announced(database, *FOUR[:3])
    moved = structs.replace(FOUR[1], slot=999, block_time=(FOUR[1].block_time or 0) + 1)
    await store(database, Batch(chain=CHAIN, activities=[moved]))
    assert await find_next(database) is None, "the true one is not decided yet"
    await fan_out_all(database)
    await find_next(database)
    assert await standing(database) == [(AHAB, BELA, CORA)]
    assert await database.fetchval("SELECT count(*) FROM reverted_sightings") == 0


async def test_slices_that_never_were_are_reverted_and_may_be_found_again(database: Database) -> None:
    await follow(database, ALICE, wallet=AHAB)
    bought = [trade(AHAB, 60 * number) for number in range(6)]
    await announced(database, *bought[:5])
    assert [event.pattern for event in await patterns(database)] == [Pattern.ACCUMULATION]
    assert await never_happened(database, bought[2]) == 1
    assert await standing(database) == []
    assert await found_after(database, bought[5]) == 1


async def tie(database: Database) -> tuple[float, float] | None:
    """From when until when AHAB paid BELA, in seconds of the samples."""
    row = await database.fetchrow("SELECT first_at, paid_at FROM payments")
    return None if row is None else (row["first_at"] - NOW, row["paid_at"] - NOW)


async def test_a_payment_that_never_happened_ties_nobody(database: Database) -> None:
    await cast(database, ALICE)
    paid = payment(AHAB, BELA, 0)
    await announced(database, paid)
    assert await tie(database) == (0, 0)
    await never_happened(database, paid)
    assert await tie(database) is None
    assert await found_after(database, *FOUR[:3]) == 1, "three owners"


async def test_who_met_while_such_a_payment_tied_them_is_announced_once_it_is_gone(
    database: Database,
) -> None:
    await cast(database, ALICE)
    paid = payment(AHAB, BELA, 0)
    await announced(database, paid)
    assert await found_after(database, *FOUR[:3]) == 0, "two owners"
    assert await never_happened(database, paid) == 1
    assert await standing(database) == [(AHAB, BELA, CORA)]
    assert await find_next(database) is None


async def test_of_two_payments_the_one_that_stands_ties(database: Database) -> None:
    await cast(database, ALICE)
    first, second = payment(AHAB, BELA, 0), payment(AHAB, BELA, 9)
    await announced(database, first)
    await announced(database, second)
    await never_happened(database, second)
    assert await tie(database) == (0, 0)
    await announced(database, second)
    await never_happened(database, first)
    assert await tie(database) == (9, 9)


async def test_a_payment_that_stands_in_another_block_still_ties(database: Database) -> None:
    await cast(database, ALICE)
    paid = payment(AHAB, BELA, 0)
    await announced(database, paid)
    await store(
        database, Batch(chain=CHAIN, activities=[structs.replace(paid, slot=999, block_time=NOW + 1)])
    )
    await fan_out_all(database)
    await find_next(database)
    assert await database.fetchval("SELECT count(*) FROM reverted_sightings") == 0
    assert await tie(database) == (1, 1)
