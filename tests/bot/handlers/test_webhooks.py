"""/webhooks: made, tried, switched and deleted in private alone; a group's by its admins."""

import re

import pytest

from sandbox.telegram.chats.people import MessageTarget
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import TelegramChats, until

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]
THERE = "https://127.0.0.1:8443/hook"


async def test_a_webhook_lives_from_its_address_to_its_last_button(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "No webhook" in await chats.ask(alice.id, "/webhooks")
    assert "not public" in await chats.ask(alice.id, "/webhooks https://10.0.0.1/")
    made = await chats.ask(alice.id, f"/webhooks {THERE}")
    assert re.search(r"whsec_[A-Za-z0-9+/]{43}=", made)
    assert made.endswith("\n📏 1 of 1 webhook used.")
    listed = await chats.ask_message(alice.id, "/webhooks")
    number = await database.fetchval("SELECT webhook_id FROM webhooks WHERE owner_id = $1", alice.id)
    assert f"{number}. 127.0.0.1:8443" in (listed.text or "")
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, listed, f"Test {number}")
    assert "is on its way" in ((await chats.next_entry(alice.id, seq)).text or "")
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE kind = 'push_test'") == 1
    _, off = await chats.press_and_read_edit(alice.id, listed, f"Off {number}")
    assert "· off" in off
    acts = await database.fetch("SELECT act FROM audit_log WHERE actor_id = $1 ORDER BY audit_id", alice.id)
    assert [row["act"] for row in acts] == [f"webhook {number} made", f"webhook {number} switched off"]


async def test_a_groups_webhook_is_its_admins_affair_and_its_secret_nobody_elses(
    chats: TelegramChats, alice: User
) -> None:
    (bob,) = chats.telegram.people.add_users(1)
    group = await chats.group({alice.id: "creator", bob: "member"})
    await chats.ask(alice.id, "/start", MessageTarget(chat_id=group))
    assert "private chat" in await chats.ask(alice.id, f"/webhooks {THERE}", MessageTarget(chat_id=group))
    assert "Only admins" in await chats.ask(bob, f"/webhooks {group} {THERE}")
    assert "not in this chat" in await chats.ask(bob, f"/webhooks -1009999999999 {THERE}")
    assert "whsec_" in await chats.ask(alice.id, f"/webhooks {group} {THERE}")
    listed = await chats.ask_message(alice.id, f"/webhooks {group}")
    assert "127.0.0.1:8443" in (listed.text or "")
    (number,) = re.findall(r"(\d+)\. 127", listed.text or "")
    _, asked = await chats.press_and_read_edit(alice.id, listed, f"Delete {number}")
    assert "What waits for it is not pushed" in asked
    _, gone = await chats.press_and_read_edit(alice.id, listed, "Delete it")
    assert "No webhook" in gone


SECRET = "https://127.0.0.1:8443/api/webhooks/1/moby-dick"


async def test_no_row_shows_an_address_after_the_answer_and_no_chat_its_message(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    (bob,) = chats.telegram.people.add_users(1)
    group = await chats.group({alice.id: "creator", bob: "member"})
    asked = [
        await chats.ask_message(alice.id, f"/webhooks {SECRET}"),
        await chats.ask_message(alice.id, f"/webhooks {SECRET}"),  # one too many
        await chats.ask_message(alice.id, f"/webhooks -1009999999999 {SECRET}"),
        await chats.ask_message(bob, f"/webhooks {group} {SECRET}"),
        await chats.ask_message(alice.id, f"/webhooks{SECRET}"),  # no command
    ]
    assert all(asked)
    await until(lambda: database.fetchval("SELECT bool_and(state = 'done') FROM updates"))
    assert await rows_with(database, "moby-dick") == []
    assert len(chats.telegram.ledger.since(0, kind="delete")) == 4


async def rows_with(database: Database, text: str) -> list[str]:
    """The tables one of whose rows shows a text."""
    tables = await database.fetch(
        "SELECT quote_ident(table_name) AS name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    found = "SELECT EXISTS (SELECT FROM {} AS one WHERE one::text LIKE '%' || $1 || '%')"
    return [row["name"] for row in tables if await database.fetchval(found.format(row["name"]), text)]
