"""The inbox: each update once, in the order of its chat, whichever instance has it."""

import asyncio

import pytest

from storage.chats.updates import (
    ReceivedUpdate,
    finish_update,
    last_update_id,
    lease_next_update,
    release_update,
    store_updates,
    waiting_chats,
)
from storage.postgres import Database

pytestmark = pytest.mark.services
CHAT = 5


def update(number: int, chat_id: int = CHAT) -> ReceivedUpdate:
    return ReceivedUpdate(update_id=number, chat_id=chat_id, payload=f'{{"update_id": {number}}}')


async def test_a_repeated_update_is_known(database: Database) -> None:
    assert await store_updates(database, [update(1), update(2)]) == {1, 2}
    assert await store_updates(database, [update(2), update(3)]) == {3}
    assert await last_update_id(database) == 3


async def test_updates_of_a_chat_are_leased_in_order_one_at_a_time(database: Database) -> None:
    await store_updates(database, [update(2), update(1)])
    first = await lease_next_update(database, chat_id=CHAT, owner="a")
    assert first is not None
    assert first.update_id == 1
    assert await lease_next_update(database, chat_id=CHAT, owner="b") is None
    assert await finish_update(database, first, owner="a")
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
    await finish_update(database, running, owner="a")
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
    assert not await finish_update(database, again, owner="dead")


async def test_a_released_update_can_be_leased_at_once(database: Database) -> None:
    await store_updates(database, [update(1)])
    lease = await lease_next_update(database, chat_id=CHAT, owner="a")
    assert lease is not None
    await release_update(database, lease, owner="a")
    assert await lease_next_update(database, chat_id=CHAT, owner="b") is not None


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
