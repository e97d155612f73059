"""Parses Telegram updates into the bot's own values: no Telegram JSON passes this module.

The structs name only the fields that are used. The decoder skips the others unread, which is many times
cheaper than building a library's objects.
"""

import msgspec

from domain.chats import ChatKind, ChatTarget

MAX_ID = 2**63 - 1


class SentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a person sent; what Telegram says of it is the person's word."""

    file_id: str
    """By which the Bot API gives it out."""
    name: str
    """Hostile until escaped; empty: it has none."""
    mime: str
    size: int
    """Bytes; 0: not said."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A person wrote something."""

    update_id: int
    target: ChatTarget
    user_id: int
    """Who wrote; 0: a channel or an anonymous sender."""
    message_id: int
    text: str
    """Empty for a photo, a sticker and the like."""
    sent_at: int = 0
    """Unix seconds."""
    is_from_group: bool = False
    """An admin wrote it in the group's own name."""
    sender_chat_id: int = 0
    """The chat in whose name it was written; 0: in a person's own."""
    is_forwarded: bool = False
    """Somebody else wrote the words."""
    reply_to: int = 0
    """The message that this one replies to; 0: none."""
    file: SentFile | None = None
    """A file of any kind in it; None: there is none."""
    language: str = ""
    """Of the person's client, an IETF tag; empty: not said."""
    is_edited: bool = False
    """It is another wording of a message that came before."""


class CallbackQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A person pressed a button under one of the bot's messages."""

    update_id: int
    target: ChatTarget
    user_id: int
    message_id: int
    query_id: str
    """The id that answerCallbackQuery takes."""
    data: str
    """What the button carries; not to be trusted until its signature is checked."""
    ephemeral_id: int = 0
    """Of the message, where the person alone sees it; 0: everybody does."""
    markup: bytes = b""
    """The buttons under the message, as JSON; empty: Telegram did not send them."""


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """The bot was added, removed, blocked or unblocked."""

    update_id: int
    target: ChatTarget
    user_id: int
    """The person who did it."""
    is_member: bool
    """Whether the bot can write there now."""
    was_member: bool
    may_post: bool = False
    """Whether it may post in a channel."""


class Migration(msgspec.Struct, frozen=True, kw_only=True):
    """A group became a supergroup, with a new id."""

    update_id: int
    old_id: int
    new_id: int


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody left a group."""

    update_id: int
    target: ChatTarget
    user_id: int
    """Who is in it no longer."""


class Ignored(msgspec.Struct, frozen=True, kw_only=True):
    """An update that asks nothing of the bot."""

    update_id: int


Incoming = Message | CallbackQuery | Membership | Migration | Departure | Ignored


class _User(msgspec.Struct):
    id: int
    is_bot: bool = False
    language_code: str = ""


class _Chat(msgspec.Struct):
    id: int
    type: str = "private"
    title: str = ""
    first_name: str = ""
    last_name: str = ""


class _RepliedTo(msgspec.Struct):
    message_id: int


class _Document(msgspec.Struct):
    file_id: str
    file_name: str = ""
    mime_type: str = ""
    file_size: int = 0


class _Message(msgspec.Struct):
    chat: _Chat
    message_id: int = 0
    ephemeral_message_id: int = 0
    author: _User | None = msgspec.field(name="from", default=None)
    sender_chat: _Chat | None = None
    date: int = 0
    edit_date: int = 0
    text: str = ""
    caption: str = ""
    document: _Document | None = None
    message_thread_id: int = 0
    is_topic_message: bool = False
    forward_origin: msgspec.Raw = msgspec.Raw()
    reply_to_message: _RepliedTo | None = None
    reply_markup: msgspec.Raw = msgspec.Raw()
    left_chat_member: _User | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None


class _CallbackQuery(msgspec.Struct):
    id: str
    author: _User = msgspec.field(name="from")
    message: _Message | None = None
    data: str = ""


class _Member(msgspec.Struct):
    status: str
    is_member: bool = True
    can_post_messages: bool = False


class _Membership(msgspec.Struct):
    chat: _Chat
    author: _User = msgspec.field(name="from")
    old_chat_member: _Member
    new_chat_member: _Member


class _Update(msgspec.Struct):
    """`{"update_id": 9, "message": {"chat": {"id": 7}, "text": "/start"}}`, as Telegram sends it."""

    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _CallbackQuery | None = None
    my_chat_member: _Membership | None = None


_updates = msgspec.json.Decoder(_Update)
_KINDS = {kind.value: kind for kind in ChatKind}


def read_update(payload: str | bytes) -> Incoming:
    """Read an update.

    Raises:
        ValueError: it is no update, or its shape is not Telegram's.
    """
    try:
        update = _updates.decode(payload)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if update.message is not None:
        return _message(update.update_id, update.message)
    if update.callback_query is not None:
        return _callback_query(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _membership(update.update_id, update.my_chat_member)
    if update.edited_message is not None:
        return _edited(update.update_id, update.edited_message)
    return Ignored(update_id=update.update_id)


def _message(update_id: int, message: _Message) -> Incoming:
    chat_id = message.chat.id
    if message.migrate_to_chat_id is not None:
        return Migration(update_id=update_id, old_id=chat_id, new_id=message.migrate_to_chat_id)
    if message.migrate_from_chat_id is not None:
        return Migration(update_id=update_id, old_id=message.migrate_from_chat_id, new_id=chat_id)
    if message.left_chat_member is not None:
        gone = message.left_chat_member.id
        return Departure(update_id=update_id, target=_target(message.chat, message), user_id=gone)
    sender_chat = message.sender_chat
    author = message.author
    return Message(
        update_id=update_id,
        target=_target(message.chat, message),
        user_id=0 if sender_chat is not None or author is None else author.id,
        message_id=message.message_id,
        text=message.text or message.caption,
        sent_at=message.date,
        is_from_group=sender_chat is not None and sender_chat.id == chat_id,
        sender_chat_id=0 if sender_chat is None else sender_chat.id,
        is_forwarded=bool(bytes(message.forward_origin)),
        reply_to=_reply_to(message),
        file=None if message.document is None else _file(message.document),
        language="" if author is None else author.language_code,
    )


def _edited(update_id: int, message: _Message) -> Incoming:
    read = _message(update_id, message)
    if not isinstance(read, Message):
        return Ignored(update_id=update_id)
    return msgspec.structs.replace(read, is_edited=True, sent_at=message.edit_date or message.date)


def _file(sent: _Document) -> SentFile:
    return SentFile(file_id=sent.file_id, name=sent.file_name, mime=sent.mime_type, size=sent.file_size)


def _reply_to(message: _Message) -> int:
    """The message replied to; a reply to the message that began the topic does not count."""
    replied = message.reply_to_message
    if replied is None or (message.is_topic_message and replied.message_id == message.message_thread_id):
        return 0
    return replied.message_id


def _callback_query(update_id: int, query: _CallbackQuery) -> Incoming:
    if query.message is None:
        return Ignored(update_id=update_id)  # its message came through the inline mode of another chat
    return CallbackQuery(
        update_id=update_id,
        target=_target(query.message.chat, query.message),
        user_id=query.author.id,
        message_id=query.message.ephemeral_message_id or query.message.message_id,
        ephemeral_id=query.message.ephemeral_message_id,
        query_id=query.id,
        data=query.data,
        markup=bytes(query.message.reply_markup),
    )


def _membership(update_id: int, change: _Membership) -> Membership:
    return Membership(
        update_id=update_id,
        target=_target(change.chat, None),
        user_id=change.author.id,
        is_member=_can_write(change.new_chat_member),
        was_member=_can_write(change.old_chat_member),
        may_post=change.new_chat_member.can_post_messages,
    )


def _can_write(member: _Member) -> bool:
    is_full = member.status in {"creator", "administrator", "member"}
    return member.is_member if member.status == "restricted" else is_full


def _target(chat: _Chat, message: _Message | None) -> ChatTarget:
    topic = message.message_thread_id if message is not None and message.is_topic_message else 0
    title = chat.title or f"{chat.first_name} {chat.last_name}".strip()
    return ChatTarget(chat_id=chat.id, kind=_kind(chat), title=title, topic_id=topic)


def _kind(chat: _Chat) -> ChatKind:
    """The chat's kind; a kind that Telegram adds later counts as a group."""
    return _KINDS.get(chat.type, ChatKind.GROUP)
