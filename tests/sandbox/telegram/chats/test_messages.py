"""Parts of a message."""

from msgspec import structs

from sandbox.telegram.chats.files import Files, Upload
from sandbox.telegram.chats.messages import as_document, without_reply
from sandbox.telegram.shapes import Chat, Message, User

USER = User(id=1, is_bot=False, first_name="Alice")
MESSAGE = Message(message_id=1, sender=USER, chat=Chat(id=1, type="private"), date=1, text="hi")


def test_a_file_becomes_a_document() -> None:
    stored = Files().add(Upload(name="a.txt", mime="text/plain", content=b"12345"))
    document = as_document(stored)
    assert (document.file_id, document.file_name, document.mime_type, document.file_size) == (
        stored.file_id,
        "a.txt",
        "text/plain",
        5,
    )


def test_an_answered_message_stands_without_the_one_that_it_answers() -> None:
    answer = structs.replace(MESSAGE, message_id=2, reply_to_message=MESSAGE)
    assert without_reply(answer).reply_to_message is None
    assert without_reply(MESSAGE) is MESSAGE
