"""Chats as the bot knows them: what is kept, and what the bot may do."""

from itertools import count

import pytest
from msgspec import structs

from sandbox.telegram.chats.rooms import Room, Topic
from sandbox.telegram.errors import ApiError
from sandbox.telegram.shapes import Chat, Message, User

USER = User(id=1, is_bot=False, first_name="Alice")
GROUP = Chat(id=-1, type="group", title="Club")
MESSAGE = Message(message_id=1, sender=USER, chat=GROUP, date=1, text="hi")


def room(*, user: User | None = None, standing: str = "member") -> Room:
    return Room(chat=GROUP, keep=2, message_ids=count(1), user=user, standing=standing)


def test_the_oldest_messages_are_dropped_first() -> None:
    found = room()
    for number in (1, 2, 3):
        found.store(structs.replace(MESSAGE, message_id=number))
    assert list(found.messages) == [2, 3]


def test_an_edited_message_replaces_the_former_one() -> None:
    found = room()
    found.store(MESSAGE)
    found.store(structs.replace(MESSAGE, text="new"))
    assert [one.text for one in found.messages.values()] == ["new"]


def test_a_topic_is_deleted_with_its_messages() -> None:
    found = room()
    found.topics[7] = Topic(thread_id=7, name="Alerts")
    found.store(MESSAGE)
    found.store(structs.replace(MESSAGE, message_id=2, message_thread_id=7))
    assert found.remove_topic(7)
    assert not found.remove_topic(7)
    assert list(found.messages) == [1]


@pytest.mark.parametrize(
    ("user", "standing", "description"),
    [
        (USER, "kicked", "Forbidden: bot was blocked by the user"),
        (None, "kicked", "Forbidden: bot was kicked from the group chat"),
        (None, "left", "Forbidden: bot is not a member of the group chat"),
        (None, "restricted", "Bad Request: not enough rights to send text messages to the chat"),
    ],
)
def test_the_bot_may_not_write_everywhere(user: User | None, standing: str, description: str) -> None:
    with pytest.raises(ApiError) as refused:
        room(user=user, standing=standing).check_writable()
    assert refused.value.description == description


def test_a_deleted_account_and_a_group_that_migrated_are_refused() -> None:
    private, group = room(user=USER), room()
    private.deactivate()
    group.migrate_to(-100)
    with pytest.raises(ApiError, match="user is deactivated"):
        private.check_writable()
    with pytest.raises(ApiError) as refused:
        group.check_writable()
    assert refused.value.parameters == {"migrate_to_chat_id": -100}


def test_a_change_of_standing_gives_the_former_one() -> None:
    found = room()
    assert found.change_standing("kicked") == "member"
    with pytest.raises(ApiError):
        found.check_readable()
