"""The audit log keeps what was done and what was refused.
What operators ought to know: a row for each thing, however often it is found out.
"""

import pytest

from domain.chats import Chat, ChatKind
from domain.people import Act, AuditOutcome
from storage.admin.operators import discover, latest_acts, note_act, recent_discoveries
from storage.chats.chats import saw_chat
from storage.postgres import Database

pytestmark = pytest.mark.services


async def test_a_refused_act_is_kept(database: Database) -> None:
    refused = Act(update_id=1, actor_id=666, chat_id=5, act="/stats", outcome=AuditOutcome.REFUSED)
    await note_act(database, refused)
    row = await database.fetchrow("SELECT actor_id, act, outcome FROM audit_log")
    assert row is not None
    assert tuple(row) == (666, "/stats", "refused")


async def test_what_a_handler_knows_of_an_act_makes_no_second_one(database: Database) -> None:
    await saw_chat(database, Chat(chat_id=666, kind=ChatKind.PRIVATE, title="Olga"))
    for act, about in (("ban 5", ""), ("ban", "5: spam"), ("ban 5", "")):
        await note_act(database, Act(update_id=1, actor_id=666, chat_id=666, act=act, about=about))
    (entry,) = await latest_acts(database, actor_id=None, limit=9)
    assert (entry.act, entry.about, entry.actor_name) == ("ban", "5: spam", "Olga")


async def test_a_thing_is_new_once_and_counted_after_that(database: Database) -> None:
    assert await discover(database, chain="sandbox", about="version 2", sentence="It has appeared.")
    assert not await discover(database, chain="sandbox", about="version 2", sentence="It has appeared.")
    (known,) = await recent_discoveries(database, chain="sandbox", days=7)
    assert (known.about, known.sentence, known.times) == ("version 2", "It has appeared.", 2)
    assert await recent_discoveries(database, chain="x1", days=7) == []


async def test_what_is_known_for_long_is_not_recent(database: Database) -> None:
    await discover(database, chain="sandbox", about="version 2", sentence="It has appeared.")
    await database.execute("UPDATE discoveries SET first_at = now() - interval '8 days'")
    assert await recent_discoveries(database, chain="sandbox", days=7) == []
