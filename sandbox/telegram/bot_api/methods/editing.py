"""Bot API: editMessageText, …Media, …Caption and …ReplyMarkup, deleteMessage, answerCallbackQuery."""

import time
from typing import Any

from msgspec import structs

from sandbox.telegram.bot_api.call import Call
from sandbox.telegram.bot_api.formatted_params import read_formatted
from sandbox.telegram.bot_api.methods.sending import count_against_limits, photo_size, stored_file
from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.bot_api.reply_markup import read_inline_keyboard
from sandbox.telegram.chats.callback_queries import CallbackAnswer
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.formatting.formatted_text import MAX_CAPTION, MAX_TEXT
from sandbox.telegram.shapes import Message

_DELETABLE = 48 * 3_600  # seconds a bot may delete its messages
_MAX_ANSWER = 200
_UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


def edit_message_text(call: Call) -> Message:
    """Change text and buttons; without `reply_markup` the buttons go."""
    room = _room(call)
    if not call.params.text("text"):
        raise bad_request("message text is empty")
    formatted = read_formatted(call.params, ("text", "entities"), MAX_TEXT)
    if not formatted.text:
        raise bad_request("text must be non-empty")
    message = _own(call, room)
    if message.text is None:
        raise bad_request("there is no text in the message to edit")
    changed = structs.replace(
        message,
        text=formatted.text,
        entities=formatted.entities,
        reply_markup=read_inline_keyboard(call.params),
    )
    return _accept(call, room, message, changed)


def edit_ephemeral_message_text(call: Call) -> bool:
    """Change text and buttons of what one person alone sees; an older server does not know the method."""
    if not call.state.config.ephemeral_messages:
        raise ApiError(404, "Not Found: method not found")
    room = _room(call)
    message_id = call.params.integer("ephemeral_message_id") or 0
    message = room.messages.get(message_id)
    if message is None or message.receiver_user is None:
        raise bad_request("MESSAGE_ID_INVALID")
    if message.receiver_user.id != call.params.integer("receiver_user_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    formatted = read_formatted(call.params, ("text", "entities"), MAX_TEXT)
    if not formatted.text:
        raise bad_request("message text is empty")
    changed = structs.replace(
        message,
        text=formatted.text,
        entities=formatted.entities,
        reply_markup=read_inline_keyboard(call.params),
    )
    _accept(call, room, message, changed)
    return True


def edit_message_media(call: Call) -> Message:
    """Put a photo with a caption in place of a text or of another photo."""
    room = _room(call)
    given = call.params.shaped("media", dict[str, Any], "can't parse InputMedia JSON object")
    media = Params(given or {})
    if media.text("type") != "photo":
        raise bad_request("the sandbox takes photos only")
    caption = read_formatted(media, ("caption", "caption_entities"), MAX_CAPTION)
    message = _own(call, room)
    changed = structs.replace(
        message,
        text=None,
        entities=(),
        photo=(photo_size(stored_file(call, media.text("media"), "media")),),
        document=None,
        caption=caption.text or None,
        caption_entities=caption.entities,
        reply_markup=read_inline_keyboard(call.params),
    )
    return _accept(call, room, message, changed)


def edit_message_caption(call: Call) -> Message:
    """Change the caption of a photo or document."""
    room = _room(call)
    formatted = read_formatted(call.params, ("caption", "caption_entities"), MAX_CAPTION)
    message = _own(call, room)
    if message.text is not None:
        raise bad_request("there is no caption in the message to edit")
    changed = structs.replace(
        message,
        caption=formatted.text or None,
        caption_entities=formatted.entities,
        reply_markup=read_inline_keyboard(call.params),
    )
    return _accept(call, room, message, changed)


def edit_message_reply_markup(call: Call) -> Message:
    """Change the buttons, or remove them."""
    room = _room(call)
    message = _own(call, room)
    changed = structs.replace(message, reply_markup=read_inline_keyboard(call.params))
    return _accept(call, room, message, changed)


def delete_message(call: Call) -> bool:
    """Delete a message: the bot's own for 48 hours, anybody's where the bot is administrator."""
    room = _room(call)
    room.check_writable()
    message_id = _message_id(call)
    message = room.messages.get(message_id)
    if message is None:
        raise bad_request("message to delete not found")
    own = message.sender.id == call.bot.user.id
    fresh = time.time() - message.date < _DELETABLE
    if not fresh or not (own or room.private or room.standing == "administrator"):
        raise bad_request("message can't be deleted for everyone")
    del room.messages[message_id]
    call.state.record("delete", call.bot, room, message_id=message_id, received_ms=call.received_ms)
    return True


def answer_callback_query(call: Call) -> bool:
    """Answer the press of a button, which ends its spinner."""
    params = call.params
    text = params.text("text")
    if len(text) > _MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = CallbackAnswer(
        answered=True,
        text=text or None,
        show_alert=params.flag("show_alert"),
        url=params.text("url") or None,
    )
    press = call.bot.callback_queries.answer(params.text("callback_query_id"), answer)
    if press is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    call.state.record(
        "callback_answer",
        call.bot,
        call.bot.rooms.get(press.chat_id),
        received_ms=call.received_ms,
        message_id=press.message_id,
        user_id=press.user_id,
        text=answer.text,
        detail={"data": press.data, "show_alert": answer.show_alert, "url": answer.url},
    )
    return True


def _room(call: Call) -> Room:
    if call.params.text("inline_message_id"):
        raise bad_request(
            "MESSAGE_ID_INVALID"
        )  # there is no inline mode here, so that there is no such message
    return call.room()


def _message_id(call: Call) -> int:
    message_id = call.params.integer("message_id")
    if not message_id:
        raise bad_request("message identifier is not specified")
    return message_id


def _own(call: Call, room: Room) -> Message:
    room.check_writable()
    message = room.messages.get(_message_id(call))
    if message is None:
        raise bad_request("message to edit not found")
    if message.sender.id != call.bot.user.id:
        raise bad_request("message can't be edited")
    return message


def _accept(call: Call, room: Room, before: Message, changed: Message) -> Message:
    if changed == before:
        raise bad_request(_UNCHANGED)
    count_against_limits(call, room)
    edited = structs.replace(changed, edit_date=call.received_ms // 1_000)
    room.store(edited)
    call.state.record("edit", call.bot, room, edited, received_ms=call.received_ms)
    return edited
