"""Everything over HTTP that is not the Bot API: ledger, faults, limits, people, and the chat page's files.

GET    /ledger?since=N&chat_id=C&kind=K,K&limit=M    entries after number N; `next` is the N to ask with next
GET    /ledger/wait?since=N&timeout=S                the same, once there is one, or after S seconds
GET, POST, DELETE /faults                            active faults; add one (fault, method, chat_id, times…)
POST   /sandbox/limits                               other flood limits
POST   /sandbox/<action>                             what people do: see actions.py
GET    /sandbox/state, /sandbox/chat, /events, /     the chat page and what it reads
"""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from runtime.processes.known_hosts import is_form
from sandbox.telegram.chats.people import People
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.config import FloodLimits
from sandbox.telegram.control.actions import ACTIONS, ActionRequest
from sandbox.telegram.errors import ApiError, PeopleError
from sandbox.telegram.faults import Fault
from sandbox.telegram.page.events import EventStream
from sandbox.telegram.page.view import overview, room_view

_PAGE = Path(__file__).parents[1] / "page" / "static"
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_MAX_WAIT_SECONDS = 60.0
_MAX_ENTRIES = 10_000
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
Answer = Awaitable[web.StreamResponse]


class Routes:
    """Finds the handler of a path."""

    def __init__(self, state: ServerState, events: EventStream) -> None:
        self._state = state
        self._events = events
        self._table: Mapping[tuple[str, str], Callable[[web.BaseRequest], Answer]] = {
            ("GET", "/ledger"): self._ledger,
            ("GET", "/ledger/wait"): self._ledger_wait,
            ("GET", "/faults"): self._list_faults,
            ("POST", "/faults"): self._add_fault,
            ("DELETE", "/faults"): self._remove_faults,
            ("POST", "/sandbox/limits"): self._set_limits,
            ("GET", "/sandbox/state"): self._overview,
            ("GET", "/sandbox/chat"): self._chat,
            ("GET", "/events"): events.stream,
        }

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer any path but those of the Bot API; mistakes are reported as {"ok": false, "error": …}."""
        try:
            if request.method == "POST" and is_form(request.headers):
                return _json({"ok": False, "error": "JSON, please"}, status=415)
            found = self._table.get((request.method, request.path))
            if found is not None:
                return await found(request)
            if request.method == "POST" and request.path.startswith("/sandbox/"):
                return await self._act(request)
            return self._file(request)
        except (PeopleError, ApiError, msgspec.ValidationError, msgspec.DecodeError, ValueError) as error:
            return _json({"ok": False, "error": str(error)}, status=400)

    async def _ledger(self, request: web.BaseRequest) -> web.Response:
        asked = request.query
        limit = min(_number(asked.get("limit")) or 1_000, _MAX_ENTRIES)
        entries = self._state.ledger.since(
            _number(asked.get("since")) or 0,
            chat_id=_number(asked.get("chat_id")),
            kind=asked.get("kind"),
            limit=limit,
        )
        return self._entries(entries, complete=len(entries) < limit)

    async def _ledger_wait(self, request: web.BaseRequest) -> web.Response:
        asked = request.query
        entries = await self._state.ledger.wait(
            _number(asked.get("since")) or 0,
            seconds=min(float(asked.get("timeout", "25")), _MAX_WAIT_SECONDS),
            chat_id=_number(asked.get("chat_id")),
            kind=asked.get("kind"),
        )
        return self._entries(entries[:_MAX_ENTRIES], complete=len(entries) <= _MAX_ENTRIES)

    def _entries(self, entries: list[Any], *, complete: bool) -> web.Response:
        """The answer with entries; `next` is the number to ask with next time."""
        ledger = self._state.ledger
        last = ledger.last if complete else entries[-1].seq
        return _json({"entries": entries, "next": last, "first": ledger.first, "last": ledger.last})

    async def _list_faults(self, _request: web.BaseRequest) -> web.Response:
        return _json({"faults": self._state.faults.active()})

    async def _add_fault(self, request: web.BaseRequest) -> web.Response:
        fault = msgspec.json.decode(await request.read(), type=Fault)
        return _json({"ok": True, "fault_id": self._state.faults.add(fault)})

    async def _remove_faults(self, request: web.BaseRequest) -> web.Response:
        fault_id = _number(request.query.get("fault_id"))
        if fault_id is None:
            self._state.faults.clear()
            self._state.bots.restore()
            return _json({"ok": True})
        return _json({"ok": self._state.faults.remove(fault_id)})

    async def _set_limits(self, request: web.BaseRequest) -> web.Response:
        self._state.set_limits(msgspec.json.decode(await request.read(), type=FloodLimits))
        return _json({"ok": True})

    async def _overview(self, request: web.BaseRequest) -> web.Response:
        return _json(overview(self._state, self._people(_number(request.query.get("bot_id"))).bot))

    async def _chat(self, request: web.BaseRequest) -> web.Response:
        people = self._people(_number(request.query.get("bot_id")))
        user_id = _number(request.query.get("user_id"))
        chat_id = _number(request.query.get("chat_id"))
        return _json(room_view(people, user_id or 0, chat_id or 0))

    async def _act(self, request: web.BaseRequest) -> web.Response:
        perform = ACTIONS.get(request.path.removeprefix("/sandbox/"))
        if perform is None:
            return _json({"ok": False, "error": f"no act {request.path}"}, status=404)
        body = await request.read()
        action = msgspec.json.decode(body, type=ActionRequest) if body else ActionRequest()
        result = perform(self._people(action.bot_id), action)
        if isinstance(result, Awaitable):
            result = await result
        return _json({"ok": True, "result": result})

    def _people(self, bot_id: int | None) -> People:
        return People(self._state, self._state.bots.by_id(bot_id))

    def _file(self, request: web.BaseRequest) -> web.Response:
        if request.path.startswith("/file/bot"):
            return self._download(request)
        name = request.path.removeprefix("/") or "index.html"
        path = _PAGE / name
        if request.method not in ("GET", "HEAD") or "/" in name or not path.is_file():
            return _json({"ok": False, "error": "not found"}, status=404)
        kind = _KINDS.get(path.suffix, "application/octet-stream")
        return web.Response(
            body=path.read_bytes(), content_type=kind, charset="utf-8", headers=_SECURITY_HEADERS
        )

    def _download(self, request: web.BaseRequest) -> web.Response:
        stored = self._state.files.get(request.path.rpartition("/")[2])
        if stored is None:
            return _json({"ok": False, "error": "not found"}, status=404)
        image = stored.size is not None
        kind = stored.upload.mime if image and stored.upload.mime.startswith("image/") else None
        return web.Response(
            body=stored.upload.content,
            content_type=kind or "application/octet-stream",
            headers=_SECURITY_HEADERS,
        )


def _json(content: Any, status: int = 200) -> web.Response:
    body = msgspec.json.encode(content)
    return web.Response(status=status, body=body, content_type="application/json", headers=_SECURITY_HEADERS)


def _number(text: str | None) -> int | None:
    return int(text) if text else None
