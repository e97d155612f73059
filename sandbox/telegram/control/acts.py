"""Driving people over HTTP: POST /sandbox/<act> with a JSON body, one small function per act."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct, field

from sandbox.telegram.bot_api.params import Upload
from sandbox.telegram.chats.callback_queries import CallbackAnswer
from sandbox.telegram.chats.people import People, Place
from sandbox.telegram.errors import PeopleError
from sandbox.telegram.shapes import Message, User


class Deed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of an act; each act uses the fields it needs."""

    bot_id: int | None = None  # around which bot; None: the first
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
    button: str | None = None  # callback data or words of a button
    seconds: float = 15.0
    standing: str = "member"
    file_name: str | None = None


def _user(deed: Deed) -> int:
    if deed.user_id is None:
        raise PeopleError("user_id is needed")
    return deed.user_id


def _chat(deed: Deed) -> int:
    if deed.chat_id is None:
        raise PeopleError("chat_id is needed")
    return deed.chat_id


def _place(deed: Deed) -> Place:
    return Place(chat_id=deed.chat_id, thread_id=deed.thread_id, reply_to=deed.reply_to)


def _users(people: People, deed: Deed) -> User | list[int]:
    if deed.count is not None:
        return people.add_users(deed.count)
    return people.add_user(
        deed.name or "Somebody",
        username=deed.username,
        language=deed.language,
        started=deed.started,
        user_id=deed.user_id,
    )


def _groups(people: People, deed: Deed) -> dict[str, int]:
    standings = dict.fromkeys(deed.admins, "administrator") | {
        one: "member" for one in deed.members if one not in deed.admins
    }
    if deed.admins:
        standings[deed.admins[0]] = "creator"
    chat_id = people.add_group(deed.title or "Group", standings, kind=deed.kind, forum=deed.forum)
    return {"chat_id": chat_id}


def _topics(people: People, deed: Deed) -> dict[str, int]:
    thread_id = people.add_topic(_chat(deed), deed.name or "Topic", deed.user_id)
    return {"thread_id": thread_id}


def _remove_topic(people: People, deed: Deed) -> None:
    people.remove_topic(_chat(deed), deed.thread_id or 0)


def _members(people: People, deed: Deed) -> None:
    people.add_member(_chat(deed), _user(deed), deed.standing)


def _send(people: People, deed: Deed) -> Message:
    return people.send(_user(deed), deed.text or "", _place(deed))


def _send_file(people: People, deed: Deed) -> Message:
    upload = Upload(name=deed.file_name or "file.txt", mime="text/plain", content=(deed.text or "").encode())
    return people.send_document(_user(deed), upload, place=_place(deed))


async def _press(people: People, deed: Deed) -> CallbackAnswer:
    if deed.message_id is None or deed.button is None:
        raise PeopleError("message_id and button are needed")
    return await people.press(
        _user(deed), deed.message_id, deed.button, chat_id=deed.chat_id, seconds=min(deed.seconds, 60.0)
    )


def _block(people: People, deed: Deed) -> None:
    people.block(_user(deed))


def _unblock(people: People, deed: Deed) -> None:
    people.unblock(_user(deed))


def _deactivate(people: People, deed: Deed) -> None:
    people.deactivate(_user(deed))


def _add_bot(people: People, deed: Deed) -> None:
    people.add_bot(_chat(deed), deed.user_id)


def _kick_bot(people: People, deed: Deed) -> None:
    people.kick_bot(_chat(deed), deed.user_id)


def _promote_bot(people: People, deed: Deed) -> None:
    people.promote_bot(_chat(deed), deed.user_id)


def _restrict_bot(people: People, deed: Deed) -> None:
    people.restrict_bot(_chat(deed), deed.user_id)


def _promote(people: People, deed: Deed) -> None:
    people.promote(_chat(deed), _user(deed))


def _demote(people: People, deed: Deed) -> None:
    people.demote(_chat(deed), _user(deed))


def _migrate(people: People, deed: Deed) -> dict[str, int]:
    return {"chat_id": people.migrate(_chat(deed))}


Act = Callable[[People, Deed], Any | Awaitable[Any]]
ACTS: Mapping[str, Act] = {
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
