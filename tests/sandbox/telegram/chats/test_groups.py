"""Groups, topics and migration."""

import pytest

from sandbox.telegram import MessageTarget
from sandbox.telegram.errors import PeopleError
from tests.sandbox.telegram.calls import heard
from tests.sandbox.telegram.stage import Stage

pytestmark = pytest.mark.enable_socket


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
