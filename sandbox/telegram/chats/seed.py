"""Creates the users and groups of the configuration."""

from sandbox.telegram.chats.people import People
from sandbox.telegram.chats.state import ServerState


def create_seeds(state: ServerState) -> None:
    """Create the users and groups, with the bot in the groups."""
    people = People(state, state.bots.first)
    ids = {
        seed.name: people.add_user(
            seed.name, username=seed.username, language=seed.language, started=seed.started
        ).id
        for seed in state.config.users
    }
    for group in state.config.groups:
        ordered = [*group.admins, *(name for name in group.members if name not in group.admins)]
        standings = {ids[name]: "administrator" if name in group.admins else "member" for name in ordered}
        if group.admins:
            standings[ids[group.admins[0]]] = "creator"
        chat_id = people.add_group(group.title, standings, forum=bool(group.topics))
        for topic in group.topics:
            people.add_topic(chat_id, topic)
    state.bots.first.update_queue.clear()  # the bot receives no updates of its past
