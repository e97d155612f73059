"""What people do, over HTTP: POST /sandbox/<action> with a JSON body; one small function an action."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct, field

from sandbox.telegram.chats.callback_queries import CallbackAnswer
from sandbox.telegram.chats.files import Upload
from sandbox.telegram.chats.people import MessageTarget, People
from sandbox.telegram.errors import PeopleError
from sandbox.telegram.shapes import Message, User


class ActionRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of an action; each action uses the fields it needs.

    `{"user_id":7,"text":"/watch 86xC…"}`.
    """

    bot_id: int | None = None  # whose chats are meant; None: those of the first bot
    user_id: int | None = None
    chat_id: int | None = None
    thread_id: int | None = None
    message_id: int | None = None
    reply_to: int | None = None
    name: str | None = None
    username: str | None = None
    language: str = "en"
    started: bool = False
    count: int | None = None
    title: str | None = None
    kind: str = "supergroup"
    forum: bool = False
    members: list[int] = field(default_factory=list)
    admins: list[int] = field(default_factory=list)
    text: str | None = None
    button: str | None = None  # callback data or text of a button
    seconds: float = 15.0
    standing: str = "member"
    file_name: str | None = None


def _user(action: ActionRequest) -> int:
    if action.user_id is None:
        raise PeopleError("user_id is needed")
    return action.user_id


def _chat(action: ActionRequest) -> int:
    if action.chat_id is None:
        raise PeopleError("chat_id is needed")
    return action.chat_id


def _target(action: ActionRequest) -> MessageTarget:
    return MessageTarget(chat_id=action.chat_id, thread_id=action.thread_id, reply_to=action.reply_to)


def _users(people: People, action: ActionRequest) -> User | list[int]:
    if action.count is not None:
        return people.add_users(action.count)
    return people.add_user(
        action.name or "Somebody",
        username=action.username,
        language=action.language,
        started=action.started,
        user_id=action.user_id,
    )


def _groups(people: People, action: ActionRequest) -> dict[str, int]:
    standings = dict.fromkeys(action.admins, "administrator") | {
        one: "member" for one in action.members if one not in action.admins
    }
    if action.admins:
        standings[action.admins[0]] = "creator"
    chat_id = people.add_group(action.title or "Group", standings, kind=action.kind, forum=action.forum)
    return {"chat_id": chat_id}


def _topics(people: People, action: ActionRequest) -> dict[str, int]:
    thread_id = people.add_topic(_chat(action), action.name or "Topic", action.user_id)
    return {"thread_id": thread_id}


def _remove_topic(people: People, action: ActionRequest) -> None:
    people.remove_topic(_chat(action), action.thread_id or 0)


def _members(people: People, action: ActionRequest) -> None:
    if action.standing == "anonymous":
        people.hide(_chat(action), _user(action))
    elif action.standing == "left":
        people.leave(_chat(action), _user(action))
    else:
        people.add_member(_chat(action), _user(action), action.standing)


def _send(people: People, action: ActionRequest) -> Message:
    return people.send(_user(action), action.text or "", _target(action))


def _send_file(people: People, action: ActionRequest) -> Message:
    upload = Upload(
        name=action.file_name or "file.txt", mime="text/plain", content=(action.text or "").encode()
    )
    return people.send_document(_user(action), upload, target=_target(action))


async def _press(people: People, action: ActionRequest) -> CallbackAnswer:
    if action.message_id is None or action.button is None:
        raise PeopleError("message_id and button are needed")
    return await people.press(
        _user(action),
        action.message_id,
        action.button,
        chat_id=action.chat_id,
        seconds=min(action.seconds, 60.0),
    )


def _block(people: People, action: ActionRequest) -> None:
    people.block(_user(action))


def _unblock(people: People, action: ActionRequest) -> None:
    people.unblock(_user(action))


def _deactivate(people: People, action: ActionRequest) -> None:
    people.deactivate(_user(action))


def _add_bot(people: People, action: ActionRequest) -> None:
    people.add_bot(_chat(action), action.user_id)


def _kick_bot(people: People, action: ActionRequest) -> None:
    people.kick_bot(_chat(action), action.user_id)


def _promote_bot(people: People, action: ActionRequest) -> None:
    people.promote_bot(_chat(action), action.user_id)


def _restrict_bot(people: People, action: ActionRequest) -> None:
    people.restrict_bot(_chat(action), action.user_id)


def _promote(people: People, action: ActionRequest) -> None:
    people.promote(_chat(action), _user(action))


def _demote(people: People, action: ActionRequest) -> None:
    people.demote(_chat(action), _user(action))


def _migrate(people: People, action: ActionRequest) -> dict[str, int]:
    return {"chat_id": people.migrate(_chat(action))}


Action = Callable[[People, ActionRequest], Any | Awaitable[Any]]
ACTIONS: Mapping[str, Action] = {
    "users": _users,
    "groups": _groups,
    "topics": _topics,
    "topics/remove": _remove_topic,
    "members": _members,
    "send": _send,
    "send_file": _send_file,
    "press": _press,
    "block": _block,
    "unblock": _unblock,
    "deactivate": _deactivate,
    "bot/add": _add_bot,
    "bot/kick": _kick_bot,
    "bot/promote": _promote_bot,
    "bot/restrict": _restrict_bot,
    "promote": _promote,
    "demote": _demote,
    "migrate": _migrate,
}
