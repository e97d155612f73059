"""Groups: members, topics, the standing of the bot, and the upgrade to a supergroup."""

import time
from collections.abc import Mapping
from itertools import count

from msgspec import structs

from sandbox.telegram.chats.bots import Bot
from sandbox.telegram.chats.members import as_member
from sandbox.telegram.chats.rooms import Room, Topic
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.errors import PeopleError
from sandbox.telegram.shapes import Chat, MemberUpdated, Message, TopicCreated, User

_TOPIC_COLOR = 0x6FB9F0


class Groups:
    """What people do with the groups of one bot."""

    def __init__(self, state: ServerState, bot: Bot) -> None:
        self.state = state
        self.bot = bot

    def user(self, user_id: int) -> User:
        """A user by id.

        Raises:
            PeopleError: there is none.
        """
        user = self.state.users.get(user_id)
        if user is None:
            raise PeopleError(f"no user {user_id}")
        return user

    def room_of(self, chat_id: int | None) -> Room:
        """A chat of the bot by id.

        Raises:
            PeopleError: there is none.
        """
        room = None if chat_id is None else self.bot.rooms.get(chat_id)
        if room is None:
            raise PeopleError(f"no chat {chat_id}")
        return room

    def add_group(
        self, title: str, standings: Mapping[int, str], *, kind: str = "supergroup", forum: bool = False
    ) -> int:
        """Create a group with the bot in it; its id.

        Args:
            title: of the group.
            standings: by user id: creator, administrator or member.
            kind: group or supergroup.
            forum: whether it has topics.

        Raises:
            PeopleError: the kind or a user is unknown, or nobody is in the group.
        """
        if kind not in ("group", "supergroup"):
            raise PeopleError(f"a group is a group or a supergroup, not {kind!r}")
        for user_id in standings:
            self.user(user_id)
        number = next(self.bot.group_ids)
        chat_id = -number if kind == "supergroup" else -(number % 10**10)
        chat = Chat(id=chat_id, type=kind, title=title, is_forum=forum or None)
        room = self._add_room(chat, standing="left", standings=dict(standings), topics={})
        owner = next(iter(standings), None)
        if owner is None:
            raise PeopleError("a group needs somebody to make it")
        self.state.record("chat", self.bot, room, text=title)
        self.add_bot(chat_id, owner)
        return chat_id

    def add_channel(self, title: str, standings: Mapping[int, str]) -> int:
        """Create a channel without the bot, which gets there as an administrator alone; its id.

        Args:
            title: of the channel.
            standings: by user id: creator or administrator.
        """
        for user_id in standings:
            self.user(user_id)
        chat = Chat(id=-next(self.bot.group_ids), type="channel", title=title)
        room = self._add_room(chat, standing="left", standings=dict(standings), topics={})
        self.state.record("chat", self.bot, room, text=title)
        return chat.id

    def add_topic(self, chat_id: int, name: str, user_id: int | None = None) -> int:
        """Open a topic in a forum; its thread id.

        Args:
            chat_id: of the forum.
            name: of the topic.
            user_id: who opens it; None: the first of the group.

        Raises:
            PeopleError: there is no such group, or it has no topics.
        """
        room = self.room_of(chat_id)
        if not room.chat.is_forum:
            raise PeopleError("that group has no topics")
        opened = self._service(room, self._actor(room, user_id))
        thread_id = opened.message_id
        room.topics[thread_id] = Topic(thread_id=thread_id, name=name)
        created = TopicCreated(name=name, icon_color=_TOPIC_COLOR)
        opened = structs.replace(
            opened, message_thread_id=thread_id, is_topic_message=True, forum_topic_created=created
        )
        self._send_service(room, opened, "topic")
        return thread_id

    def remove_topic(self, chat_id: int, thread_id: int) -> None:
        """Delete a topic with its messages.

        Raises:
            PeopleError: there is no such group or topic.
        """
        room = self.room_of(chat_id)
        if not room.remove_topic(thread_id):
            raise PeopleError(f"no topic {thread_id}")
        detail = {"removed": thread_id}
        self.state.record("topic", self.bot, room, detail=detail)

    def add_member(self, chat_id: int, user_id: int, standing: str = "member") -> None:
        """Give a user a standing in a group.

        Args:
            chat_id: of the group.
            user_id: who exists already.
            standing: member, administrator, creator, left or kicked.

        Raises:
            PeopleError: there is no such group or user.
        """
        room = self.room_of(chat_id)
        user = self.user(user_id)
        room.standings[user_id] = standing
        detail = {"standing": standing}
        self.state.record("member", self.bot, room, user_id=user.id, detail=detail)

    def promote(self, chat_id: int, user_id: int) -> None:
        """Make a user an administrator."""
        self.add_member(chat_id, user_id, "administrator")

    def demote(self, chat_id: int, user_id: int) -> None:
        """Make an administrator a member."""
        self.add_member(chat_id, user_id, "member")

    def hide(self, chat_id: int, user_id: int) -> None:
        """Let an administrator write in the group's own name from now on.

        Raises:
            PeopleError: there is no such group, or the user is no administrator of it.
        """
        room = self.room_of(chat_id)
        if room.standings.get(user_id) not in ("creator", "administrator"):
            raise PeopleError("only administrators may be anonymous")
        room.anonymous.add(user_id)
        self.state.record("member", self.bot, room, user_id=user_id, detail={"anonymous": True})

    def leave(self, chat_id: int, user_id: int) -> None:
        """Let a user leave a group, which everybody in it reads."""
        room, user = self.room_of(chat_id), self.user(user_id)
        self.add_member(chat_id, user_id, "left")
        left = structs.replace(self._service(room, user), left_chat_member=user)
        self._send_service(room, left, "service")

    def add_bot(self, chat_id: int, user_id: int | None = None) -> None:
        """Add the bot to a group."""
        room = self.room_of(chat_id)
        actor = self._actor(room, user_id)
        self._change_standing(room, actor, "member")
        joined = structs.replace(self._service(room, actor), new_chat_members=(self.bot.user,))
        self._send_service(room, joined, "service")

    def kick_bot(self, chat_id: int, user_id: int | None = None) -> None:
        """Kick the bot out of a group."""
        room = self.room_of(chat_id)
        self._change_standing(room, self._actor(room, user_id), "kicked")

    def promote_bot(self, chat_id: int, user_id: int | None = None) -> None:
        """Make the bot an administrator of a group."""
        room = self.room_of(chat_id)
        self._change_standing(room, self._actor(room, user_id), "administrator")

    def restrict_bot(self, chat_id: int, user_id: int | None = None) -> None:
        """Let the bot read in a group, but not write."""
        room = self.room_of(chat_id)
        self._change_standing(room, self._actor(room, user_id), "restricted")

    def migrate(self, chat_id: int) -> int:
        """Upgrade a group to a supergroup; its new id.

        Raises:
            PeopleError: there is no such group, or it has moved already.
        """
        old = self.room_of(chat_id)
        if old.migrated_to is not None or old.private:
            raise PeopleError("only a group that has not moved yet can become a supergroup")
        new_id = -next(self.bot.group_ids)
        chat = structs.replace(old.chat, id=new_id, type="supergroup")
        new = self._add_room(
            chat, standing=old.standing, standings=dict(old.standings), topics=dict(old.topics)
        )
        old.migrate_to(new_id)
        actor = self._actor(old, None)
        self._send_service(
            old, structs.replace(self._service(old, actor), migrate_to_chat_id=new_id), "service"
        )
        self._send_service(
            new, structs.replace(self._service(new, actor), migrate_from_chat_id=chat_id), "service"
        )
        return new_id

    def _add_room(
        self, chat: Chat, *, standing: str, standings: dict[int, str], topics: dict[int, Topic]
    ) -> Room:
        own = chat.type in ("supergroup", "channel")
        room = Room(
            chat=chat,
            keep=self.state.config.messages_per_chat,
            message_ids=count(1) if own else self.bot.message_ids,
            standing=standing,
            standings=standings,
            topics=topics,
        )
        self.bot.rooms[chat.id] = room
        return room

    def _actor(self, room: Room, user_id: int | None) -> User:
        """The acting user: the one that is named, else the first of the group."""
        if user_id is None:
            user_id = next(iter(room.standings), None)
        if user_id is None:
            raise PeopleError("nobody is in that group")
        return self.user(user_id)

    def _service(self, room: Room, actor: User) -> Message:
        return Message(message_id=next(room.message_ids), sender=actor, chat=room.chat, date=int(time.time()))

    def _send_service(self, room: Room, message: Message, kind: str) -> None:
        """Add a service message to the chat; every bot in it receives those."""
        room.store(message)
        self.state.record(kind, self.bot, room, message)
        if room.standing in ("member", "administrator"):
            self.bot.update_queue.post("message", message, ("chat", room.chat.id))

    def _change_standing(self, room: Room, actor: User, standing: str) -> None:
        """Change the bot's standing and send it the update."""
        if room.standing == standing:
            return
        old = room.change_standing(standing)
        changed = MemberUpdated(
            chat=room.chat,
            sender=actor,
            date=int(time.time()),
            old_chat_member=as_member(old, self.bot.user, posts=room.chat.type == "channel"),
            new_chat_member=as_member(standing, self.bot.user, posts=room.chat.type == "channel"),
        )
        detail = {"standing": standing, "was": old}
        self.state.record("member", self.bot, room, user_id=actor.id, detail=detail)
        self.bot.update_queue.post("my_chat_member", changed, ("member", room.chat.id))
