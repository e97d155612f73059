"""Users and groups that exist from the start."""

from sandbox.telegram.chats.seed import create_seeds
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.config import SeedGroup, SeedUser, TelegramConfig

CONFIG = TelegramConfig(
    users=(SeedUser(name="Alice", started=True), SeedUser(name="Bob")),
    groups=(SeedGroup(title="Club", members=("Alice", "Bob"), admins=("Bob",), topics=("Alerts",)),),
)


def test_people_and_groups_are_as_the_configuration_says() -> None:
    state = ServerState(CONFIG)
    create_seeds(state)
    alice, bob = state.users.values()
    private, group = state.bots.first.rooms.values()
    assert (private.user, private.chat.id) == (alice, alice.id)
    assert group.standings == {bob.id: "creator", alice.id: "member"}
    assert [topic.name for topic in group.topics.values()] == ["Alerts"]


def test_the_bot_hears_nothing_of_the_past() -> None:
    state = ServerState(CONFIG)
    create_seeds(state)
    assert state.bots.first.update_queue.pending() == []
