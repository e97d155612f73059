"""The JSON shapes of the Bot API, as they stand in answers, updates and the ledger."""

from typing import Any

from msgspec import Struct


class User(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A person or a bot.

    `{"id":7,"is_bot":false,"first_name":"Alice","language_code":"en"}`.
    """

    id: int
    is_bot: bool
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


class Me(User, frozen=True, omit_defaults=True, kw_only=True):
    """The answer of getMe.

    `{"id": 5, "is_bot": true, "first_name": "Whales", "can_join_groups": true, "can_read_all_group_messages":
    false, "supports_inline_queries": false, "can_connect_to_business": false, "has_main_web_app": false}`.
    """

    can_join_groups: bool
    can_read_all_group_messages: bool
    supports_inline_queries: bool
    can_connect_to_business: bool
    has_main_web_app: bool


class Chat(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A chat as it stands in a message.

    `{"id":-1001,"type":"supergroup","title":"Whales","is_forum":true}`.
    """

    id: int
    type: str
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_forum: bool | None = None


class Entity(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A part of a text with a meaning; offset and length are in UTF-16 code units.

    `{"type":"text_link","offset":0,"length":4,"url":"https://solscan.io/"}`.
    """

    type: str
    offset: int
    length: int
    url: str | None = None
    user: User | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None


class CopyText(Struct, frozen=True, kw_only=True):
    """The text that a copy button puts on the clipboard.

    `{"text":"EKpQ…"}`.
    """

    text: str


class WebApp(Struct, frozen=True, kw_only=True):
    """The page that a button opens as a Mini App.

    `{"url":"https://whales.example/"}`.
    """

    url: str


class Button(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An inline button: its text and exactly one action.

    `{"text":"🛡 Scan","callback_data":"scan:7"}`.
    """

    text: str
    callback_data: str | None = None
    url: str | None = None
    copy_text: CopyText | None = None
    web_app: WebApp | None = None
    login_url: dict[str, Any] | None = None
    switch_inline_query: str | None = None
    switch_inline_query_current_chat: str | None = None
    switch_inline_query_chosen_chat: dict[str, Any] | None = None
    pay: bool | None = None
    style: str | None = None
    icon_custom_emoji_id: str | None = None


class InlineKeyboard(Struct, frozen=True, kw_only=True):
    """Rows of buttons under a message.

    `{"inline_keyboard":[[{"text":"📈 Chart","url":"https://dexscreener.com/"}]]}`.
    """

    inline_keyboard: tuple[tuple[Button, ...], ...]


class PhotoSize(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One size of a photo.

    `{"file_id":"AgAC…","file_unique_id":"AQAD…","width":800,"height":450,"file_size":48120}`.
    """

    file_id: str
    file_unique_id: str
    width: int
    height: int
    file_size: int


class Document(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A file of any kind.

    `{"file_id": "BQAC…", "file_unique_id": "AgAD…", "file_name": "wallets.csv", "mime_type": "text/csv",
    "file_size": 420}`.
    """

    file_id: str
    file_unique_id: str
    file_name: str | None = None
    mime_type: str | None = None
    file_size: int


class TopicCreated(Struct, frozen=True, kw_only=True):
    """The service message that opens a forum topic.

    `{"name":"Whales","icon_color":7322096}`.
    """

    name: str
    icon_color: int


class Message(Struct, frozen=True, omit_defaults=True, kw_only=True, rename={"sender": "from"}):
    """A message as it stands after its last edit.

    `{"message_id": 9, "from": {"id": 7, "is_bot": false, "first_name": "Alice"}, "chat": {"id": 7, "type":
    "private"}, "date": 1764435787, "text": "/start"}`.
    """

    message_id: int
    sender: User
    chat: Chat
    date: int
    sender_chat: Chat | None = None
    ephemeral_message_id: int | None = None
    receiver_user: User | None = None
    message_thread_id: int | None = None
    is_topic_message: bool | None = None
    edit_date: int | None = None
    reply_to_message: "Message | None" = None
    text: str | None = None
    entities: tuple[Entity, ...] = ()
    caption: str | None = None
    caption_entities: tuple[Entity, ...] = ()
    photo: tuple[PhotoSize, ...] = ()
    document: Document | None = None
    reply_markup: InlineKeyboard | None = None
    link_preview_options: dict[str, Any] | None = None
    has_protected_content: bool | None = None
    new_chat_members: tuple[User, ...] = ()
    left_chat_member: User | None = None
    group_chat_created: bool | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None
    forum_topic_created: TopicCreated | None = None


class Member(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """How somebody is a member of a chat.

    `{"status":"administrator","user":{"id":7,"is_bot":false,"first_name":"Alice"},"can_manage_chat":true}`.
    """

    status: str
    user: User
    is_anonymous: bool | None = None
    until_date: int | None = None
    can_be_edited: bool | None = None
    can_manage_chat: bool | None = None
    can_delete_messages: bool | None = None
    can_manage_video_chats: bool | None = None
    can_restrict_members: bool | None = None
    can_promote_members: bool | None = None
    can_change_info: bool | None = None
    can_invite_users: bool | None = None
    can_post_messages: bool | None = None
    can_post_stories: bool | None = None
    can_edit_stories: bool | None = None
    can_delete_stories: bool | None = None
    can_pin_messages: bool | None = None
    can_manage_topics: bool | None = None


class MemberUpdated(Struct, frozen=True, kw_only=True, rename={"sender": "from"}):
    """The update `my_chat_member`: the bot's standing has changed.

    `{"chat": {"id": -1001, "type": "supergroup"}, "from": {"id": 7, "is_bot": false, "first_name": "Alice"},
    "date": 1764435787, "old_chat_member": {"status": "left", "user": {"id": 5, "is_bot": true, "first_name":
    "Whales"}}, "new_chat_member": {"status": "member", "user": {"id": 5, "is_bot": true, "first_name":
    "Whales"}}}`.
    """

    chat: Chat
    sender: User
    date: int
    old_chat_member: Member
    new_chat_member: Member


class CallbackQuery(Struct, frozen=True, kw_only=True, rename={"sender": "from"}):
    """The update that follows the press of a button.

    `{"id": "4382", "from": {"id": 7, "is_bot": false, "first_name": "Alice"}, "message": {"message_id": 9,
    "from": {"id": 5, "is_bot": true, "first_name": "Whales"}, "chat": {"id": 7, "type": "private"}, "date":
    1764435787}, "chat_instance": "71", "data": "scan:7"}`.
    """

    id: str
    sender: User
    message: Message
    chat_instance: str
    data: str


class Command(Struct, frozen=True, kw_only=True):
    """One line of a command menu.

    `{"command":"watch","description":"follow a wallet"}`.
    """

    command: str
    description: str
