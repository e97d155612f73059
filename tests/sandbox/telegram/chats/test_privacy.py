"""Privacy mode."""

import pytest

from sandbox.telegram import MessageTarget
from tests.sandbox.telegram.calls import heard
from tests.sandbox.telegram.stage import Stage

pytestmark = pytest.mark.enable_socket


async def test_in_a_group_the_bot_hears_what_is_for_it(stage: Stage) -> None:
    people = stage.telegram.people
    chat_id = people.add_group("Club", {stage.alice.id: "creator"})
    joined = await heard(stage)
    assert joined[0].my_chat_member is not None
    assert joined[1].message is not None
    assert joined[1].message.new_chat_members[0].id == stage.bot.id
    mine = await stage.bot.send_message(chat_id, "hello")
    target = MessageTarget(chat_id=chat_id)
    for text in (
        "just talk",
        "/status",
        "/status@another_bot",
        f"/status@{stage.bot.username}",
        f"hi @{stage.bot.username}",
    ):
        people.send(stage.alice.id, text, target)
    people.send(stage.alice.id, "an answer", MessageTarget(chat_id=chat_id, reply_to=mine.message_id))
    texts = [one.message.text for one in await heard(stage) if one.message]
    assert texts == ["/status", f"/status@{stage.bot.username}", f"hi @{stage.bot.username}", "an answer"]
    people.promote_bot(chat_id)
    people.send(stage.alice.id, "just talk", target)
    assert [one.message.text for one in await heard(stage) if one.message] == ["just talk"]
