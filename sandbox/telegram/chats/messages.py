"""Parts of a message that are made of other objects: its document, and the message it answers."""

from msgspec import structs

from sandbox.telegram.chats.files import StoredFile
from sandbox.telegram.shapes import Document, Message


def as_document(stored: StoredFile) -> Document:
    """A stored file as a document of a message."""
    upload = stored.upload
    return Document(
        file_id=stored.file_id,
        file_unique_id=stored.unique_id,
        file_name=upload.name,
        mime_type=upload.mime,
        file_size=len(upload.content),
    )


def without_reply(message: Message) -> Message:
    """A message without the one that it answers: inside another message there is one level of replies."""
    if message.reply_to_message is None:
        return message
    return structs.replace(message, reply_to_message=None)
