"""What follows from a reverted alert: what was not sent is not; who was told gets one notice of it."""

import pytest

from domain.delivery.deliveries import ClaimedDelivery, SendResult, SendStatus, apply_result
from storage.delivery.corrections import correct_next
from storage.delivery.deliveries import claim, mark_sending, record_results, recover
from storage.delivery.digests import gather_due
from storage.ingest.activities import Batch, store
from storage.ingest.provisional import revert
from storage.postgres import Database
from tests.storage.delivery.test_digests import end_wait, held
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, purchase

pytestmark = pytest.mark.services


async def sent_while_provisional(database: Database, *numbers: int) -> None:
    await store(database, Batch(chain=CHAIN, activities=[purchase(n) for n in numbers], provisional=True))
    await fan_out_all(database)


async def die(database: Database, number: int) -> None:
    await database.execute(
        "INSERT INTO provisional (chain, signature, slot) VALUES ($1, $2, 1) ON CONFLICT DO NOTHING",
        CHAIN,
        f"signature-{number}",
    )
    assert await revert(database, chain=CHAIN, signature=f"signature-{number}") == 1


async def take(database: Database) -> list[ClaimedDelivery]:
    claimed = await claim(database, owner="a", limit=60)
    await mark_sending(database, owner="a", delivery_ids=[one.delivery_id for one in claimed])
    return claimed


async def send(database: Database, *, message_id: int = 7) -> None:
    await note(database, await take(database), SendResult(status=SendStatus.ACCEPTED, message_id=message_id))


async def note(database: Database, claimed: list[ClaimedDelivery], result: SendResult) -> None:
    await record_results(database, owner="a", transitions=[apply_result(one, result) for one in claimed])


async def correct_all(database: Database, *, limit: int = 5_000) -> None:
    while (await correct_next(database, limit=limit)).has_more:
        continue


async def deliveries(database: Database) -> list[tuple[str, str]]:
    rows = await database.fetch("SELECT state, gate FROM deliveries ORDER BY delivery_id")
    return [(row["state"], row["gate"]) for row in rows]


async def notices(database: Database) -> list[tuple[str, int, int | None]]:
    rows = await database.fetch(
        "SELECT kind, chat_id, message_id FROM system_messages ORDER BY system_message_id"
    )
    return [(row["kind"], row["chat_id"], row["message_id"]) for row in rows]


async def is_finished(database: Database) -> bool:
    return bool(await database.fetchval("SELECT bool_and(corrected_at IS NOT NULL) FROM alerts"))


async def test_what_is_not_sent_yet_is_suppressed_and_a_sender_that_holds_it_may_not_send(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await sent_while_provisional(database, 1)
    (claimed,) = await claim(database, owner="a", limit=1)
    await die(database, 1)
    await correct_all(database)
    assert await deliveries(database) == [("suppressed", "reverted")]
    assert await mark_sending(database, owner="a", delivery_ids=[claimed.delivery_id]) == set()
    assert await notices(database) == []
    assert await is_finished(database)


async def test_what_is_not_decided_yet_is_decided_with_a_no(database: Database) -> None:
    await follow(database, ALICE)
    await store(database, Batch(chain=CHAIN, activities=[purchase(1)], provisional=True))
    await die(database, 1)
    await correct_all(database)
    assert not await is_finished(database)
    await fan_out_all(database)
    assert await deliveries(database) == [("suppressed", "reverted")]
    await correct_all(database)
    assert await is_finished(database)


async def test_every_message_that_was_sent_gets_one_edit_however_small_the_steps(database: Database) -> None:
    for number in range(25):
        await follow(database, ALICE + number)
    await sent_while_provisional(database, 1)
    await send(database)
    await die(database, 1)
    await correct_all(database, limit=10)
    await correct_all(database, limit=10)
    assert sorted(await notices(database)) == [("edit", ALICE + number, 7) for number in range(25)]
    assert await is_finished(database)


async def test_what_is_on_its_way_is_looked_at_again_when_it_has_arrived(database: Database) -> None:
    await follow(database, ALICE)
    await sent_while_provisional(database, 1)
    claimed = await take(database)
    await die(database, 1)
    await correct_all(database)
    assert not await is_finished(database)
    await note(database, claimed, SendResult(status=SendStatus.ACCEPTED, message_id=8))
    await correct_all(database)
    assert await notices(database) == [("edit", ALICE, 8)]
    assert await is_finished(database)


async def test_where_nobody_knows_whether_it_arrived_a_line_says_so(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await sent_while_provisional(database, 1)
    alice, bob = await take(database)
    for _ in range(2):  # Bob's is sent twice, and no answer comes
        await note(database, [bob], SendResult(status=SendStatus.AMBIGUOUS))
        (bob,) = await take(database) or [bob]
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 s'")
    await recover(database)  # Alice's sender died
    await die(database, 1)
    await correct_all(database)
    assert sorted(await notices(database)) == [("reply", ALICE, None), ("reply", BOB, None)]
    assert alice.chat_id == ALICE


async def test_others_than_the_reverted_one_are_left_alone(database: Database) -> None:
    await follow(database, ALICE)
    await sent_while_provisional(database, 1, 2)
    await die(database, 1)
    await correct_all(database)
    assert await deliveries(database) == [("suppressed", "reverted"), ("pending", "wanted")]


async def test_a_digest_that_told_it_is_edited_and_one_that_is_not_sent_yet_says_it_itself(
    database: Database,
) -> None:
    await held(database, ALICE, 3)
    await end_wait(database)
    await gather_due(database)
    await die(database, 1)
    await correct_all(database)
    assert await notices(database) == []
    await send(database, message_id=9)
    await correct_all(database)
    assert await notices(database) == [("edit", ALICE, 9)]


async def test_what_is_held_for_a_digest_does_not_come_into_it(database: Database) -> None:
    await held(database, ALICE, 2)
    await die(database, 0)
    await correct_all(database)
    await end_wait(database)
    assert await gather_due(database) == 1
