"""Deliveries: claimed by one sender, marked before the call, their result recorded once."""

import asyncio
from collections import Counter
from typing import TypeVar

import pytest

from domain.activity.activity import Activity
from domain.delivery.deliveries import AlertContent, ClaimedDelivery, DeliveryState
from domain.delivery.results import DeliveryTransition, SendResult, SendStatus, apply_result
from storage.admin.statistics import snapshot
from storage.chats.chats import close_chat, hold_chat
from storage.chats.watches import remove_watch
from storage.delivery.claims import claim
from storage.delivery.deliveries import (
    backlog,
    close_undeliverable,
    mark_sending,
    record_results,
    recover,
    release,
)
from storage.postgres import Database
from tests.storage.outbox import LosesAnswers
from tests.storage.sample_data import ALICE, CHAIN, WHALE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
T = TypeVar("T")


async def due(database: Database, count: int) -> None:
    await follow(database, ALICE, label="Toly")
    await happened(database, *(purchase(number) for number in range(count)))
    await fan_out_all(database)


def activity_of(claimed: ClaimedDelivery) -> Activity:
    assert isinstance(claimed.content, AlertContent)
    assert isinstance(claimed.content.event, Activity)
    return claimed.content.event


def accepted(claimed: ClaimedDelivery) -> DeliveryTransition:
    return apply_result(claimed, SendResult(status=SendStatus.ACCEPTED, message_id=7))


async def states(database: Database) -> list[str]:
    return [row["state"] for row in await database.fetch("SELECT state FROM deliveries ORDER BY delivery_id")]


async def expire_leases(database: Database) -> None:
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")


async def test_a_claim_carries_what_the_message_needs(database: Database) -> None:
    await due(database, 1)
    (claimed,) = await claim(database, owner="a", limit=10)
    assert isinstance(claimed.content, AlertContent)
    assert (claimed.chat_id, claimed.content.label, activity_of(claimed)) == (ALICE, "Toly", purchase())


async def test_claims_of_several_senders_do_not_overlap(database: Database) -> None:
    for number in range(40):
        await follow(database, ALICE + number)
    await happened(database, purchase())
    await fan_out_all(database)
    claims = await asyncio.gather(*(claim(database, owner=f"sender {n}", limit=15) for n in range(4)))
    ids = [claimed.delivery_id for group in claims for claimed in group]
    assert len(ids) == len(set(ids)) == 40


async def test_each_of_many_waiting_chats_is_claimed_with_its_whole_backlog(database: Database) -> None:
    for chat_id in (ALICE, ALICE + 1, ALICE + 2):
        await follow(database, chat_id)
    await happened(database, *(purchase(number) for number in range(4)))
    await fan_out_all(database)
    claimed = await claim(database, owner="a", limit=6)
    by_chat = Counter(one.chat_id for one in claimed)
    assert sorted(by_chat.values()) == [2, 4]
    assert [activity_of(one) for one in claimed if by_chat[one.chat_id] == 4] == [
        purchase(n) for n in range(4)
    ]


async def test_where_each_has_a_message_of_its_own_a_chat_gets_no_more_than_it_takes_at_once(
    database: Database,
) -> None:
    for chat_id in (ALICE, ALICE + 1, ALICE + 2):
        await follow(database, chat_id)
    await happened(database, *(purchase(number) for number in range(4)))
    await fan_out_all(database)
    claimed = [one for _ in range(2) for one in await claim(database, owner="a", limit=6, each=2)]
    assert Counter(one.chat_id for one in claimed) == {ALICE: 2, ALICE + 1: 2, ALICE + 2: 2}


async def test_a_delivery_for_a_watch_that_is_gone_is_not_sent(database: Database) -> None:
    await due(database, 3)
    claimed = await claim(database, owner="a", limit=1)
    assert await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=WHALE)
    assert await mark_sending(database, owner="a", delivery_ids=[claimed[0].delivery_id]) == set()
    assert await close_undeliverable(database) == 3
    assert await states(database) == ["suppressed"] * 3
    assert await claim(database, owner="a", limit=10) == []


async def test_a_digest_is_sent_although_its_first_wallet_is_followed_no_longer(database: Database) -> None:
    await due(database, 1)
    digest = await database.fetchval("SELECT delivery_id FROM deliveries")
    await database.execute("UPDATE deliveries SET digest_id = delivery_id")
    await remove_watch(database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=WHALE)
    assert await close_undeliverable(database) == 0
    await claim(database, owner="a", limit=1)
    assert await mark_sending(database, owner="a", delivery_ids=[digest]) == {digest}


async def test_a_claim_and_a_mark_that_got_no_answer_are_found_by_the_next_try(
    database: Database,
) -> None:
    await due(database, 3)
    forgetful = LosesAnswers(database._pool)
    claimed = await claim(forgetful, owner="a", limit=10)
    assert len(claimed) == 3
    ids = [one.delivery_id for one in claimed]
    assert await mark_sending(forgetful, owner="a", delivery_ids=ids) == set(ids)
    assert await claim(forgetful, owner="a", limit=10) == []
    assert await mark_sending(database, owner="a", delivery_ids=ids) == set()


async def test_a_chat_belongs_to_one_sender_at_a_time(database: Database) -> None:
    await due(database, 3)
    (first,) = await claim(database, owner="a", limit=1)
    assert await claim(database, owner="b", limit=10) == []
    await mark_sending(database, owner="a", delivery_ids=[first.delivery_id])
    assert await claim(database, owner="b", limit=10) == []
    await record_results(database, owner="a", transitions=[accepted(first)])
    rest = await claim(database, owner="b", limit=10)
    assert [activity_of(claimed) for claimed in rest] == [purchase(1), purchase(2)]


async def test_later_messages_of_a_chat_wait_for_one_that_is_tried_again_soon(database: Database) -> None:
    await due(database, 2)
    (first,) = await claim(database, owner="a", limit=1)
    await mark_sending(database, owner="a", delivery_ids=[first.delivery_id])
    flood = apply_result(first, SendResult(status=SendStatus.REFUSED, retry_after=60.0))
    await record_results(database, owner="a", transitions=[flood])
    assert await claim(database, owner="a", limit=10) == []
    await database.execute("UPDATE deliveries SET attempts = 9 WHERE state = 'retry'")
    assert len(await claim(database, owner="a", limit=10)) == 1


async def test_a_delivery_released_with_a_wait_is_due_later(database: Database) -> None:
    await due(database, 1)
    (claimed,) = await claim(database, owner="a", limit=1)
    await release(database, owner="a", delivery_ids=[claimed.delivery_id], wait=60.0)
    assert await claim(database, owner="a", limit=1) == []


async def test_a_sent_delivery_is_never_claimed_again(database: Database) -> None:
    await due(database, 1)
    (claimed,) = await claim(database, owner="a", limit=1)
    assert await mark_sending(database, owner="a", delivery_ids=[claimed.delivery_id]) == {
        claimed.delivery_id
    }
    assert await record_results(database, owner="a", transitions=[accepted(claimed)]) == 1
    assert await states(database) == ["sent"]
    assert await claim(database, owner="b", limit=1) == []


async def test_a_claim_without_mark_goes_to_another_sender_and_is_not_ambiguous(database: Database) -> None:
    await due(database, 1)
    await claim(database, owner="dead", limit=1)
    await expire_leases(database)
    (again,) = await claim(database, owner="b", limit=1)
    assert again.ambiguous_sends == 0


async def test_a_marked_delivery_of_a_dead_sender_is_sent_once_more_and_then_unconfirmed(
    database: Database,
) -> None:
    await due(database, 1)
    for expected in (["retry"], ["unconfirmed"]):
        (claimed,) = await claim(database, owner="dead", limit=1)
        await mark_sending(database, owner="dead", delivery_ids=[claimed.delivery_id])
        await expire_leases(database)
        assert await recover(database) == (1, 0)
        assert await states(database) == expected


async def test_a_sender_whose_lease_ended_records_no_result(database: Database) -> None:
    await due(database, 1)
    (claimed,) = await claim(database, owner="slow", limit=1)
    await mark_sending(database, owner="slow", delivery_ids=[claimed.delivery_id])
    await expire_leases(database)
    await recover(database)
    assert await record_results(database, owner="slow", transitions=[accepted(claimed)]) == 0


async def test_released_claims_are_free_at_once(database: Database) -> None:
    await due(database, 1)
    (claimed,) = await claim(database, owner="a", limit=1)
    await release(database, owner="a", delivery_ids=[claimed.delivery_id])
    assert len(await claim(database, owner="b", limit=1)) == 1


async def test_a_retry_waits_until_it_is_due(database: Database) -> None:
    await due(database, 1)
    (claimed,) = await claim(database, owner="a", limit=1)
    await mark_sending(database, owner="a", delivery_ids=[claimed.delivery_id])
    refused = apply_result(claimed, SendResult(status=SendStatus.REFUSED, retry_after=30))
    await record_results(database, owner="a", transitions=[refused])
    assert await claim(database, owner="a", limit=1) == []
    assert (await backlog(database)).due == 0


async def test_what_waits_for_a_closed_chat_ends(database: Database) -> None:
    await due(database, 2)
    (claimed, _) = await claim(database, owner="a", limit=2)
    await close_chat(database, ALICE, "blocked")
    assert await mark_sending(database, owner="a", delivery_ids=[claimed.delivery_id]) == set()
    assert await close_undeliverable(database) == 2
    assert await states(database) == [DeliveryState.DEAD.value] * 2


async def test_the_backlog_says_how_much_and_how_old(database: Database) -> None:
    await due(database, 3)
    waiting = await backlog(database)
    assert waiting.due == 3
    assert 0 <= waiting.oldest_seconds < 60


async def test_a_late_result_of_an_earlier_mark_is_not_recorded_for_a_later_one(database: Database) -> None:
    await due(database, 1)
    (slow,) = await claim(database, owner="a", limit=1)
    await mark_sending(database, owner="a", delivery_ids=[slow.delivery_id])
    await expire_leases(database)
    await recover(database)
    (again,) = await claim(database, owner="a", limit=1)
    await mark_sending(database, owner="a", delivery_ids=[again.delivery_id])
    ambiguous = apply_result(slow, SendResult(status=SendStatus.AMBIGUOUS))
    assert await record_results(database, owner="a", transitions=[ambiguous]) == 0
    assert await record_results(database, owner="a", transitions=[accepted(again)]) == 1


async def test_a_delivery_behind_a_postponed_one_of_its_chat_is_not_due(database: Database) -> None:
    await due(database, 3)
    (first,) = await claim(database, owner="a", limit=1)
    await mark_sending(database, owner="a", delivery_ids=[first.delivery_id])
    refused = apply_result(first, SendResult(status=SendStatus.REFUSED, retry_after=300))
    await record_results(database, owner="a", transitions=[refused])
    assert await claim(database, owner="a", limit=9) == []
    assert (await backlog(database)).due == 0
    assert (await snapshot(database, chain=CHAIN)).deliveries_due == 0
    await database.execute("UPDATE deliveries SET attempts = 4 WHERE state = 'retry'")
    assert (await backlog(database)).due == 2


async def test_what_is_put_off_waits_as_long_as_its_chat_is_suspended_and_a_sent_message_ends_that(
    database: Database,
) -> None:
    await due(database, 2)
    for _ in range(10):
        await hold_chat(database, ALICE, "no right to write")
    first, second = await claim(database, owner="a", limit=2)
    await mark_sending(database, owner="a", delivery_ids=[first.delivery_id])
    suspended = apply_result(first, SendResult(status=SendStatus.CHAT_SUSPENDED))
    await record_results(database, owner="a", transitions=[suspended])
    await release(database, owner="a", delivery_ids=[second.delivery_id], wait=1.0)
    waits = "SELECT bool_and(due_at > now() + interval '5 minutes') FROM deliveries"
    assert await database.fetchval(waits)
    await database.execute("UPDATE deliveries SET due_at = now() WHERE delivery_id = $1", first.delivery_id)
    (again,) = await claim(database, owner="a", limit=2)
    await mark_sending(database, owner="a", delivery_ids=[again.delivery_id])
    accepted = apply_result(again, SendResult(status=SendStatus.ACCEPTED))
    await record_results(database, owner="a", transitions=[accepted])
    assert await database.fetchval("SELECT suspended_at IS NULL FROM chats WHERE chat_id = $1", ALICE)
    assert [one.delivery_id for one in await claim(database, owner="a", limit=2)] == [second.delivery_id]
