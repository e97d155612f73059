"""A Bot API that takes everything at once and only notes it, so that a load shows what the bots can do."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import msgspec
from starlette.types import Receive, Scope, Send

from runtime.embedded.ports import LOOPBACK, free_port
from runtime.processes.http_server import http_server
from runtime.processes.whole_requests import Answer, Header

MAX_CONNECTIONS = 1024
"""More than all bots of a stand have: whom it refused would take Telegram for unavailable."""
Hear = Callable[[int, str, float], None]
"""Told of each message: its chat, its text, and when it was accepted by the monotonic clock."""
_BOT = {"id": 123456, "is_bot": True, "first_name": "Whale", "username": "whale_bot"}
_EMPTY = {"ok": False, "error_code": 400, "description": "Bad Request: message text is empty"}
_ANSWERS: dict[str, object] = {
    "getMe": _BOT,
    "getMyCommands": [],
    "getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
}


class _Call(msgspec.Struct):
    chat_id: int = 0
    text: str = ""


class AcceptingTelegram:
    """The application; `hear` is called as a message is accepted, from JSON or from the fields of a form.

    Messages go the short way, so that the load itself takes little of the machine.
    """

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._sent = 0
        self._calls = msgspec.json.Decoder(_Call)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept a call."""
        method = str(scope["path"]).rpartition("/")[2]
        body = b""
        while (piece := await receive()).get("more_body"):
            body += piece["body"]
        status, content = self._answer(method, body + piece.get("body", b""))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def takes(self, method: bytes, url: bytes, headers: Sequence[Header]) -> bool:
        """Messages are taken as a whole."""
        is_message = method == b"POST" and url.endswith(b"/sendMessage")
        return is_message and any(name == b"content-length" for name, _ in headers)

    def take(self, body: bytes, answer: Answer) -> None:
        """Accept a message."""
        status, content = self._answer("sendMessage", body)
        answer(status, content.decode())

    def _answer(self, method: str, body: bytes) -> tuple[int, bytes]:
        """The status and the JSON; a message without a text, by which a bot probes, is refused as ever."""
        if method != "sendMessage":
            return 200, _accepted(_ANSWERS.get(method, True))
        call = self._call(body)
        if not call.text:
            return 400, msgspec.json.encode(_EMPTY)
        self._sent += 1
        self._hear(call.chat_id, call.text, time.monotonic())
        chat = {"id": call.chat_id, "type": "private", "first_name": "A"}
        sent = {"message_id": self._sent, "date": 1, "chat": chat, "from": _BOT, "text": call.text}
        return 200, _accepted(sent)

    def _call(self, body: bytes) -> _Call:
        if body.startswith(b"{"):
            return self._calls.decode(body)
        fields = parse_qs(body.decode())
        return _Call(chat_id=int(fields["chat_id"][0]), text=fields["text"][0])


def _accepted(result: object) -> bytes:
    return msgspec.json.encode({"ok": True, "result": result})


@asynccontextmanager
async def accepting_telegram(hear: Hear) -> AsyncIterator[str]:
    """Serve; the address."""
    port = free_port()
    telegram = AcceptingTelegram(hear)
    async with http_server(telegram, host=LOOPBACK, port=port, max_connections=MAX_CONNECTIONS):
        yield f"http://{LOOPBACK}:{port}"
