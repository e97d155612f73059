"""System messages: claimed by one sender, marked before the call; one edit of a message at a time."""

import asyncio
from collections.abc import Sequence

import pytest

from domain.delivery.deliveries import DeliveryState, SendResult, SendStatus
from domain.delivery.system_messages import SystemMessage, SystemMessageKind, apply_result_to_system_message
from domain.rules.lanes import Lane
from domain.rules.rules import ChatSettings, Digest
from storage.chats.chats import close_chat, migrate_chat, reopen_chat
from storage.chats.rules import change_settings
from storage.delivery.system_messages import (
    claim_system_messages,
    close_system_messages,
    deliveries_of_message,
    delivery_by_id,
    mark_system_message,
    record_system_message,
    recover_system_messages,
    release_system_messages,
)
from storage.postgres import Database
from tests.storage.outbox import (
    announce_all,
    correct_all,
    end_outage,
    revert_alert,
    send_all,
    sent_while_provisional,
)
from tests.storage.sample_data import ALICE, follow, purchase

pytestmark = pytest.mark.services


async def edits(database: Database, *numbers: int) -> None:
    """Alerts that one message showed, all of them reverted by now."""
    await follow(database, ALICE, label="Moby")
    await sent_while_provisional(database, *numbers)
    await send_all(database)
    for number in numbers:
        await revert_alert(database, number)
    await correct_all(database)


async def lines(database: Database, count: int) -> None:
    """So many chats get a line about an outage."""
    for number in range(count):
        await follow(database, ALICE + number)
    await end_outage(database)
    await announce_all(database)


async def states(database: Database) -> list[str]:
    return [
        row["state"]
        for row in await database.fetch("SELECT state FROM system_messages ORDER BY system_message_id")
    ]


async def finish(database: Database, message: SystemMessage, result: SendResult) -> None:
    assert await mark_system_message(database, message.system_message_id, owner="a")
    await record_system_message(database, message, apply_result_to_system_message(message, result), owner="a")


async def expire(database: Database) -> None:
    await database.execute("UPDATE system_messages SET lease_until = now() - interval '1 second'")


async def test_senders_never_claim_the_same(database: Database) -> None:
    await lines(database, 40)
    claims: Sequence[list[SystemMessage]] = await asyncio.gather(
        *(claim_system_messages(database, owner=f"sender {n}", limit=15) for n in range(4))
    )
    ids = [message.system_message_id for claimed in claims for message in claimed]
    assert len(ids) == len(set(ids)) == 40


async def test_an_outage_carries_what_its_line_shows(database: Database) -> None:
    await lines(database, 1)
    (message,) = await claim_system_messages(database, owner="a", limit=9)
    assert (message.kind, message.chat_id, message.lane) == (SystemMessageKind.OUTAGE, ALICE, Lane.BULK)
    assert message.outage is not None
    assert (message.outage.events, message.outage.gaps) == (0, 1)


async def test_corrections_go_before_outages(database: Database) -> None:
    await lines(database, 2)
    await edits(database, 1)
    kinds = [message.kind for message in await claim_system_messages(database, owner="a", limit=9)]
    assert kinds == [SystemMessageKind.EDIT] * 2 + [SystemMessageKind.OUTAGE] * 2


async def test_one_edit_of_a_message_at_a_time_is_claimed_and_shows_all_of_it(database: Database) -> None:
    await edits(database, 1, 2, 3)
    (message,) = await claim_system_messages(database, owner="a", limit=9)
    assert await claim_system_messages(database, owner="b", limit=9) == []
    await finish(database, message, SendResult(status=SendStatus.ACCEPTED))
    assert await states(database) == ["sent"] * 3


async def test_a_message_is_read_again_as_it_was_sent(database: Database) -> None:
    await edits(database, 1, 2)
    group = await deliveries_of_message(database, chat_id=ALICE, message_id=7)
    assert [(one.activity, one.label, one.reverted) for one in group] == [
        (purchase(1), "Moby", True),
        (purchase(2), "Moby", True),
    ]
    assert all(one.sent_at is not None for one in group)
    one = await delivery_by_id(database, group[0].delivery_id)
    assert one == group[0]
    assert await delivery_by_id(database, 999) is None


async def test_after_the_death_of_a_sender_an_edit_is_repeated_and_a_line_is_not(database: Database) -> None:
    await lines(database, 1)
    await edits(database, 1)
    for message in await claim_system_messages(database, owner="a", limit=9):
        assert await mark_system_message(database, message.system_message_id, owner="a")
    await expire(database)
    assert await recover_system_messages(database) == 2
    assert sorted(await states(database)) == ["ambiguous", "pending"]


async def test_what_cannot_be_edited_is_answered_next(database: Database) -> None:
    await edits(database, 1)
    (message,) = await claim_system_messages(database, owner="a", limit=9)
    await finish(
        database, message, SendResult(status=SendStatus.UNDELIVERABLE, reason="message can't be edited")
    )
    (message,) = await claim_system_messages(database, owner="a", limit=9)
    assert (message.kind, message.message_id) == (SystemMessageKind.REPLY, 7)


async def test_after_a_refusal_it_waits_and_a_released_message_is_free(database: Database) -> None:
    await lines(database, 1)
    (message,) = await claim_system_messages(database, owner="a", limit=9)
    await release_system_messages(database, [message.system_message_id], owner="a")
    (message,) = await claim_system_messages(database, owner="a", limit=9)
    await finish(database, message, SendResult(status=SendStatus.REFUSED, retry_after=60))
    assert await claim_system_messages(database, owner="a", limit=9) == []
    assert await states(database) == [DeliveryState.PENDING.value]


async def test_what_waits_for_a_closed_chat_ends(database: Database) -> None:
    await lines(database, 1)
    (message,) = await claim_system_messages(database, owner="a", limit=9)
    await close_chat(database, ALICE, "blocked")
    assert not await mark_system_message(database, message.system_message_id, owner="a")
    assert await close_system_messages(database) == 1
    assert await states(database) == ["dead"]


async def test_when_quiet_hours_end_early_the_line_comes_at_once(database: Database) -> None:
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda _: ChatSettings(digest=Digest.HOURLY))
    await end_outage(database)
    await announce_all(database)
    assert await claim_system_messages(database, owner="a", limit=9) == []
    await change_settings(database, ALICE, lambda _: ChatSettings())
    assert len(await claim_system_messages(database, owner="a", limit=9)) == 1


async def test_messages_that_waited_while_a_chat_was_closed_are_not_sent_when_it_opens(
    database: Database,
) -> None:
    await lines(database, 1)
    await close_chat(database, ALICE, "blocked")
    await reopen_chat(database, ALICE)
    assert await states(database) == ["dead"]


@pytest.mark.parametrize("known", [1, 2])
async def test_system_messages_go_with_a_group_to_its_new_id_each_once(
    known: int, database: Database
) -> None:
    await lines(database, known)
    await migrate_chat(database, old_id=ALICE, new_id=ALICE + 1)
    assert [one.chat_id for one in await claim_system_messages(database, owner="a", limit=9)] == [ALICE + 1]
