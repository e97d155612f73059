"""Fast Bot API calls for workers: a call in, a send result out; no message objects are built.

Several times faster than `telegram.Bot` and without exceptions: every answer and fault is a `SendResult`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import aiohttp
import msgspec
from telegram import InlineKeyboardMarkup

from domain.delivery.results import SendResult, SendStatus
from domain.rate_limits import FREE_RATE
from messaging.telegram import answers
from messaging.telegram.escaping import plain
from messaging.telegram.http import CONNECTIONS, Wire, time_limits
from runtime.observability import metrics

log = logging.getLogger(__name__)
_LIMITS = time_limits()
_UPLOAD_LIMITS = time_limits(read=120.0)
"""Telegram may take long to take a file before it answers."""
_PROBE_LIMITS = time_limits(read=5.0, connect=5.0)
"""A probe is asked again, so that it need not wait long."""
_PROBE_CONNECTIONS = 2
_NO_MESSAGE: dict[str, object] = {"chat_id": 0, "text": ""}
_NO_PREVIEW = {"is_disabled": True}
_UPLOAD = "upload"
"""The field of a file that another parameter names."""
_NEVER_PAID = "sendChatAction"
_EDIT_EPHEMERAL = "editEphemeralMessageText"

Markup = Mapping[str, object]
"""A keyboard as Telegram reads it; made several times faster than the library's objects."""


class Receiver(NamedTuple):
    """Who alone sees a message in a group (Bot API 10.3)."""

    user_id: int
    callback_id: str = ""
    """The press that it answers, within 15 seconds; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to be sent."""

    chat_id: int
    text: str
    """Telegram HTML."""
    topic_id: int = 0
    keyboard: InlineKeyboardMarkup | Markup | None = None
    reply_to: int | None = None
    """The message that it answers; one that is gone is no hindrance."""
    edits: int | None = None
    """The message whose place it takes; None: it is a new one."""
    is_repeat: bool = False
    """Its first copy may have arrived, and its text says so."""
    rich: str = ""
    """The same as HTML of rich messages (Bot API 10.1), for servers that take it; empty: there is none."""
    receiver: Receiver | None = None
    """Who alone sees it, where the server can do that; None: everybody in the chat."""
    photo: bytes | None = None
    """A PNG above the text, which has 1,024 characters at most then; None: a text alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that goes with a call."""

    field: str
    """The parameter that it is, such as `document`."""
    name: str
    content: bytes


class Methods:
    """The methods of the Bot API that workers call. Open it in the event loop that uses it, and close it.

    Args:
        token: of the bot; it stands in no error and no log.
        api_url: the Bot API server.
        connections: requests in flight at once.
        rate: messages a second that all processes may send. Above FREE_RATE each message says that it may be
            paid for, without which Telegram refuses it; only what goes beyond that rate is charged.
    """

    __slots__ = ("_base", "_paid", "_probe_wire", "_takes_ephemeral", "_takes_rich", "_wire")

    def __init__(
        self, token: str, api_url: str, *, connections: int = CONNECTIONS, rate: float = FREE_RATE
    ) -> None:
        self._base = f"{api_url.rstrip('/')}/bot{token}/"
        self._paid = rate > FREE_RATE
        self._takes_rich = True
        self._takes_ephemeral: bool | None = None
        self._wire = Wire(connections=connections)
        self._probe_wire = Wire(connections=_PROBE_CONNECTIONS)

    async def open(self) -> None:
        """Make the connection pool; nothing is sent."""
        await self._wire.open()
        await self._probe_wire.open()

    async def close(self) -> None:
        """Close all connections."""
        await self._wire.close()
        await self._probe_wire.close()

    async def send(self, message: Message) -> SendResult:
        """Send a message.

        If Telegram cannot read its markup, once more as plain text; if its topic is gone, once more to where
        the forum speaks in general.
        """
        result = await self._send_message(message)
        if not message.topic_id or not answers.is_topic_refusal(result):
            return answers.held_if_closed(result)
        log.warning(
            "A topic of chat %d is gone (%s); its messages go to the general topic",
            message.chat_id,
            result.reason,
        )
        metrics.telegram_fallbacks.labels("general").inc()
        return answers.held_if_closed(await self._send_message(replace(message, topic_id=0)))

    async def _send_message(self, message: Message) -> SendResult:
        parameters = _of_message(message)
        if message.receiver is not None:
            result = await self._send_ephemeral(parameters, message)
            if result is not None:
                return result
        if message.rich and self._takes_rich:
            result = await self._send_rich(parameters, message.rich)
            if result is not None:
                return result
        if message.photo is None:
            return await self._send_text("sendMessage", parameters, message.text)
        return await self._send_text("sendPhoto", parameters, message.text, _picture("photo", message.photo))

    async def _send_rich(self, parameters: dict[str, object], rich: str) -> SendResult | None:
        """Send a rich message; None: the server does not know them, or refuses this one.

        A server is asked once: one that does not know the method is not asked again.
        """
        wanted = {name: value for name, value in parameters.items() if name != "link_preview_options"}
        result = await self.call("sendRichMessage", {**wanted, "rich_message": {"html": rich}})
        if answers.lacks_method(result):
            log.info("This Bot API server has no rich messages; they go in the classic form")
            self._takes_rich = False
            return None
        return None if result.status is SendStatus.UNDELIVERABLE else result

    async def _send_ephemeral(self, parameters: dict[str, object], message: Message) -> SendResult | None:
        """Send what one person alone sees; None: the server cannot do that, or refuses this one."""
        if message.receiver is None or message.photo is not None or not await self._knows_ephemeral():
            return None
        wanted = {**parameters, "ephemeral_message_parameters": _of_receiver(message.receiver)}
        result = await self._send_text("sendMessage", wanted, message.text)
        return None if result.status is SendStatus.UNDELIVERABLE else result

    async def _knows_ephemeral(self) -> bool:
        """Return whether the server can send them, asked once by an edit of none.

        An older one takes no notice of the parameter, and shows the message to everybody.
        """
        if self._takes_ephemeral is None:
            result = await self._call(_EDIT_EPHEMERAL, {}, None)
            if not answers.is_proper(result):
                return False
            self._takes_ephemeral = not answers.lacks_method(result)
        return self._takes_ephemeral

    async def probe(self) -> bool:
        """Whether Telegram answers properly, asked for what changes nothing, by connections of its own.

        The way of messages is tried as well: one without a text is refused by Telegram itself, never sent.
        """
        return await self._answers_properly("getMe", {}) and await self._answers_properly(
            "sendMessage", _NO_MESSAGE
        )

    async def _answers_properly(self, method: str, parameters: dict[str, object]) -> bool:
        content = msgspec.json.encode(parameters)
        try:
            status, body = await self._probe_wire.post(self._base + method, content, _PROBE_LIMITS)
        except (aiohttp.ClientError, OSError) as error:
            return answers.is_proper(answers.of_error(error))
        return answers.is_proper(answers.of_answer(status, body))

    async def edit(self, message: Message, message_id: int) -> SendResult:
        """Put a text and buttons in place of an older message; an equal one there is a success.

        A photo takes the place of a text as well as of another photo.
        """
        if message.receiver is not None:
            return await self._edit_ephemeral(message, message.receiver, message_id)
        parameters = {**_of_message(message), "message_id": message_id}
        if message.photo is not None:
            picture = _picture(_UPLOAD, message.photo)
            return await self._send_text("editMessageMedia", parameters, message.text, picture)
        return await self._send_text("editMessageText", parameters, message.text)

    async def _edit_ephemeral(self, message: Message, receiver: Receiver, message_id: int) -> SendResult:
        """Without a text only the buttons change; a picture has no place there."""
        parameters = {
            **_of_message(message),
            "receiver_user_id": receiver.user_id,
            "ephemeral_message_id": message_id,
        }
        if message.text:
            return await self._send_text(_EDIT_EPHEMERAL, parameters, message.text)
        return await self.call("editEphemeralMessageReplyMarkup", parameters)

    async def call(self, method: str, parameters: dict[str, object], file: File | None = None) -> SendResult:
        """Any method; what came of it.

        Args:
            method: as the Bot API names it.
            parameters: what msgspec encodes; those of a file are sent as a form.
            file: uploaded with them; None: none.
        """
        if self._paid and method.startswith("send") and method != _NEVER_PAID:
            result = await self._call(method, {**parameters, "allow_paid_broadcast": True}, file)
            if not answers.is_lack_of_stars(result):
                return result
            log.error(
                "Telegram takes no payment for messages (%s): they go unpaid, at most %g a second."
                " Give the bot Stars, or set TELEGRAM_RATE to less.",
                result.reason,
                FREE_RATE,
            )
        return await self._call(method, parameters, file)

    async def _call(self, method: str, parameters: dict[str, object], file: File | None) -> SendResult:
        content = msgspec.json.encode(parameters) if file is None else _form(parameters, file)
        limits = _LIMITS if file is None else _UPLOAD_LIMITS
        try:
            status, body = await self._wire.post(self._base + method, content, limits)
        except (aiohttp.ClientError, OSError) as error:
            return answers.of_error(error)
        return answers.of_answer(status, body)

    async def _send_text(
        self, method: str, parameters: dict[str, object], text: str, file: File | None = None
    ) -> SendResult:
        result = await self.call(method, parameters | _worded(method, text, "HTML"), file)
        if result.status is not SendStatus.UNDELIVERABLE or not answers.is_markup_refusal(result):
            return result
        log.warning("Telegram cannot read the markup of a message (%s); it goes as plain text", result.reason)
        metrics.telegram_fallbacks.labels("plain").inc()
        return await self.call(method, parameters | _worded(method, plain(text)), file)


def _worded(method: str, text: str, mode: str | None = None) -> dict[str, object]:
    """The parameters in which a method takes its words."""
    marked = {"parse_mode": mode} if mode else {}
    if method == "editMessageMedia":
        return {"media": {"type": "photo", "media": f"attach://{_UPLOAD}", "caption": text, **marked}}
    return {"caption" if method == "sendPhoto" else "text": text, **marked}


def _of_receiver(receiver: Receiver) -> dict[str, object]:
    press = {"callback_query_id": receiver.callback_id} if receiver.callback_id else {}
    return {"receiver_user_id": receiver.user_id, **press}


def _picture(field: str, content: bytes) -> File:
    return File(field=field, name="chart.png", content=content)


def _form(parameters: dict[str, object], file: File) -> aiohttp.FormData:
    """The parameters beside a file; those that are no texts as JSON."""
    form = aiohttp.FormData()
    for name, value in parameters.items():
        form.add_field(name, value if isinstance(value, str) else msgspec.json.encode(value).decode())
    form.add_field(file.field, file.content, filename=file.name, content_type="application/octet-stream")
    return form


def _of_message(message: Message) -> dict[str, object]:
    parameters: dict[str, object] = {"chat_id": message.chat_id, "link_preview_options": _NO_PREVIEW}
    if message.topic_id:
        parameters["message_thread_id"] = message.topic_id
    if message.reply_to is not None:
        answered = {"message_id": message.reply_to, "allow_sending_without_reply": True}
        parameters["reply_parameters"] = answered
    keyboard = message.keyboard
    if isinstance(keyboard, InlineKeyboardMarkup):
        parameters["reply_markup"] = keyboard.to_dict()
    elif keyboard is not None:
        parameters["reply_markup"] = keyboard
    return parameters
