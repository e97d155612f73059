"""What a button carries: a verb and arguments, signed for one chat and, where it matters, one person. Pure.

    c mute:4711 TAG      anyone in the chat may press it
    u stop:4711 TAG      only the person it was made for

The tag is 72 bits of HMAC-SHA256 over the data and whom it is for; its key comes from the bot's token.
Data of an earlier format, of another bot or another chat does not pass.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from domain.errors import BadInput

MAX_BYTES = 64
"""Telegram's limit for the data of a button."""
_TAG_BYTES = 9
_TAG_LENGTH = 12
_FOR_CHAT = "c"
_FOR_USER = "u"
_FORMAT = b"whale-watcher callback 1"


class BadCallback(BadInput):
    """The data of a pressed button is not ours; the text is for the person who pressed."""


class OldCallback(BadCallback):
    """The data has no format or signature of this bot in this chat: old, copied from elsewhere, or forged."""

    def __init__(self) -> None:
        super().__init__("This button is too old. Send /start for a fresh one.")


class ForeignCallback(BadCallback):
    """The button was made for one person and does not bear that person's signature."""

    def __init__(self) -> None:
        super().__init__("This button is not for you, or it is too old.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """What a pressed button asks for; its signature was right."""

    verb: str
    arguments: tuple[str, ...] = ()


class Callbacks:
    """Writes and reads the data of buttons for one bot.

    Args:
        token: the bot's token; buttons of a bot with another token are not accepted.
    """

    __slots__ = ("_key",)

    def __init__(self, token: str) -> None:
        self._key = hmac.digest(token.encode(), _FORMAT, hashlib.sha256)

    def write(self, verb: str, *arguments: str | int, chat_id: int, user_id: int | None = None) -> str:
        """Data for a button in one chat, and for one person if `user_id` is given.

        Args:
            verb: what a route is found by.
            arguments: texts and numbers; with verb and tag they must fit in MAX_BYTES, so a mint leaves
                little room.
            chat_id: where the message stands; in another chat the button does nothing.
            user_id: who alone may press it; None: everybody in the chat.

        Raises:
            ValueError: it would be longer than Telegram takes, or a part holds a colon.
        """
        parts = (verb, *map(str, arguments))
        if any(":" in part for part in parts) or not verb:
            raise ValueError("parts of callback data are not empty and hold no colon")
        body = (_FOR_CHAT if user_id is None else _FOR_USER) + ":".join(parts)
        data = body + self._tag(body, chat_id, user_id)
        if len(data.encode()) > MAX_BYTES:
            raise ValueError(f"callback data of {len(data.encode())} bytes; {MAX_BYTES} are allowed")
        return data

    def read(self, data: str, *, chat_id: int, user_id: int) -> Callback:
        """Return what the button pressed by `user_id` in `chat_id` asks for.

        Args:
            data: whatever Telegram sent; anybody may send anything.
            chat_id: where it was pressed.
            user_id: who pressed it; 0: nobody is known, so what was made for one person is refused.

        Raises:
            OldCallback: not made by this bot for this chat.
            ForeignCallback: made for one person, and not for this one.
        """
        body, tag = data[:-_TAG_LENGTH], data[-_TAG_LENGTH:]
        personal = body[:1] == _FOR_USER
        if body[:1] not in {_FOR_CHAT, _FOR_USER}:
            raise OldCallback
        expected = self._tag(body, chat_id, user_id if personal else None)
        if not hmac.compare_digest(expected.encode(), tag.encode("utf-8", "surrogatepass")):
            raise ForeignCallback if personal else OldCallback
        verb, *arguments = body[1:].split(":")
        return Callback(verb=verb, arguments=tuple(arguments))

    def seal(self, body: str) -> str:
        """A text that only this bot can have made, of the letters that a start parameter may have."""
        return body + self._seal_of(body)

    def unseal(self, text: str) -> str | None:
        """Return what `seal` made it of; None: another has made it."""
        body, tag = text[:-_TAG_LENGTH], text[-_TAG_LENGTH:]
        is_ours = hmac.compare_digest(self._seal_of(body).encode(), tag.encode("utf-8", "surrogatepass"))
        return body if is_ours else None

    def _seal_of(self, body: str) -> str:
        sealed = b"start|" + body.encode("utf-8", "surrogatepass")
        digest = hmac.digest(self._key, sealed, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_TAG_BYTES]).decode()

    def _tag(self, body: str, chat_id: int, user_id: int | None) -> str:
        signed = f"{chat_id}|{'' if user_id is None else user_id}|{body}".encode("utf-8", "surrogatepass")
        digest = hmac.digest(self._key, signed, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_TAG_BYTES]).decode()
