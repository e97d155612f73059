"""How the bot and people are members of chats."""

import msgspec
import pytest

from sandbox.telegram.chats.members import as_member, bot_member, person_member
from sandbox.telegram.chats.people import People
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.config import TelegramConfig


@pytest.fixture
def people() -> People:
    state = ServerState(TelegramConfig(users=(), groups=()))
    return People(state, state.bots.first)


def test_members_have_the_fields_of_their_status(people: People) -> None:
    user = people.add_user("Alice")
    fields = {
        status: set(msgspec.to_builtins(as_member(status, user))) - {"status", "user"}
        for status in ("creator", "administrator", "member", "kicked")
    }
    assert fields["creator"] == {"is_anonymous"}
    assert {"can_manage_chat", "can_delete_messages"} <= fields["administrator"]
    assert (fields["member"], fields["kicked"]) == (set(), {"until_date"})


def test_a_private_chat_has_its_person_alone(people: People) -> None:
    alice, bob = people.add_user("Alice", started=True), people.add_user("Bob")
    room = people.room_of(alice.id)
    assert (person_member(room, alice).status, person_member(room, bob).status) == ("member", "left")


def test_in_a_group_everybody_has_a_status(people: People) -> None:
    alice, bob = people.add_user("Alice"), people.add_user("Bob")
    room = people.room_of(people.add_group("Club", {alice.id: "creator"}))
    assert person_member(room, alice).status == "creator"
    assert person_member(room, bob).status == "left"
    assert bot_member(people.bot, room).status == "member"
