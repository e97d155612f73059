"""What follows from a reverted alert: unsent deliveries are suppressed, sent ones corrected once."""

import pytest

from domain.delivery.results import SendResult, SendStatus
from storage.delivery.claims import claim
from storage.delivery.deliveries import mark_sending, recover
from storage.delivery.digests import gather_due
from storage.ingest.activities import Batch, store
from storage.postgres import Database
from tests.storage.outbox import (
    claim_and_mark,
    correct_all,
    defer_alerts,
    end_deferral,
    record_all,
    revert_alert,
    send_all,
    sent_while_provisional,
)
from tests.storage.sample_data import ALICE, BOB, CHAIN, fan_out_all, follow, purchase

pytestmark = pytest.mark.services


async def deliveries(database: Database) -> list[tuple[str, str]]:
    rows = await database.fetch(
        "SELECT state, gate FROM deliveries WHERE alert_id IS NOT NULL ORDER BY delivery_id"
    )
    return [(row["state"], row["gate"]) for row in rows]


async def corrections(database: Database) -> list[tuple[str, int, int | None]]:
    rows = await database.fetch(
        "SELECT kind, chat_id, target_message_id FROM deliveries WHERE corrects_id IS NOT NULL"
        " ORDER BY delivery_id"
    )
    return [(row["kind"], row["chat_id"], row["target_message_id"]) for row in rows]


async def is_finished(database: Database) -> bool:
    return bool(await database.fetchval("SELECT bool_and(corrected_at IS NOT NULL) FROM alerts"))


async def test_what_is_not_sent_yet_is_suppressed_and_a_sender_that_claimed_it_may_not_send(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await sent_while_provisional(database, 1)
    (claimed,) = await claim(database, owner="a", limit=1)
    await revert_alert(database, 1)
    await correct_all(database)
    assert await deliveries(database) == [("suppressed", "reverted")]
    assert await mark_sending(database, owner="a", delivery_ids=[claimed.delivery_id]) == set()
    assert await corrections(database) == []
    assert await is_finished(database)


async def test_a_reverted_alert_that_is_not_decided_yet_is_suppressed(database: Database) -> None:
    await follow(database, ALICE)
    await store(database, Batch(chain=CHAIN, activities=[purchase(1)], provisional=True))
    await revert_alert(database, 1)
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
    await send_all(database)
    await revert_alert(database, 1)
    await correct_all(database, limit=10)
    await correct_all(database, limit=10)
    assert sorted(await corrections(database)) == [("correction", ALICE + number, 7) for number in range(25)]
    assert await is_finished(database)


async def test_a_delivery_that_is_being_sent_is_corrected_after_it_arrived(database: Database) -> None:
    await follow(database, ALICE)
    await sent_while_provisional(database, 1)
    claimed = await claim_and_mark(database)
    await revert_alert(database, 1)
    await correct_all(database)
    assert not await is_finished(database)
    await record_all(database, claimed, SendResult(status=SendStatus.ACCEPTED, message_id=8))
    await correct_all(database)
    assert await corrections(database) == [("correction", ALICE, 8)]
    assert await is_finished(database)


async def test_after_an_ambiguous_send_a_line_says_so(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await sent_while_provisional(database, 1)
    alice, bob = await claim_and_mark(database)
    for _ in range(2):  # Bob's is sent twice, and no answer comes
        await record_all(database, [bob], SendResult(status=SendStatus.AMBIGUOUS))
        (bob,) = await claim_and_mark(database) or [bob]
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 s'")
    await recover(database)  # Alice's sender died
    await revert_alert(database, 1)
    await correct_all(database)
    assert sorted(await corrections(database)) == [
        ("correction_reply", ALICE, None),
        ("correction_reply", BOB, None),
    ]
    assert alice.chat_id == ALICE


async def test_others_than_the_reverted_one_are_left_alone(database: Database) -> None:
    await follow(database, ALICE)
    await sent_while_provisional(database, 1, 2)
    await revert_alert(database, 1)
    await correct_all(database)
    assert await deliveries(database) == [("suppressed", "reverted"), ("pending", "wanted")]


async def test_a_sent_digest_is_edited_and_an_unsent_one_says_it_itself(
    database: Database,
) -> None:
    await defer_alerts(database, ALICE, 3)
    await end_deferral(database)
    await gather_due(database)
    await revert_alert(database, 1)
    await correct_all(database)
    assert await corrections(database) == []
    await send_all(database, message_id=9)
    await correct_all(database)
    assert await corrections(database) == [("correction", ALICE, 9)]


async def test_a_reverted_alert_that_is_deferred_does_not_come_into_the_digest(database: Database) -> None:
    await defer_alerts(database, ALICE, 2)
    await revert_alert(database, 0)
    await correct_all(database)
    await end_deferral(database)
    assert await gather_due(database) == 1
