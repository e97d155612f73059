"""A room: one chat as one bot knows it, with members, topics and messages."""

from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import count

from sandbox.telegram.errors import ApiError, bad_request, forbidden
from sandbox.telegram.shapes import Chat, Message, User


@dataclass(slots=True, kw_only=True)
class Topic:
    """A thread of a forum; its id is that of the service message that opened it."""

    thread_id: int
    name: str
    closed: bool = False


@dataclass(slots=True, kw_only=True)
class Room:
    """One chat of one bot."""

    chat: Chat
    keep: int  # messages kept; the oldest go first
    message_ids: (
        "count[int]"  # message ids: shared by private chats and basic groups of a bot, own in a supergroup
    )
    user: User | None = None  # the other side of a private chat
    standing: str = (
        "member"  # of the bot: member, administrator, kicked (blocked, in private), left, restricted
    )
    deactivated: bool = False  # the user of a private chat deleted the account
    standings: dict[int, str] = field(default_factory=dict)  # of people in a group
    anonymous: set[int] = field(default_factory=set)  # administrators who write in the group's own name
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: "OrderedDict[int, Message]" = field(default_factory=OrderedDict)
    migrated_to: int | None = None

    @property
    def private(self) -> bool:
        """Whether this is a private chat."""
        return self.user is not None

    def change_standing(self, standing: str) -> str:
        """Give the bot another standing; the former one."""
        former, self.standing = self.standing, standing
        return former

    def deactivate(self) -> None:
        """Mark the user's account as deleted."""
        self.deactivated = True

    def migrate_to(self, chat_id: int) -> None:
        """Mark the group as upgraded to the supergroup `chat_id`."""
        self.migrated_to = chat_id

    def remove_topic(self, thread_id: int) -> bool:
        """Delete a topic with its messages; False if there is none."""
        if self.topics.pop(thread_id, None) is None:
            return False
        for message_id in [
            one.message_id for one in self.messages.values() if one.message_thread_id == thread_id
        ]:
            del self.messages[message_id]
        return True

    def store(self, message: Message) -> None:
        """Keep a new or edited message."""
        self.messages[message.message_id] = message
        if len(self.messages) > self.keep:
            self.messages.popitem(last=False)

    def check_writable(self) -> None:
        """Check that the bot may write here now.

        Raises:
            ApiError: it may not, in Telegram's words.
        """
        if self.standing in ("member", "administrator") and self.migrated_to is None and not self.deactivated:
            return
        raise self._refusal()

    def check_readable(self) -> None:
        """Check that the bot may read this chat.

        Raises:
            ApiError: it may not, in Telegram's words.
        """
        if self.standing in ("kicked", "left") and not self.private:
            raise self._refusal()

    def _refusal(self) -> ApiError:
        if self.migrated_to is not None:
            return bad_request(
                "group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": self.migrated_to}
            )
        if self.deactivated:
            return forbidden("user is deactivated")
        if self.private:
            return forbidden("bot was blocked by the user")
        if self.standing == "kicked":
            return forbidden(f"bot was kicked from the {self.chat.type} chat")
        if self.standing == "left":
            return forbidden(f"bot is not a member of the {self.chat.type} chat")
        return bad_request("not enough rights to send text messages to the chat")
