"""Leases of updates: in the order of a chat, one at a time, and what is known of a dead owner's reply."""

import asyncio

import msgspec
import pytest
from msgspec import structs

from storage.chats.update_leases import (
    finish_updates,
    inherit_updates,
    lease_next_updates,
    postpone_update,
    release_updates,
    waiting_chats,
)
from storage.chats.updates import ReceivedUpdate, store_updates
from storage.postgres import Database
from tests.storage.leased_updates import lease_next_update

pytestmark = pytest.mark.services
CHAT = 5


def update(number: int, chat_id: int = CHAT) -> ReceivedUpdate:
    return ReceivedUpdate(update_id=number, chat_id=chat_id, payload=f'{{"update_id": {number}}}')


async def test_updates_of_a_chat_are_leased_in_order_one_at_a_time(database: Database) -> None:
    await store_updates(database, [update(2), update(1)])
    first = await lease_next_update(database, chat_id=CHAT, owner="a")
    assert first is not None
    assert first.update_id == 1
    assert await lease_next_update(database, chat_id=CHAT, owner="b") is None
    assert await finish_updates(database, {first.update_id: None}, owner="a") == {1: True}
    second = await lease_next_update(database, chat_id=CHAT, owner="b")
    assert second is not None
    assert second.update_id == 2


async def test_one_of_many_instances_gets_the_lease(database: Database) -> None:
    await store_updates(database, [update(1)])
    leases = await asyncio.gather(
        *(lease_next_update(database, chat_id=CHAT, owner=f"{n}") for n in range(8))
    )
    assert sum(lease is not None for lease in leases) == 1


async def test_an_older_update_that_arrives_late_waits_for_the_running_one(database: Database) -> None:
    await store_updates(database, [update(5)])
    running = await lease_next_update(database, chat_id=CHAT, owner="a")
    await store_updates(database, [update(4)])
    assert await lease_next_update(database, chat_id=CHAT, owner="b") is None
    assert running is not None
    await finish_updates(database, {running.update_id: None}, owner="a")
    late = await lease_next_update(database, chat_id=CHAT, owner="b")
    assert late is not None
    assert late.update_id == 4


async def test_an_update_leased_by_a_dead_instance_is_leased_again(database: Database) -> None:
    await store_updates(database, [update(1)])
    await lease_next_update(database, chat_id=CHAT, owner="dead")
    assert await waiting_chats(database, older_than=0, limit=10) == []
    await database.execute("UPDATE updates SET lease_until = now() - interval '1 second'")
    assert await waiting_chats(database, older_than=0, limit=10) == [CHAT]
    again = await lease_next_update(database, chat_id=CHAT, owner="b")
    assert again is not None
    assert again.attempts == 2
    assert await finish_updates(database, {again.update_id: None}, owner="dead") == {}


async def test_a_released_update_can_be_leased_at_once(database: Database) -> None:
    await store_updates(database, [update(1)])
    lease = await lease_next_update(database, chat_id=CHAT, owner="a")
    assert lease is not None
    await release_updates(database, owner="a")
    assert await lease_next_update(database, chat_id=CHAT, owner="b") is not None


async def test_who_begins_under_a_name_goes_on_with_what_a_killed_process_of_it_had(
    database: Database,
) -> None:
    await store_updates(database, [update(1), update(2), update(3, chat_id=6), update(4, chat_id=7)])
    for chat_id, owner in ((CHAT, "bot-1:dead"), (6, "bot-11:lives"), (7, "bot-1:new")):
        await lease_next_update(database, chat_id=chat_id, owner=owner)
    assert await inherit_updates(database, owner="bot-1:new") == 1
    assert await inherit_updates(database, owner="no name") == 0
    assert await waiting_chats(database, older_than=0, limit=10) == [CHAT]
    again = await lease_next_update(database, chat_id=CHAT, owner="bot-1:new")
    assert again is not None
    assert (again.update_id, again.attempts, again.copies) == (1, 2, 1)
    assert await finish_updates(database, {1: None}, owner="bot-1:dead") == {}


async def test_a_busy_chat_does_not_delay_another(database: Database) -> None:
    await store_updates(database, [update(1, chat_id=1), update(2, chat_id=2)])
    assert await lease_next_update(database, chat_id=1, owner="a") is not None
    assert await lease_next_update(database, chat_id=2, owner="a") is not None


async def test_an_owner_whose_lease_got_no_answer_gets_the_same_update_again(database: Database) -> None:
    await store_updates(database, [update(1)])
    await lease_next_update(database, chat_id=CHAT, owner="a")
    again = await lease_next_update(database, chat_id=CHAT, owner="a")
    assert again is not None
    assert again.update_id == 1
    assert await lease_next_update(database, chat_id=CHAT, owner="b") is None


async def test_an_instance_that_ends_leaves_what_it_had_leased(database: Database) -> None:
    await store_updates(database, [update(1), update(2, chat_id=6)], owner="a")
    await release_updates(database, owner="a")
    lease = await lease_next_update(database, chat_id=CHAT, owner="b")
    assert lease is not None
    assert lease.attempts == 1


async def test_claims_of_a_chat_among_new_updates_never_hold_two_of_them(database: Database) -> None:
    numbers = iter(range(1, 10_000))

    async def instance(owner: str) -> None:
        for _ in range(30):
            await store_updates(database, [update(next(numbers))], owner=owner if owner < "2" else None)
            lease = await lease_next_update(database, chat_id=CHAT, owner=owner)
            working = await database.fetchval("SELECT count(*) FROM updates WHERE state = 'working'")
            assert working <= 1
            if lease is not None:
                await finish_updates(database, {lease.update_id: None}, owner=owner)

    await asyncio.gather(*(instance(f"{n}") for n in range(6)))


async def test_a_chat_with_few_updates_is_found_before_one_with_many(database: Database) -> None:
    await store_updates(database, [*(update(n, chat_id=1) for n in range(5)), update(9, chat_id=2)])
    assert await waiting_chats(database, older_than=0, limit=1) == [2]


async def test_many_chats_are_leased_in_one_statement_and_what_others_have_is_missing(
    database: Database,
) -> None:
    await store_updates(database, [update(n, chat_id=n % 4) for n in range(1, 13)])
    assert await lease_next_update(database, chat_id=3, owner="other") is not None
    leases = await lease_next_updates(database, [3, 2, 1, 1, 9], owner="a")
    assert {chat_id: lease.update_id for chat_id, lease in leases.items()} == {1: 1, 2: 2}


async def test_claims_of_the_same_chats_at_the_same_time_share_them(database: Database) -> None:
    chats = range(1, 60)
    await store_updates(database, [update(n, chat_id=n) for n in chats])
    orders = [chats, chats[::-1]] * 3
    each = await asyncio.gather(
        *(lease_next_updates(database, order, owner=f"{n}") for n, order in enumerate(orders))
    )
    assert sorted(chat_id for leases in each for chat_id in leases) == [*chats]


async def test_what_a_dead_owner_had_in_hand_may_have_been_replied_to(database: Database) -> None:
    await store_updates(database, [update(1)], owner="dead")
    await database.execute("UPDATE updates SET lease_until = now() - interval '1 second'")
    for owner in ("b", "c"):
        again = await lease_next_update(database, chat_id=CHAT, owner=owner)
        assert again is not None
        assert again.copies == 1
        await database.execute("UPDATE updates SET lease_until = now() - interval '1 second'")


async def test_what_was_given_back_has_the_copies_that_its_owner_knows_of(database: Database) -> None:
    await store_updates(database, [update(1)], owner="a")
    for copies in (0, 1, 2):
        lease = await lease_next_update(database, chat_id=CHAT, owner="a")
        assert lease is not None
        given_back = structs.replace(lease, copies=copies)
        await postpone_update(database, given_back, owner="a", seconds=0.0, refund_attempt=True)
        again = await lease_next_update(database, chat_id=CHAT, owner="b")
        assert again is not None
        assert again.copies == copies
        await postpone_update(database, again, owner="b", seconds=0.0, refund_attempt=True)


async def test_what_may_have_been_replied_to_is_not_released_as_if_it_were_new(database: Database) -> None:
    await store_updates(database, [update(1), update(2, chat_id=6)], owner="a")
    await release_updates(database, owner="a", but=[1])
    assert await lease_next_update(database, chat_id=CHAT, owner="b") is None
    other = await lease_next_update(database, chat_id=6, owner="b")
    assert other is not None
    assert other.copies == 0


SAID = (
    "/webhooks https://discord.com/api/webhooks/1/abc",
    "hooks.slack.com/services/T/B/x",
    "whsec_abc",
    "/webhook x",
    "my key is ww_abc",
)


def said(number: int, text: str) -> ReceivedUpdate:
    message = {"message_id": 70 + number, "text": text, "chat": {"id": number}}
    payload = msgspec.json.encode({"update_id": number, "message": message}).decode()
    return ReceivedUpdate(update_id=number, chat_id=number, payload=payload)


async def kept(database: Database, number: int, error: str | None) -> str:
    await lease_next_update(database, chat_id=number, owner="a")
    await finish_updates(database, {number: error}, owner="a")
    return str(await database.fetchval("SELECT payload::text FROM updates WHERE update_id = $1", number))


async def test_what_was_handled_keeps_its_ids_alone_and_what_failed_no_secret(database: Database) -> None:
    await store_updates(
        database, [said(n, text) for n, text in enumerate((*SAID, "hello", "hello"), start=1)]
    )
    for number in range(1, len(SAID) + 1):
        assert await kept(database, number, "failed: KeyError") == ids_of(number)
    assert await kept(database, len(SAID) + 1, None) == ids_of(len(SAID) + 1)
    assert "hello" in await kept(database, len(SAID) + 2, "failed: KeyError")


async def test_what_could_not_be_read_is_kept_without_secrets(database: Database) -> None:
    texts = ('{"text": "oops', '{"text": "https:\\/\\/discord.com\\/api')
    for number, text in enumerate(texts, start=1):
        payload = msgspec.json.encode({"update_id": number, "unreadable": text}).decode()
        await store_updates(database, [ReceivedUpdate(update_id=number, chat_id=number, payload=payload)])
    assert "oops" in await kept(database, 1, None)
    assert "discord" not in await kept(database, 2, None)


def ids_of(number: int) -> str:
    return f'{{"message": {{"message_id": {70 + number}}}, "update_id": {number}}}'
