"""People: what users do, and the updates that the bot receives. Tests and the chat page drive them."""

import asyncio
import time
from dataclasses import dataclass

from msgspec import structs

from sandbox.telegram.chats.callback_queries import CallbackAnswer
from sandbox.telegram.chats.files import Upload
from sandbox.telegram.chats.groups import Groups
from sandbox.telegram.chats.messages import as_document, without_reply
from sandbox.telegram.chats.privacy import is_for_bot
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.errors import PeopleError
from sandbox.telegram.formatting.formatted_text import MAX_TEXT, clean, fix
from sandbox.telegram.shapes import Button, CallbackQuery, Chat, Message, User

GROUP_ANONYMOUS_BOT = User(id=1_087_968_824, is_bot=True, first_name="Group", username="GroupAnonymousBot")
"""Whom Telegram names as the author of what an anonymous administrator writes."""
_PRESS_LIFE = 150.0  # seconds for which Telegram offers a callback query to the bot


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTarget:
    """Where a user writes: chat (None: the private one with the bot), topic, and the message to answer."""

    chat_id: int | None = None
    thread_id: int | None = None
    reply_to: int | None = None


PRIVATE_CHAT = MessageTarget()


class People(Groups):
    """What people do in the chats of one bot."""

    def add_user(
        self,
        name: str,
        *,
        username: str | None = None,
        language: str = "en",
        started: bool = False,
        user_id: int | None = None,
    ) -> User:
        """Create a user.

        Args:
            name: first name.
            username: without the @.
            language: IETF tag of the user's client.
            started: whether the bot may write first, as if the user had written before.
            user_id: None: the next free one.

        Raises:
            PeopleError: the id is taken.
        """
        user = User(
            id=user_id or next(self.state.user_ids),
            is_bot=False,
            first_name=name,
            username=username,
            language_code=language,
        )
        if user.id in self.state.users:
            raise PeopleError(f"user {user.id} exists already")
        self.state.users[user.id] = user
        if started:
            self._private_room(user)
        self.state.record("user", self.bot, user_id=user.id, text=name)
        return user

    def add_users(self, number: int) -> list[int]:
        """Create users who have started the bot; their ids."""
        return [self.add_user(f"User {index + 1}", started=True).id for index in range(number)]

    def send(self, user_id: int, text: str, target: MessageTarget = PRIVATE_CHAT) -> Message:
        """Write as a user; the bot receives it if it may read it.

        Args:
            user_id: who writes.
            text: at most 4,096 characters once it is trimmed.
            target: the chat, the topic and the message that is replied to; by default the private chat with
                the bot.

        Raises:
            PeopleError: the text is empty or too long, or the user cannot write there.
        """
        cleaned = clean(text).strip()
        if not cleaned:
            raise PeopleError("the message is empty")
        if len(cleaned) > MAX_TEXT:
            raise PeopleError("the message is too long: apps split it at 4,096 characters")
        formatted = fix(cleaned, [])
        room = self._entered(user_id, target)
        message = self._message(room, user_id, target)
        message = structs.replace(message, text=formatted.text, entities=formatted.entities)
        return self._deliver(room, message)

    def edit(self, user_id: int, message_id: int, text: str, *, chat_id: int | None = None) -> Message:
        """Write one of a user's messages again; the bot receives that, if it may read it.

        Args:
            user_id: who wrote it.
            message_id: of the message.
            text: in place of what it said.
            chat_id: where it stands; None: in the private chat.

        Raises:
            PeopleError: there is no such message of this user.
        """
        room = self.room_of(chat_id or user_id)
        old = room.messages.get(message_id)
        if old is None or old.sender.id != user_id:
            raise PeopleError(f"no message {message_id} of user {user_id}")
        formatted = fix(clean(text).strip(), [])
        message = structs.replace(
            old, text=formatted.text, entities=formatted.entities, edit_date=int(time.time())
        )
        room.store(message)
        self.state.record("user_message", self.bot, room, message)
        if is_for_bot(self.bot, room, message):
            self.bot.update_queue.post("edited_message", message, ("chat", room.chat.id))
        return message

    def send_document(
        self, user_id: int, upload: Upload, *, caption: str = "", target: MessageTarget = PRIVATE_CHAT
    ) -> Message:
        """Send a file as a user.

        Args:
            user_id: who sends it.
            upload: the file.
            caption: below it; empty: none.
            target: the chat, the topic and the message that is replied to; by default the private chat with
                the bot.

        Raises:
            PeopleError: the user cannot write there.
        """
        room = self._entered(user_id, target)
        formatted = fix(clean(caption).strip(), [])
        message = structs.replace(
            self._message(room, user_id, target),
            document=as_document(self.state.files.add(upload)),
            caption=formatted.text or None,
            caption_entities=formatted.entities,
        )
        return self._deliver(room, message)

    async def press(
        self, user_id: int, message_id: int, button: str, *, chat_id: int | None = None, seconds: float = 15.0
    ) -> CallbackAnswer:
        """Press the button with that callback data or text as a user, and wait for the bot's answer.

        Args:
            user_id: who presses.
            message_id: the message with the button.
            button: its callback data, else its text.
            chat_id: None: the private chat.
            seconds: how long to wait.

        Returns:
            The answer; `answered` is False if none came in time.

        Raises:
            PeopleError: there is no such button.
        """
        room = self.room_of(chat_id or user_id)
        user = self.user(user_id)
        message = room.messages.get(message_id)
        if message is None or (message.receiver_user is not None and message.receiver_user.id != user_id):
            raise PeopleError(f"no message {message_id} in chat {room.chat.id}")
        data = _callback_data(message, button)
        query_id, press = self.bot.callback_queries.open(
            chat_id=room.chat.id, message_id=message_id, user_id=user_id, data=data
        )
        self.state.record(
            "press", self.bot, room, user_id=user_id, message_id=message_id, detail={"data": data}
        )
        query = CallbackQuery(
            id=query_id, sender=user, message=message, chat_instance=_chat_instance(room), data=data
        )
        self.bot.update_queue.post("callback_query", query, ("callback_queries", user_id), _PRESS_LIFE)
        try:
            async with asyncio.timeout(seconds):
                return await press.answer
        except TimeoutError:
            return CallbackAnswer(answered=False)

    def block(self, user_id: int) -> None:
        """Block the bot as a user."""
        self._change_standing(self.room_of(user_id), self.user(user_id), "kicked")

    def unblock(self, user_id: int) -> None:
        """Unblock the bot as a user."""
        self._change_standing(self.room_of(user_id), self.user(user_id), "member")

    def deactivate(self, user_id: int) -> None:
        """Delete a user's account."""
        self.room_of(user_id).deactivate()

    def _private_room(self, user: User) -> Room:
        room = self.bot.rooms.get(user.id)
        if room is None:
            chat = Chat(id=user.id, type="private", first_name=user.first_name, username=user.username)
            room = Room(
                chat=chat,
                keep=self.state.config.messages_per_chat,
                message_ids=self.bot.message_ids,
                user=user,
            )
            self.bot.rooms[user.id] = room
        return room

    def _entered(self, user_id: int, target: MessageTarget) -> Room:
        """The room that a user writes in.

        Raises:
            PeopleError: the user cannot write there.
        """
        user = self.user(user_id)
        if target.chat_id in (None, user_id):
            room = self._private_room(user)
            if room.deactivated:
                raise PeopleError("the account is deleted")
            if room.standing == "kicked":
                raise PeopleError("the bot is blocked: unblock it first")
            return room
        room = self.room_of(target.chat_id)
        if room.standings.get(user_id, "left") in ("left", "kicked"):
            raise PeopleError(f"{user.first_name} is not in that group")
        if target.thread_id is not None and target.thread_id not in room.topics:
            raise PeopleError(f"no topic {target.thread_id} in that group")
        return room

    def _message(self, room: Room, user_id: int, target: MessageTarget) -> Message:
        replied = None if target.reply_to is None else room.messages.get(target.reply_to)
        is_anonymous = user_id in room.anonymous
        return Message(
            message_id=next(room.message_ids),
            sender=GROUP_ANONYMOUS_BOT if is_anonymous else self.user(user_id),
            sender_chat=room.chat if is_anonymous else None,
            chat=room.chat,
            date=int(time.time()),
            message_thread_id=target.thread_id,
            is_topic_message=True if target.thread_id else None,
            reply_to_message=None if replied is None else without_reply(replied),
        )

    def _deliver(self, room: Room, message: Message) -> Message:
        room.store(message)
        self.state.record("user_message", self.bot, room, message)
        if is_for_bot(self.bot, room, message):
            self.bot.update_queue.post("message", message, ("chat", room.chat.id))
        return message


def _callback_data(message: Message, wanted: str) -> str:
    buttons = [] if message.reply_markup is None else message.reply_markup.inline_keyboard
    for matches in (_has_data, _has_text):
        for row in buttons:
            for button in row:
                if matches(button, wanted) and button.callback_data is not None:
                    return button.callback_data
    raise PeopleError(f"message {message.message_id} has no button {wanted!r} that asks the bot")


def _has_data(button: Button, wanted: str) -> bool:
    return button.callback_data == wanted


def _has_text(button: Button, wanted: str) -> bool:
    return button.text == wanted


def _chat_instance(room: Room) -> str:
    return str(abs(room.chat.id) * 7_919)
