"""The Bot API over HTTP: finds the method of a call, applies faults, and writes the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiohttp import web

from sandbox.telegram.bot_api.call import Call
from sandbox.telegram.bot_api.methods import chats, commands, editing, sending, updates
from sandbox.telegram.bot_api.methods.updates import DescribedResult
from sandbox.telegram.bot_api.params import Params, read_params
from sandbox.telegram.chats.bots import Bot
from sandbox.telegram.chats.people import People
from sandbox.telegram.chats.state import ServerState, now_ms
from sandbox.telegram.errors import ApiError, bad_request, too_many_requests
from sandbox.telegram.faults import Fault, FaultKind

Handler = Callable[[Call], object | Awaitable[object]]

METHODS: Mapping[str, Handler] = {
    "sendmessage": sending.send_message,
    "getupdates": updates.get_updates,
    "answercallbackquery": editing.answer_callback_query,
    "editmessagetext": editing.edit_message_text,
    "editephemeralmessagetext": editing.edit_ephemeral_message_text,
    "editmessagereplymarkup": editing.edit_message_reply_markup,
    "editmessagemedia": editing.edit_message_media,
    "editmessagecaption": editing.edit_message_caption,
    "deletemessage": editing.delete_message,
    "sendchataction": sending.send_chat_action,
    "sendrichmessage": sending.send_rich_message,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "getme": chats.get_me,
    "setwebhook": updates.set_webhook,
    "deletewebhook": updates.delete_webhook,
    "getwebhookinfo": updates.get_webhook_info,
    "setmycommands": commands.set_my_commands,
    "getmycommands": commands.get_my_commands,
    "deletemycommands": commands.delete_my_commands,
    "getchat": chats.get_chat,
    "getchatmember": chats.get_chat_member,
    "getchatadministrators": chats.get_chat_administrators,
    "getchatmembercount": chats.get_chat_member_count,
    "getfile": chats.get_file,
}
_NOT_FROM_WEBHOOK = frozenset({"deletewebhook", "setwebhook", "close", "logout"})
_READING = frozenset(method for method in METHODS if method.startswith("get")) - {"getupdates"}
"""Methods that a GET may ask for. Telegram takes GET for all; here any page could send it."""
_JSON = "application/json"
_HTML_BODY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>Bad Gateway</body>\r\n</html>\r\n"
)
_encode = msgspec.json.Encoder().encode


class Api:
    """Answers calls of the Bot API."""

    def __init__(self, state: ServerState) -> None:
        self._state = state

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer one call, whose path is /bot<TOKEN>/<method>."""
        token, _, method = request.path[len("/bot") :].partition("/")
        method = method.lower()
        received_ms = now_ms()
        if self._state.faults and self._state.faults.take_refusal(method):
            return _disconnect(request)
        try:
            bot = self._state.bots.by_token(token)
            _check_verb(request.method, method)
            params = await read_params(request)
            call = Call(state=self._state, bot=bot, params=params, received_ms=received_ms)
            if self._state.faults:
                return await self._answer_with_fault(request, call, method, token)
            return _response(await self.execute(call, method))
        except ApiError as error:
            return refusal(error)

    async def execute(self, call: Call, method: str) -> object:
        """Execute a method (its name in lower case).

        Raises:
            ApiError: the call is refused.
        """
        handler = METHODS.get(method)
        if handler is None:
            raise ApiError(404, "Not Found: method not found")
        result = handler(call)
        return await result if isinstance(result, Awaitable) else result

    async def execute_answer(self, bot: Bot, body: bytes, kind: str) -> None:
        """Execute the method in the answer of a webhook, if there is one; its result is dropped.

        Args:
            bot: whose webhook answered.
            body: of the answer.
            kind: its content type; only JSON is read.
        """
        if kind != _JSON:
            return
        try:
            values = msgspec.json.decode(body)
            method = str(values.get("method", "")).lower() if isinstance(values, dict) else ""
            if method and method not in _NOT_FROM_WEBHOOK and not method.startswith("get"):
                params = Params(values)
                call = Call(state=self._state, bot=bot, params=params, received_ms=now_ms())
                await self.execute(call, method)
        except (msgspec.DecodeError, UnicodeError, ApiError):
            return  # as on the real server, the bot does not learn of it

    async def _answer_with_fault(
        self, request: web.BaseRequest, call: Call, method: str, token: str
    ) -> web.Response:
        """Answer a call while faults are active."""
        fault = self._state.faults.take(method, call.params.integer("chat_id"))
        if fault is None:
            return _response(await self.execute(call, method))
        if fault.is_executed:
            return await _damaged_answer(request, fault, await self._answer_or_refusal(call, method))
        if fault.fault is FaultKind.REFUSE:
            return _disconnect(request)
        if fault.fault is FaultKind.HTML:
            return _gateway_page(fault)
        await self._prepare(fault, call, token)
        return _response(await self.execute(call, method))

    async def _prepare(self, fault: Fault, call: Call, token: str) -> None:
        """Apply a fault before the call.

        Raises:
            ApiError: the fault is the answer.
        """
        if fault.fault is FaultKind.STALL:
            await asyncio.sleep(fault.seconds)
        elif fault.fault is FaultKind.MIGRATE:
            room = call.room()
            if room.migrated_to is None:
                People(self._state, call.bot).migrate(room.chat.id)
        elif fault.fault is FaultKind.REVOKE:
            self._state.bots.revoke(token)
            raise ApiError(401, "Unauthorized")
        else:
            raise _error_of(fault)

    async def _answer_or_refusal(self, call: Call, method: str) -> web.Response:
        try:
            return _response(await self.execute(call, method))
        except ApiError as error:
            return refusal(error)


def refusal(error: ApiError) -> web.Response:
    """The answer to a refused call."""
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    headers = {}
    if error.parameters:
        body["parameters"] = error.parameters
        if "retry_after" in error.parameters:
            headers["Retry-After"] = str(error.parameters["retry_after"])
    return web.Response(status=error.code, body=_encode(body), content_type=_JSON, headers=headers)


def _response(result: object) -> web.Response:
    if isinstance(result, DescribedResult):
        remark = {"ok": True, "result": result.result, "description": result.description}
        return web.Response(body=_encode(remark), content_type=_JSON)
    body = b'{"ok":true,"result":' + _encode(result) + b"}"
    return web.Response(body=body, headers=_HEADERS)


_HEADERS = {"Content-Type": _JSON}


async def _damaged_answer(request: web.BaseRequest, fault: Fault, response: web.Response) -> web.Response:
    """The answer to an executed call that a fault damages or drops."""
    if fault.fault is FaultKind.DROP_ANSWER:
        return _disconnect(request)
    if fault.fault is FaultKind.STALL_ANSWER:
        await asyncio.sleep(fault.seconds)
        return response
    if fault.fault is FaultKind.HTML:
        return _gateway_page(fault)
    if fault.fault is not FaultKind.CUT_JSON:
        return refusal(_error_of(fault))
    body = response.body if isinstance(response.body, bytes) else b""
    return web.Response(status=response.status, body=body[: len(body) // 2], content_type=_JSON)


def _gateway_page(fault: Fault) -> web.Response:
    """The answer of a gateway in front of Telegram that does not reach the server."""
    return web.Response(status=fault.code or 502, body=_HTML_BODY, content_type="text/html")


def _check_verb(verb: str, method: str) -> None:
    if verb != "POST" and method not in _READING:
        raise ApiError(405, "Method Not Allowed: what changes something is asked for by POST")


def _disconnect(request: web.BaseRequest) -> web.Response:
    """Close the connection at once; the returned answer is not sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _error_of(fault: Fault) -> ApiError:
    if fault.fault is FaultKind.FLOOD:
        return too_many_requests(fault.retry_after)
    if fault.fault is FaultKind.BLOCK:
        return ApiError(403, fault.description or "Forbidden: bot was blocked by the user")
    if fault.fault is FaultKind.CHAT_NOT_FOUND:
        return bad_request("chat not found")
    if fault.fault is FaultKind.SERVER_ERROR:
        return ApiError(fault.code or 500, fault.description or "Internal Server Error")
    return ApiError(fault.code or 400, fault.description or "Bad Request")
