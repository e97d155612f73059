"""Methods about chats and members."""

import pytest

from tests.sandbox.telegram.stage import Stage

pytestmark = pytest.mark.enable_socket


async def test_members_and_admins_are_answered_for(stage: Stage) -> None:
    people = stage.telegram.people
    bob = people.add_user("Bob")
    chat_id = people.add_group("Club", {stage.alice.id: "creator", bob.id: "member"})
    assert (await stage.bot.get_chat_member(chat_id, bob.id)).status == "member"
    people.promote(chat_id, bob.id)
    admins = await stage.bot.get_chat_administrators(chat_id)
    assert {(one.user.id, one.status) for one in admins} == {
        (stage.alice.id, "creator"),
        (bob.id, "administrator"),
    }
    people.demote(chat_id, bob.id)
    people.promote_bot(chat_id)
    assert stage.bot.id in {one.user.id for one in await stage.bot.get_chat_administrators(chat_id)}
    assert await stage.bot.get_chat_member_count(chat_id) == 3
    chat = await stage.bot.get_chat(chat_id)
    assert (chat.title, chat.type, chat.permissions is not None) == ("Club", "supergroup", True)
