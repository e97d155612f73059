"""Webhooks go off with their owners, in their chats or everywhere, and chats are notified."""

import pytest

from domain.chats import Chat, ChatKind
from domain.webhooks import OWNER_BANNED, OWNER_GONE
from storage.chats.chats import saw_chat
from storage.postgres import Database
from storage.webhooks.owners import disable_webhooks_of, due_owners
from storage.webhooks.webhooks import WebhookChange
from tests.storage.sample_data import ALICE, BOB
from tests.storage.webhook_rows import make_webhook, new_webhook, table

pytestmark = pytest.mark.services
CLUB, CREW = -5, -6


async def make_in(database: Database, chat_id: int) -> int:
    await saw_chat(database, Chat(chat_id=chat_id, kind=ChatKind.GROUP, title="chat"))
    made = await table(database).add(new_webhook(chat_id), limit=9)
    assert made is not None
    return made.webhook_id


async def off(database: Database) -> dict[int, str]:
    rows = await database.fetch("SELECT chat_id, off_reason FROM webhooks WHERE off_at IS NOT NULL")
    return {row["chat_id"]: row["off_reason"] for row in rows}


async def test_who_left_a_chat_pushes_on_in_others(database: Database) -> None:
    await make_in(database, CLUB)
    await make_in(database, CREW)
    assert await disable_webhooks_of(database, BOB, OWNER_GONE, chat_id=CLUB) == 0
    assert await disable_webhooks_of(database, ALICE, OWNER_GONE, chat_id=CLUB) == 1
    assert await off(database) == {CLUB: OWNER_GONE}
    sent = await database.fetch("SELECT chat_id, reasons FROM deliveries WHERE kind = 'webhook_off'")
    assert [(row["chat_id"], OWNER_GONE in row["reasons"]) for row in sent] == [(CLUB, True)]


async def test_who_is_banned_pushes_nothing_anywhere_and_a_banned_group_nothing_of_anybody(
    database: Database,
) -> None:
    await make_webhook(database)
    await make_in(database, CLUB)
    assert await disable_webhooks_of(database, CLUB, OWNER_BANNED) == 1
    assert await disable_webhooks_of(database, ALICE, OWNER_BANNED) == 1
    assert await off(database) == {ALICE: OWNER_BANNED, CLUB: OWNER_BANNED}


async def test_owners_in_open_groups_are_due_once_in_a_while(database: Database) -> None:
    await make_webhook(database)
    for chat_id in (CLUB, CREW, -7):
        await make_in(database, chat_id)
    await database.execute("UPDATE webhooks SET owner_checked_at = now() - interval '1 hour'")
    await database.execute("UPDATE chats SET closed_at = now() WHERE chat_id = $1", CREW)
    assert await due_owners(database, older_than=7200, limit=9) == []
    first = await due_owners(database, older_than=60, limit=1)
    assert sorted(first + await due_owners(database, older_than=60, limit=9)) == [(-7, ALICE), (CLUB, ALICE)]
    assert await due_owners(database, older_than=60, limit=9) == []


async def test_who_switches_it_on_owns_it_and_one_that_is_on_stays_as_it_is(database: Database) -> None:
    webhooks, number = table(database), await make_in(database, CLUB)
    await disable_webhooks_of(database, ALICE, OWNER_GONE)
    switched = await webhooks.change(CLUB, number, WebhookChange(by=BOB, on=True))
    assert switched is not None
    assert (switched.owner_id, switched.is_on) == (BOB, True)
    await database.execute(
        "UPDATE webhooks SET failing_since = now(), rests_until = now() - interval '1 second'"
    )
    again = await webhooks.change(CLUB, number, WebhookChange(by=ALICE, on=True))
    assert again is not None
    assert (again.owner_id, again.failing_since is None, again.rests_until is None) == (BOB, False, False)
