"""How somebody is a member of a chat: the ChatMember objects of the Bot API."""

from typing import Any

from msgspec import structs

from sandbox.telegram.chats.bots import Bot
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.shapes import Member, User


def bot_member(bot: Bot, room: Room) -> Member:
    """Return how the bot is a member of a chat."""
    return as_member(room.standing, bot.user, posts=room.chat.type == "channel")


def person_member(room: Room, user: User) -> Member:
    """Return how a person is a member of a chat."""
    if room.private:
        return as_member("member" if room.user == user else "left", user)
    member = as_member(room.standings.get(user.id, "left"), user)
    return structs.replace(member, is_anonymous=True) if user.id in room.anonymous else member


def as_member(standing: str, user: User, *, posts: bool = False) -> Member:
    """The ChatMember of a standing, with its rights.

    Args:
        standing: in the chat.
        user: who has it.
        posts: whether an administrator may post, which is said of channels alone.
    """
    if standing == "creator":
        return Member(status=standing, user=user, is_anonymous=False)
    if standing == "administrator":
        return Member(status=standing, user=user, can_post_messages=posts or None, **_RIGHTS)
    if standing == "kicked":
        return Member(status=standing, user=user, until_date=0)
    return Member(status=standing, user=user)


_RIGHTS: dict[str, Any] = {
    "is_anonymous": False,
    "can_be_edited": False,
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_manage_video_chats": True,
    "can_restrict_members": True,
    "can_promote_members": False,
    "can_change_info": True,
    "can_invite_users": True,
    "can_post_stories": True,
    "can_edit_stories": True,
    "can_delete_stories": True,
    "can_pin_messages": True,
    "can_manage_topics": True,
}
