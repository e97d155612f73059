"""Bot API: sendMessage, sendRichMessage, sendPhoto, sendDocument, sendChatAction."""

import re
import time
from typing import Any

from sandbox.telegram.bot_api.call import Call
from sandbox.telegram.bot_api.formatted_params import read_formatted
from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.bot_api.reply_markup import read_inline_keyboard
from sandbox.telegram.chats.files import StoredFile, Upload
from sandbox.telegram.chats.messages import as_document, without_reply
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.chats.state import TransientEvent
from sandbox.telegram.errors import ApiError, bad_request, too_many_requests
from sandbox.telegram.formatting.formatted_text import MAX_CAPTION, MAX_TEXT
from sandbox.telegram.shapes import Message, PhotoSize, User

_MAX_RICH = 32_768
_RICH_TAG = re.compile(r"<[^<>]*>")
_MAX_PHOTO_BYTES = 10 << 20
_MAX_PHOTO_SIDES = 10_000
_MAX_PHOTO_RATIO = 20
_ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)


def send_message(call: Call) -> Message:
    """Send text."""
    room = call.room()
    if not call.params.text("text"):
        raise bad_request("message text is empty")
    formatted = read_formatted(call.params, ("text", "entities"), MAX_TEXT)
    if not formatted.text:
        raise bad_request("text must be non-empty")
    return _send(call, room, text=formatted.text, entities=formatted.entities)


def send_rich_message(call: Call) -> Message:
    """Send a rich message, of which the sandbox shows the words; a server that is older does not know it."""
    if not call.state.config.rich_messages:
        raise ApiError(404, "Not Found: method not found")
    room = call.room()
    rich = call.params.shaped("rich_message", dict[str, Any], "can't parse rich message JSON object") or {}
    words = " ".join(_RICH_TAG.sub(" ", str(rich.get("html", ""))).split())
    if not words:
        raise bad_request("rich message is empty")
    if len(words) > _MAX_RICH:
        raise bad_request("rich message is too long")
    return _send(call, room, text=words)


def send_photo(call: Call) -> Message:
    """Send a photo with a caption."""
    room = call.room()
    caption = read_formatted(call.params, ("caption", "caption_entities"), MAX_CAPTION)
    size = photo_size(stored_file(call, call.params.text("photo"), "photo"))
    return _send(
        call,
        room,
        photo=(size,),
        caption=caption.text or None,
        caption_entities=caption.entities,
    )


def send_document(call: Call) -> Message:
    """Send a file with a caption."""
    room = call.room()
    caption = read_formatted(call.params, ("caption", "caption_entities"), MAX_CAPTION)
    document = as_document(stored_file(call, call.params.text("document"), "document"))
    return _send(
        call,
        room,
        document=document,
        caption=caption.text or None,
        caption_entities=caption.entities,
    )


def send_chat_action(call: Call) -> bool:
    """Show for five seconds that the bot is working."""
    room = call.room()
    room.check_writable()
    action = call.params.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    thread_id = _thread(call, room)
    detail = {"action": action, "thread_id": thread_id}
    call.state.emit(TransientEvent(kind="action", chat_id=room.chat.id, detail=detail))
    return True


def count_against_limits(call: Call, room: Room) -> None:
    """Count a message or edit against the flood limits.

    Raises:
        ApiError: 429, a limit is reached.
    """
    paid = call.params.flag("allow_paid_broadcast")
    wait = call.bot.flood.take(room.chat.id, time.monotonic(), group=not room.private, paid=paid)
    if wait:
        raise too_many_requests(wait)


def _send(call: Call, room: Room, **content: Any) -> Message:
    """Check the parameters that all kinds of messages share, then accept the message."""
    params = call.params
    markup = read_inline_keyboard(params)
    room.check_writable()
    thread_id = _thread(call, room)
    replied = _replied(call, room)
    previews = params.shaped("link_preview_options", dict[str, Any], "can't parse link preview options")
    receiver = _receiver(call, room)
    count_against_limits(call, room)
    message_id = next(room.message_ids)
    message = Message(
        message_id=message_id,
        ephemeral_message_id=None if receiver is None else message_id,
        receiver_user=receiver,
        sender=call.bot.user,
        chat=room.chat,
        date=call.received_ms // 1_000,
        message_thread_id=thread_id,
        is_topic_message=True if thread_id else None,
        reply_to_message=replied,
        reply_markup=markup,
        link_preview_options=previews,
        has_protected_content=params.flag("protect_content") or None,
        **content,
    )
    room.store(message)
    call.state.record("message", call.bot, room, message, received_ms=call.received_ms)
    return message


def _receiver(call: Call, room: Room) -> User | None:
    """Return who alone sees the message; None: everybody, or a server that does not know the parameter."""
    name = "ephemeral_message_parameters"
    asked = call.params.shaped(name, dict[str, Any], "can't parse ephemeral message parameters JSON object")
    if asked is None or not call.state.config.ephemeral_messages:
        return None
    if room.private:
        raise bad_request("ephemeral messages can't be sent to private chats")
    user_id = Params(asked).integer("receiver_user_id") or 0
    if room.standings.get(user_id, "left") in ("left", "kicked"):
        raise bad_request("USER_NOT_PARTICIPANT")
    query_id = Params(asked).text("callback_query_id")
    if query_id and not call.bot.callback_queries.is_recent(query_id, user_id):
        raise bad_request("QUERY_ID_INVALID")
    return call.state.users[user_id]


def _thread(call: Call, room: Room) -> int | None:
    thread_id = call.params.integer("message_thread_id")
    if not thread_id:
        return None
    topic = room.topics.get(thread_id)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed and room.standing != "administrator":
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def _replied(call: Call, room: Room) -> Message | None:
    params = call.params
    asked = params.shaped("reply_parameters", dict[str, Any], "can't parse reply parameters JSON object")
    if asked is None:
        message_id = params.integer("reply_to_message_id")
        lenient = params.flag("allow_sending_without_reply")
    else:
        message_id = Params(asked).integer("message_id")
        lenient = Params(asked).flag("allow_sending_without_reply")
    if not message_id:
        return None
    found = room.messages.get(message_id)
    if found is None and not lenient:
        raise bad_request("message to be replied not found")
    return None if found is None else without_reply(found)


def stored_file(call: Call, value: str, name: str) -> StoredFile:
    """The file of a call: uploaded with it, named by attach://, or known by its id.

    Args:
        call: with its uploads.
        value: what stands for the file.
        name: of the parameter, under which it may be uploaded without one.

    Raises:
        ApiError: 400, there is no such file.
    """
    upload = call.params.uploads.get(value.removeprefix("attach://") if value else name)
    if upload is not None:
        return _kept(call, upload)
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")  # the sandbox fetches nothing from outside
    known = call.state.files.get(value)
    if known is None:
        what = "wrong file identifier/HTTP URL specified" if value else f"there is no {name} in the request"
        raise bad_request(what)
    return known


def _kept(call: Call, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    return call.state.files.add(upload)


def photo_size(stored: StoredFile) -> PhotoSize:
    """The picture in a file.

    Raises:
        ApiError: 400, it is none, or too large.
    """
    if len(stored.upload.content) > _MAX_PHOTO_BYTES:
        raise bad_request("file of size too big for a photo; the maximum size is 10485760 bytes")
    if stored.size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = stored.size
    small = min(width, height)
    if small < 1 or width + height > _MAX_PHOTO_SIDES or max(width, height) > _MAX_PHOTO_RATIO * small:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return PhotoSize(
        file_id=stored.file_id,
        file_unique_id=stored.unique_id,
        width=width,
        height=height,
        file_size=len(stored.upload.content),
    )
