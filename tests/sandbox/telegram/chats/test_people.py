"""People and groups: what they do, and what the bot hears of it."""

import pytest
from telegram import Update

from sandbox.telegram import MessageTarget
from sandbox.telegram.chats.files import Upload
from sandbox.telegram.errors import PeopleError
from tests.sandbox.telegram.conftest import Stage

pytestmark = pytest.mark.enable_socket


async def heard(stage: Stage) -> tuple[Update, ...]:
    updates = await stage.bot.get_updates()
    if updates:
        await stage.bot.get_updates(offset=updates[-1].update_id + 1)
    return updates


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


async def test_blocking_and_unblocking_is_sent_once(stage: Stage) -> None:
    people = stage.telegram.people
    for act in (people.block, people.block, people.unblock):
        act(stage.alice.id)
    changes = [one.my_chat_member for one in await heard(stage)]
    assert [(one.old_chat_member.status, one.new_chat_member.status) for one in changes if one] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


async def test_a_blocked_bot_cannot_be_written_to(stage: Stage) -> None:
    stage.telegram.people.block(stage.alice.id)
    with pytest.raises(PeopleError, match="unblock it first"):
        stage.telegram.people.send(stage.alice.id, "/start")


async def test_a_migration_is_announced_in_both_chats(stage: Stage) -> None:
    people = stage.telegram.people
    old = people.add_group("Club", {stage.alice.id: "creator"}, kind="group")
    await heard(stage)
    new = people.migrate(old)
    one, other = (update.message for update in await heard(stage))
    assert one is not None
    assert other is not None
    assert (one.chat.id, one.migrate_to_chat_id) == (old, new)
    assert (other.chat.id, other.migrate_from_chat_id) == (new, old)


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


async def test_topics_are_opened_and_written_in(stage: Stage) -> None:
    people = stage.telegram.people
    chat_id = people.add_group("Forum", {stage.alice.id: "creator"}, forum=True)
    thread_id = people.add_topic(chat_id, "Alerts")
    await heard(stage)
    people.send(stage.alice.id, "/status", MessageTarget(chat_id=chat_id, thread_id=thread_id))
    [update] = await heard(stage)
    assert update.message is not None
    assert (update.message.message_thread_id, update.message.is_topic_message) == (thread_id, True)
    with pytest.raises(PeopleError, match="no topic 99"):
        people.send(stage.alice.id, "x", MessageTarget(chat_id=chat_id, thread_id=99))


async def test_a_file_can_be_sent_and_fetched(stage: Stage) -> None:
    upload = Upload(name="wallets.txt", mime="text/plain", content=b"one\ntwo\n")
    stage.telegram.people.send_document(stage.alice.id, upload, caption="/import")
    [update] = await heard(stage)
    assert update.message is not None
    assert update.message.document is not None
    assert update.message.caption == "/import"
    async with stage.bot:
        file = await stage.bot.get_file(update.message.document.file_id)
    assert file.file_size == 8


@pytest.mark.parametrize("text", ["", "  ", "x" * 4_097])
async def test_what_an_app_would_not_send_is_refused(stage: Stage, text: str) -> None:
    with pytest.raises(PeopleError):
        stage.telegram.people.send(stage.alice.id, text)


async def test_strangers_stay_outside(stage: Stage) -> None:
    people = stage.telegram.people
    bob = people.add_user("Bob")
    chat_id = people.add_group("Club", {stage.alice.id: "creator"})
    with pytest.raises(PeopleError, match="Bob is not in that group"):
        people.send(bob.id, "/x", MessageTarget(chat_id=chat_id))
    with pytest.raises(PeopleError, match="no user 1"):
        people.send(1, "/x")
    with pytest.raises(PeopleError, match="no chat -1"):
        people.send(bob.id, "/x", MessageTarget(chat_id=-1))
