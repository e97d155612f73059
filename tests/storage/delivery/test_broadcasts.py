"""Broadcasts: one delivery per chat, stopped and resumed, never twice."""

import pytest

from domain.delivery.deliveries import BroadcastText, ClaimedDelivery, DeliveryKind
from domain.delivery.results import SendResult, SendStatus, apply_result
from domain.rules.lanes import Lane
from storage.chats.chats import close_chat
from storage.delivery.broadcasts import draft, finish_broadcasts, progress, reachable, start, stop
from storage.delivery.claims import claim
from storage.delivery.deliveries import backlog, close_undeliverable, mark_sending, record_results, recover
from storage.postgres import Database
from tests.storage.outbox import LosesAnswers
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
SENT = SendResult(status=SendStatus.ACCEPTED, message_id=5)


@pytest.fixture
async def number(database: Database) -> int:
    for chat in (ALICE, BOB, 3):
        await follow(database, chat)
    await close_chat(database, 3, "blocked")
    return await draft(database, "hello", by=1)


async def mark(database: Database, delivery: ClaimedDelivery, *, owner: str = "a") -> bool:
    return await mark_sending(database, owner=owner, delivery_ids=[delivery.delivery_id]) != set()


async def record(database: Database, delivery: ClaimedDelivery, result: SendResult = SENT) -> None:
    await record_results(database, owner="a", transitions=[apply_result(delivery, result)])


async def test_it_goes_to_open_chats_and_ends(database: Database, number: int) -> None:
    assert await reachable(database) == 2
    assert await claim(database, owner="a", limit=9) == []
    assert await start(database, number)
    assert not await start(database, number)
    claimed = await claim(database, owner="a", limit=9)
    assert {(one.kind, one.lane) for one in claimed} == {(DeliveryKind.BROADCAST, Lane.BROADCAST)}
    assert {one.content for one in claimed} == {BroadcastText(text="hello")}
    assert sorted(one.chat_id for one in claimed) == [ALICE, BOB]
    assert await claim(database, owner="b", limit=9) == []
    for delivery in claimed:
        assert await mark(database, delivery)
        assert not await mark(database, delivery)
        assert not await finish_broadcasts(database)
        await record(database, delivery)
    assert await finish_broadcasts(database)
    done = await progress(database)
    assert done is not None
    assert (done.state, done.total, done.sent) == ("done", 2, 2)


async def test_a_mark_whose_answer_was_lost_is_known_by_the_next_try(database: Database, number: int) -> None:
    await start(database, number)
    delivery, *_ = await claim(database, owner="a", limit=9)
    forgetful = LosesAnswers(database._pool)
    assert await mark(forgetful, delivery)
    assert not await mark(database, delivery)
    assert not await mark(forgetful, delivery, owner="b")


async def test_after_a_stop_nothing_is_sent_until_it_goes_on(database: Database, number: int) -> None:
    await start(database, number)
    (delivery,) = await claim(database, owner="a", limit=1)
    assert await stop(database, number)
    assert not await mark(database, delivery)
    assert await claim(database, owner="b", limit=9) == []
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
    assert await claim(database, owner="b", limit=9) == []
    assert await start(database, number)
    assert len(await claim(database, owner="b", limit=9)) == 2


async def test_what_a_dead_sender_had_marked_is_not_sent_again(database: Database, number: int) -> None:
    await start(database, number)
    delivery, *_ = await claim(database, owner="dead", limit=9)
    await mark(database, delivery, owner="dead")
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")
    await recover(database)
    assert len(await claim(database, owner="next", limit=9)) == 1
    found = await progress(database, number)
    assert found is not None
    assert found.ambiguous == 1


async def test_a_chat_that_closes_meanwhile_is_left_out(database: Database, number: int) -> None:
    await start(database, number)
    claimed = await claim(database, owner="a", limit=9)
    await close_chat(database, ALICE, "blocked")
    assert [await mark(database, one) for one in claimed] == [one.chat_id == BOB for one in claimed]
    await database.execute("UPDATE deliveries SET lease_until = NULL WHERE state = 'pending'")
    assert await close_undeliverable(database) == 1
    found = await progress(database, number)
    assert found is not None
    assert found.dead == 1


async def test_it_goes_after_all_that_is_due_and_is_no_backlog(database: Database, number: int) -> None:
    await start(database, number)
    await happened(database, purchase())
    await fan_out_all(database)
    assert (await backlog(database)).due == 2
    assert {one.kind for one in await claim(database, owner="a", limit=9)} == {DeliveryKind.ALERT}
    await database.execute("UPDATE deliveries SET state = 'sent', lease_until = NULL WHERE kind = 'alert'")
    assert (await backlog(database)).due == 0
    assert {one.kind for one in await claim(database, owner="a", limit=9)} == {DeliveryKind.BROADCAST}
    assert (await backlog(database)).oldest_seconds == 0.0
