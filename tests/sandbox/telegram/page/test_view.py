"""What the chat page reads."""

import pytest

from sandbox.telegram.chats.people import People
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.config import TelegramConfig
from sandbox.telegram.page.view import overview, room_view
from sandbox.telegram.shapes import User


@pytest.fixture
def people() -> People:
    state = ServerState(TelegramConfig(users=(), groups=()))
    return People(state, state.bots.first)


@pytest.fixture
def alice(people: People) -> User:
    return people.add_user("Alice")


def test_the_overview_lists_users_and_groups_with_their_last_message(people: People, alice: User) -> None:
    message = people.send(alice.id, "hello")
    moved = people.add_group("Old club", {alice.id: "creator"}, kind="group")
    chat_id = people.migrate(moved)
    found = overview(people.state, people.bot)
    assert found["users"] == [{"user": alice, "last": message}]
    assert [group["chat"].id for group in found["groups"]] == [chat_id]
    assert found["last"] == people.state.ledger.last


def test_a_chat_that_is_not_there_yet_is_new(people: People, alice: User) -> None:
    assert room_view(people, alice.id, alice.id)["standing"] == "new"


def test_a_chat_shows_messages_and_topics(people: People, alice: User) -> None:
    chat_id = people.add_group("Club", {alice.id: "creator"}, forum=True)
    thread_id = people.add_topic(chat_id, "Alerts")
    found = room_view(people, alice.id, chat_id)
    assert found["topics"] == [{"thread_id": thread_id, "name": "Alerts"}]
    assert (found["standing"], len(found["messages"])) == ("member", 2)
