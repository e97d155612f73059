"""JSON shapes of the Bot API."""

import msgspec
from telegram import Message as LibraryMessage

from sandbox.telegram.shapes import Chat, Entity, Message, User

MESSAGE = Message(
    message_id=5,
    sender=User(id=1, is_bot=False, first_name="Alice"),
    chat=Chat(id=1, type="private", first_name="Alice"),
    date=1_700_000_000,
    text="/start",
    entities=(Entity(type="bot_command", offset=0, length=6),),
)


def test_the_sender_is_called_from_and_absent_fields_are_left_out() -> None:
    written = msgspec.to_builtins(MESSAGE)
    assert written["from"] == {"id": 1, "is_bot": False, "first_name": "Alice"}
    assert set(written) == {"message_id", "from", "chat", "date", "text", "entities"}


def test_a_library_reads_them() -> None:
    read = LibraryMessage.de_json(msgspec.to_builtins(MESSAGE))
    assert read is not None
    assert read.from_user is not None
    assert (read.text, read.from_user.first_name, read.entities[0].type) == ("/start", "Alice", "bot_command")
