"""Maps Telegram's answers and network faults to send results; the only such table. Pure.

Certain knowledge is kept apart from doubt: only what surely did not reach the chat may be sent again freely.
"""

from __future__ import annotations

from http import HTTPStatus

import aiohttp
import msgspec
from msgspec import structs
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from domain.delivery.results import SendResult, SendStatus
from messaging.http_connection import NotConnected

MAX_REASON = 200
MAX_PAUSE_SECONDS = 3600.0
"""Longer pauses that an answer asks for are asked again; a number that cannot be silences nobody forever."""
_DEFAULT_PAUSE = 5.0
"""Seconds to wait when Telegram asks for a pause without saying how long."""
_NO_METHOD = "method not found"
_MARKUP = "can't parse entities"
_CLOSED = "topic_closed"
_TOPIC = ("message thread not found", _CLOSED, "topic_deleted")
_ALREADY = "message is not modified"
_STARS = "balance_too_low"
"""https://core.telegram.org/method/messages.sendMessage lists it for a bot that has not enough Stars."""

# Parts of the descriptions with which a right to write is refused. It may come back without a sign of it: a
# group's night, slow mode, a topic that is opened again; on 31 October 2023 every bot was answered this way.
_RIGHTS = (
    "chat_write_forbidden",
    "no rights to send a message",
    "not enough rights to send",
    "need administrator rights",
    "chat_admin_required",
    "chat_restricted",
    "chat_send_",
    "user_banned_in_channel",
    "slowmode_wait",
    "slow mode",
)

# Parts of the descriptions of 403 that are certain. https://core.telegram.org/api/errors#403-forbidden
_FORBIDDEN_FOR_GOOD = (
    "blocked",
    "kicked",
    "deactivated",
    "deleted",
    "not a member",
    "can't initiate conversation",
    "can't send messages to bots",
    "can't send messages to the user",
)

# Parts of the descriptions of 400, in small letters, and what they mean. The first that fits decides.
_BAD_REQUESTS: tuple[tuple[str, SendStatus], ...] = (
    (_ALREADY, SendStatus.ACCEPTED),
    (_MARKUP, SendStatus.UNDELIVERABLE),
    ("message to edit not found", SendStatus.MESSAGE_GONE),
    ("message_id_invalid", SendStatus.MESSAGE_GONE),
    ("chat not found", SendStatus.CHAT_CLOSED),
    ("user not found", SendStatus.CHAT_CLOSED),
    ("peer_id_invalid", SendStatus.CHAT_CLOSED),
    ("group chat was deleted", SendStatus.CHAT_CLOSED),
    ("group chat was deactivated", SendStatus.CHAT_CLOSED),
    ("user_is_blocked", SendStatus.CHAT_CLOSED),
    ("user_deactivated", SendStatus.CHAT_CLOSED),
    *((part, SendStatus.CHAT_SUSPENDED) for part in _RIGHTS),
)

_SAFE_ERRORS = (
    aiohttp.ClientConnectorError,
    NotConnected,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)
"""Raised before anything was sent: name not found, refused, no TLS, no free connection in time."""


class _Parameters(msgspec.Struct, frozen=True):
    """`{"retry_after": 30}`, of an answer that refuses."""

    retry_after: float | None = None
    migrate_to_chat_id: int | None = None


class _Message(msgspec.Struct, frozen=True):
    """`{"message_id": 5}`, of an answer that accepts."""

    message_id: int = 0
    ephemeral_message_id: int = 0


class _Answer(msgspec.Struct, frozen=True):
    """A refusal.

    `{"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 30", "parameters":
    {"retry_after": 30}}`.
    """

    ok: bool
    result: msgspec.Raw = msgspec.Raw(b"null")
    error_code: int = 0
    description: str = ""
    parameters: _Parameters = _Parameters()


class _Sent(msgspec.Struct, frozen=True):
    """`{"ok":true,"result":{"message_id":5}}`, what nearly every answer is."""

    ok: bool
    result: _Message


_ANSWER = msgspec.json.Decoder(_Answer)
_MESSAGE = msgspec.json.Decoder(_Message)
_SENT = msgspec.json.Decoder(_Sent)


def of_answer(status: int, body: bytes) -> SendResult:
    """Return what an HTTP answer means; `body` need not be what Telegram would send."""
    try:
        sent = _SENT.decode(body)
    except msgspec.DecodeError:
        return _of_other_answer(status, body)
    if sent.ok:
        return _accepted(sent.result)
    return _of_other_answer(status, body)


def _of_other_answer(status: int, body: bytes) -> SendResult:
    """Return what an answer means that names no message."""
    try:
        answer = _ANSWER.decode(body)
    except msgspec.DecodeError:
        return _of_foreign_answer(status)
    if answer.ok:
        return _accepted(_message_of(answer))
    return _of_refusal(answer.error_code or status, answer.description, answer.parameters)


def of_error(error: BaseException) -> SendResult:
    """What an error of aiohttp or of python-telegram-bot means; anything unforeseen counts as doubt."""
    if isinstance(error, RetryAfter | ChatMigrated):
        return _of_refusal(HTTPStatus.BAD_REQUEST, str(error), _parameters(error))
    for kind, code in _LIBRARY_ERRORS:
        if isinstance(error, kind):
            return _of_refusal(code, error.message, _Parameters())
    cause = error.__cause__ if isinstance(error, TelegramError) else error
    reason = type(cause or error).__name__
    if isinstance(cause, _SAFE_ERRORS):
        return SendResult(status=SendStatus.REFUSED, unreachable=True, reason=reason)
    return SendResult(status=SendStatus.AMBIGUOUS, reason=reason)


def lacks_method(result: SendResult) -> bool:
    """Return whether the server does not know the method that was called."""
    return result.status is SendStatus.UNDELIVERABLE and _NO_METHOD in result.reason.lower()


def is_markup_refusal(result: SendResult) -> bool:
    """Return whether Telegram could not read the HTML, so that plain text may do."""
    return result.status is SendStatus.UNDELIVERABLE and _MARKUP in result.reason.lower()


def is_topic_refusal(result: SendResult) -> bool:
    """Return whether the topic of a forum is gone or closed; the forum itself may still be written to."""
    if result.status is not SendStatus.UNDELIVERABLE:
        return False
    reason = result.reason.lower()
    return any(part in reason for part in _TOPIC)


def held_if_closed(result: SendResult) -> SendResult:
    """The same, or that the chat is held: a topic that is closed may be opened again."""
    is_closed = is_topic_refusal(result) and _CLOSED in result.reason.lower()
    return structs.replace(result, status=SendStatus.CHAT_SUSPENDED) if is_closed else result


def is_proper(result: SendResult) -> bool:
    """Return whether Telegram itself gave the answer, in good health."""
    return result.status not in {SendStatus.AMBIGUOUS, SendStatus.REFUSED}


def is_lack_of_stars(result: SendResult) -> bool:
    """Return whether a message was refused because it cannot be paid for; without payment it may still go."""
    return result.status is SendStatus.UNDELIVERABLE and _STARS in result.reason.lower()


_LIBRARY_ERRORS: tuple[tuple[type[TelegramError], HTTPStatus], ...] = (
    (Forbidden, HTTPStatus.FORBIDDEN),
    (InvalidToken, HTTPStatus.UNAUTHORIZED),
    (BadRequest, HTTPStatus.BAD_REQUEST),
    (Conflict, HTTPStatus.CONFLICT),
)


def _parameters(error: RetryAfter | ChatMigrated) -> _Parameters:
    if isinstance(error, ChatMigrated):
        return _Parameters(migrate_to_chat_id=error.new_chat_id)
    wait = error.retry_after
    return _Parameters(retry_after=float(wait) if isinstance(wait, int | float) else wait.total_seconds())


def _of_foreign_answer(status: int) -> SendResult:
    """No JSON of Telegram: half an answer, or a page of something in between."""
    reason = f"HTTP {status} without an answer of Telegram"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return SendResult(status=SendStatus.REFUSED, retry_after=_DEFAULT_PAUSE, reason=reason)
    # A gateway's 4xx refuses before it forwards; 2xx and 5xx may stand for an accepted message.
    client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    refused = client_error and status not in {HTTPStatus.REQUEST_TIMEOUT, _CLIENT_CLOSED}
    return SendResult(status=SendStatus.REFUSED if refused else SendStatus.AMBIGUOUS, reason=reason)


_CLIENT_CLOSED = 499
"""What nginx notes when it gave up waiting."""


def _of_refusal(code: int, description: str, parameters: _Parameters) -> SendResult:
    reason = description[:MAX_REASON] or f"error {code}"
    if parameters.migrate_to_chat_id is not None:
        return SendResult(
            status=SendStatus.MIGRATED, new_chat_id=parameters.migrate_to_chat_id, reason=reason
        )
    if code == HTTPStatus.TOO_MANY_REQUESTS or parameters.retry_after is not None:
        wait = parameters.retry_after if parameters.retry_after is not None else _DEFAULT_PAUSE
        pause = min(max(wait, 1.0), MAX_PAUSE_SECONDS)
        return SendResult(status=SendStatus.REFUSED, retry_after=pause, reason=reason)
    return SendResult(status=_status_of(code, description.lower()), reason=reason)


def _status_of(code: int, description: str) -> SendStatus:
    if code == HTTPStatus.NOT_FOUND and _NO_METHOD in description:
        return SendStatus.UNDELIVERABLE  # an older server; the token of such an answer was accepted
    if code == HTTPStatus.BAD_REQUEST:
        return next(
            (status for part, status in _BAD_REQUESTS if part in description), SendStatus.UNDELIVERABLE
        )
    if code == HTTPStatus.FORBIDDEN:
        is_certain = any(part in description for part in _FORBIDDEN_FOR_GOOD)
        return SendStatus.CHAT_CLOSED if is_certain else SendStatus.CHAT_SUSPENDED
    if code in {HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}:
        return SendStatus.AMBIGUOUS  # said by the edge, which does not know what became of the message
    return _STATUSES.get(
        code, SendStatus.REFUSED if code >= HTTPStatus.INTERNAL_SERVER_ERROR else SendStatus.UNDELIVERABLE
    )


_STATUSES: dict[int, SendStatus] = {
    HTTPStatus.UNAUTHORIZED: SendStatus.TOKEN_REJECTED,
    HTTPStatus.NOT_FOUND: SendStatus.TOKEN_REJECTED,
    HTTPStatus.CONFLICT: SendStatus.REFUSED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: SendStatus.UNDELIVERABLE,
}


def _accepted(message: _Message) -> SendResult:
    if message.ephemeral_message_id:
        return SendResult(
            status=SendStatus.ACCEPTED, message_id=message.ephemeral_message_id, is_ephemeral=True
        )
    return SendResult(status=SendStatus.ACCEPTED, message_id=message.message_id or None)


def _message_of(answer: _Answer) -> _Message:
    try:
        return _MESSAGE.decode(answer.result)
    except msgspec.DecodeError:
        return _Message()  # of methods that answer true
