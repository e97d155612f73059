"""Bot API: getMe, getChat, getChatMember, getChatAdministrators, getChatMemberCount, getFile."""

from typing import Any

from sandbox.telegram.bot_api.call import Call
from sandbox.telegram.chats.members import bot_member, person_member
from sandbox.telegram.errors import bad_request
from sandbox.telegram.shapes import Me, Member

_APPEARANCE: dict[str, Any] = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    },
}
_PERMISSIONS = {
    "can_send_messages": True,
    "can_send_audios": True,
    "can_send_documents": True,
    "can_send_photos": True,
    "can_send_videos": True,
    "can_send_video_notes": True,
    "can_send_voice_notes": True,
    "can_send_polls": True,
    "can_send_other_messages": True,
    "can_add_web_page_previews": True,
    "can_change_info": False,
    "can_invite_users": True,
    "can_pin_messages": False,
    "can_manage_topics": False,
}


def get_me(call: Call) -> Me:
    """The bot itself."""
    return call.bot.me()


def get_chat(call: Call) -> dict[str, Any]:
    """A chat with all its fields."""
    room = call.room()
    room.check_readable()
    chat = room.chat
    plain = {name: getattr(chat, name) for name in chat.__struct_fields__}
    fields = {name: value for name, value in plain.items() if value is not None}
    return fields | _APPEARANCE | ({} if room.private else {"permissions": _PERMISSIONS})


def get_chat_member(call: Call) -> Member:
    """Return how somebody is a member of a chat."""
    room = call.room()
    room.check_readable()
    user_id = call.params.integer("user_id")
    if user_id == call.bot.user.id:
        return bot_member(call.bot, room)
    user = None if user_id is None else call.state.users.get(user_id)
    if user is None:
        raise bad_request("PARTICIPANT_ID_INVALID" if user_id else "invalid user_id specified")
    return person_member(room, user)


def get_chat_administrators(call: Call) -> list[Member]:
    """The administrators of a group, with the bot if it is one."""
    room = call.room()
    room.check_readable()
    if room.private:
        raise bad_request("there are no administrators in the private chat")
    admins = [
        person_member(room, call.state.users[user_id])
        for user_id, standing in room.standings.items()
        if standing in ("creator", "administrator")
    ]
    return [*admins, bot_member(call.bot, room)] if room.standing == "administrator" else admins


def get_chat_member_count(call: Call) -> int:
    """The number of members of a chat, the bot included."""
    room = call.room()
    room.check_readable()
    return 2 if room.private else 1 + sum(one not in ("left", "kicked") for one in room.standings.values())


def get_file(call: Call) -> dict[str, Any]:
    """The path at which a file can be downloaded."""
    stored = call.state.files.get(call.params.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.upload.content),
        "file_path": f"documents/{stored.file_id}",
    }
