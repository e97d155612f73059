"""A Bot API that takes everything at once and only notes it, so that a load shows what the bots can do."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
from starlette.types import Receive, Scope, Send

from runtime.embedded.ports import LOOPBACK, free_port
from runtime.processes.http_server import http_server

Hear = Callable[[int, str, float], None]
"""Told of each message: its chat, its text, and when it was accepted by the monotonic clock."""
_BOT = {"id": 123456, "is_bot": True, "first_name": "Whale", "username": "whale_bot"}
_ANSWERS: dict[str, object] = {
    "getMe": _BOT,
    "getMyCommands": [],
    "getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
}


class _Call(msgspec.Struct):
    chat_id: int = 0
    text: str = ""


class AcceptingTelegram:
    """The application; `hear` is called as a message is accepted."""

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
        answer = self._answer(method, body + piece.get("body", b""))
        content = msgspec.json.encode({"ok": True, "result": answer})
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, method: str, body: bytes) -> object:
        if method != "sendMessage":
            return _ANSWERS.get(method, True)
        call = self._calls.decode(body)
        self._sent += 1
        self._hear(call.chat_id, call.text, time.monotonic())
        chat = {"id": call.chat_id, "type": "private", "first_name": "A"}
        return {"message_id": self._sent, "date": 1, "chat": chat, "from": _BOT, "text": call.text}


@asynccontextmanager
async def accepting_telegram(hear: Hear) -> AsyncIterator[str]:
    """Serve; the address."""
    port = free_port()
    async with http_server(AcceptingTelegram(hear), host=LOOPBACK, port=port):
        yield f"http://{LOOPBACK}:{port}"
