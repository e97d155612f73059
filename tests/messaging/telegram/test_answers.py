"""The whole table of what Telegram and the network can say, and what it means for a message."""

import asyncio
import ssl
from datetime import timedelta

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from domain.delivery.results import SendResult, SendStatus
from messaging.telegram.answers import (
    MAX_PAUSE_SECONDS,
    held_if_closed,
    is_markup_refusal,
    is_proper,
    of_answer,
    of_error,
)

KEY = ConnectionKey(
    "127.0.0.1", 9, is_ssl=False, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)
UNREACHABLE = aiohttp.ClientConnectorError(KEY, OSError(111, "refused"))


def refusal(code: int, description: str, parameters: str = "") -> bytes:
    more = f',"parameters":{parameters}' if parameters else ""
    return f'{{"ok":false,"error_code":{code},"description":"{description}"{more}}}'.encode()


ANSWERS: list[tuple[int, bytes, SendStatus]] = [
    (
        200,
        b'{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":1,"type":"private"}}}',
        SendStatus.ACCEPTED,
    ),
    (200, b'{"ok":true,"result":true}', SendStatus.ACCEPTED),
    (400, refusal(400, "Bad Request: message is not modified: specified new …"), SendStatus.ACCEPTED),
    # refused, and safe to send again
    (429, refusal(429, "Too Many Requests: retry after 35", '{"retry_after":35}'), SendStatus.REFUSED),
    (429, refusal(429, "Too Many Requests"), SendStatus.REFUSED),
    (429, b"<html>slow down</html>", SendStatus.REFUSED),
    (500, refusal(500, "Internal Server Error"), SendStatus.REFUSED),
    (503, refusal(503, "Service Unavailable"), SendStatus.REFUSED),
    (409, refusal(409, "Conflict: terminated by other getUpdates request"), SendStatus.REFUSED),
    (400, b"<html>bad request</html>", SendStatus.REFUSED),
    (413, b"<html>too large</html>", SendStatus.REFUSED),
    # nobody can tell
    (502, refusal(502, "Bad Gateway"), SendStatus.AMBIGUOUS),
    (504, refusal(504, "Gateway Timeout"), SendStatus.AMBIGUOUS),
    (502, b"<html><h1>502 Bad Gateway</h1></html>", SendStatus.AMBIGUOUS),
    (504, b"", SendStatus.AMBIGUOUS),
    (500, b"<html>", SendStatus.AMBIGUOUS),
    (499, b"", SendStatus.AMBIGUOUS),
    (408, b"", SendStatus.AMBIGUOUS),
    (302, b"", SendStatus.AMBIGUOUS),
    (200, b'{"ok":true,"result":{"message_i', SendStatus.AMBIGUOUS),
    (200, b"", SendStatus.AMBIGUOUS),
    (200, b"[]", SendStatus.AMBIGUOUS),
    # the chat will not have it
    (403, refusal(403, "Forbidden: bot was blocked by the user"), SendStatus.CHAT_CLOSED),
    (403, refusal(403, "Forbidden: bot was kicked from the supergroup chat"), SendStatus.CHAT_CLOSED),
    (403, refusal(403, "Forbidden: user is deactivated"), SendStatus.CHAT_CLOSED),
    (403, refusal(403, "Forbidden: bot can't initiate conversation with a user"), SendStatus.CHAT_CLOSED),
    (400, refusal(400, "Bad Request: chat not found"), SendStatus.CHAT_CLOSED),
    (400, refusal(400, "Bad Request: group chat was deactivated"), SendStatus.CHAT_CLOSED),
    (
        400,
        refusal(400, "Bad Request: not enough rights to send text messages to the chat"),
        SendStatus.CHAT_SUSPENDED,
    ),
    (400, refusal(400, "Bad Request: have no rights to send a message"), SendStatus.CHAT_SUSPENDED),
    (400, refusal(400, "Bad Request: CHAT_WRITE_FORBIDDEN"), SendStatus.CHAT_SUSPENDED),
    (400, refusal(400, "Bad Request: SLOWMODE_WAIT_30"), SendStatus.CHAT_SUSPENDED),
    (
        400,
        refusal(400, "Bad Request: need administrator rights in the channel chat"),
        SendStatus.CHAT_SUSPENDED,
    ),
    (403, refusal(403, "Forbidden: CHAT_WRITE_FORBIDDEN"), SendStatus.CHAT_SUSPENDED),
    (403, refusal(403, "Forbidden: bot is not a member of the channel chat"), SendStatus.CHAT_CLOSED),
    (400, refusal(400, "Bad Request: group chat was deleted"), SendStatus.CHAT_CLOSED),
    (
        400,
        refusal(
            400, "Bad Request: group chat was upgraded to a supergroup chat", '{"migrate_to_chat_id":-100}'
        ),
        SendStatus.MIGRATED,
    ),
    # the message will not do
    (400, refusal(400, "Bad Request: can't parse entities: Unsupported start tag"), SendStatus.UNDELIVERABLE),
    (400, refusal(400, "Bad Request: message is too long"), SendStatus.UNDELIVERABLE),
    (400, refusal(400, "Bad Request: message text is empty"), SendStatus.UNDELIVERABLE),
    (400, refusal(400, "Bad Request: message thread not found"), SendStatus.UNDELIVERABLE),
    (400, refusal(400, "Bad Request: TOPIC_CLOSED"), SendStatus.UNDELIVERABLE),
    (400, refusal(400, "Bad Request: message to edit not found"), SendStatus.MESSAGE_GONE),
    (413, refusal(413, "Request Entity Too Large"), SendStatus.UNDELIVERABLE),
    # the token will not do
    (401, refusal(401, "Unauthorized"), SendStatus.TOKEN_REJECTED),
    (404, refusal(404, "Not Found"), SendStatus.TOKEN_REJECTED),
]

ERRORS: list[tuple[BaseException, SendStatus]] = [
    (UNREACHABLE, SendStatus.REFUSED),
    (aiohttp.ClientConnectorDNSError(KEY, OSError("no such name")), SendStatus.REFUSED),
    (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError()), SendStatus.REFUSED),
    (aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError()), SendStatus.REFUSED),
    (aiohttp.ConnectionTimeoutError(), SendStatus.REFUSED),
    (aiohttp.ServerDisconnectedError(), SendStatus.AMBIGUOUS),
    (aiohttp.SocketTimeoutError(), SendStatus.AMBIGUOUS),
    (aiohttp.ClientOSError(104, "reset"), SendStatus.AMBIGUOUS),
    (aiohttp.ClientPayloadError(), SendStatus.AMBIGUOUS),
    (TimeoutError(), SendStatus.AMBIGUOUS),
    (asyncio.CancelledError(), SendStatus.AMBIGUOUS),
    (RuntimeError("unforeseen"), SendStatus.AMBIGUOUS),
    (RetryAfter(35), SendStatus.REFUSED),
    (ChatMigrated(-100), SendStatus.MIGRATED),
    (Forbidden("Forbidden: bot was blocked by the user"), SendStatus.CHAT_CLOSED),
    (InvalidToken("Unauthorized"), SendStatus.TOKEN_REJECTED),
    (BadRequest("Message is not modified"), SendStatus.ACCEPTED),
    (BadRequest("Chat not found"), SendStatus.CHAT_CLOSED),
    (BadRequest("Can't parse entities: x"), SendStatus.UNDELIVERABLE),
    (Conflict("Conflict: terminated"), SendStatus.REFUSED),
    (NetworkError("Bad Gateway"), SendStatus.AMBIGUOUS),
    (TelegramError("Invalid server response"), SendStatus.AMBIGUOUS),
]


@pytest.mark.parametrize(("code", "body", "status"), ANSWERS)
def test_every_answer_has_its_meaning(code: int, body: bytes, status: SendStatus) -> None:
    assert of_answer(code, body).status is status


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=lambda value: type(value).__name__)
def test_every_error_has_its_meaning(error: BaseException, status: SendStatus) -> None:
    assert of_error(error).status is status


@pytest.mark.parametrize(
    ("kind", "status"), [(UNREACHABLE, SendStatus.REFUSED), (TimeoutError(), SendStatus.AMBIGUOUS)]
)
def test_an_error_of_the_library_is_judged_by_its_cause(kind: Exception, status: SendStatus) -> None:
    error = TimedOut("Telegram")
    error.__cause__ = kind
    assert of_error(error).status is status


def test_an_accepted_message_has_its_id() -> None:
    assert of_answer(200, b'{"ok":true,"result":{"message_id":7}}') == SendResult(
        status=SendStatus.ACCEPTED, message_id=7
    )


def test_a_flood_says_how_long_to_wait() -> None:
    body = refusal(429, "Too Many Requests: retry after 35", '{"retry_after":35}')
    assert of_answer(429, body).retry_after == 35.0
    assert of_error(RetryAfter(timedelta(seconds=4))).retry_after == 4.0
    assert of_answer(429, b"").retry_after == 5.0
    endless = refusal(429, "Too Many Requests: retry after 99999999", '{"retry_after":99999999}')
    assert of_answer(429, endless).retry_after == MAX_PAUSE_SECONDS


def test_a_migration_says_where_to() -> None:
    body = refusal(400, "Bad Request: upgraded", '{"migrate_to_chat_id":-1001}')
    assert of_answer(400, body).new_chat_id == -1001
    assert of_error(ChatMigrated(-1002)).new_chat_id == -1002


def test_unreadable_markup_is_an_answer_of_its_own() -> None:
    assert is_markup_refusal(of_answer(400, refusal(400, "Bad Request: can't parse entities: x")))
    assert not is_markup_refusal(of_answer(400, refusal(400, "Bad Request: message is too long")))


def test_no_reason_holds_the_token() -> None:
    error = aiohttp.InvalidURL("http://host/bot7000000001:AASecret/sendMessage")
    assert "AASecret" not in of_error(error).reason


@given(st.integers(100, 599), st.binary(max_size=60))
def test_no_answer_is_without_meaning_and_none_is_accepted_by_mistake(status: int, body: bytes) -> None:
    assert of_answer(status, body).status is not SendStatus.ACCEPTED or b'"ok"' in body


@pytest.mark.parametrize(("error", "unreachable"), [(UNREACHABLE, True), (RetryAfter(35), False)])
def test_only_what_was_never_sent_is_unreachable(error: BaseException, unreachable: bool) -> None:  # noqa: FBT001
    assert of_error(error).unreachable is unreachable


def test_what_says_that_telegram_does_not_work_differs_from_what_says_no() -> None:
    assert of_error(UNREACHABLE).is_outage
    assert of_answer(502, b"<html>").is_outage
    assert not of_answer(500, refusal(500, "Internal Server Error")).is_outage
    assert not of_answer(403, refusal(403, "Forbidden: bot was blocked by the user")).is_outage


def test_a_refusal_by_telegram_itself_is_a_proper_answer() -> None:
    assert is_proper(of_answer(400, refusal(400, "Bad Request: message text is empty")))
    assert is_proper(of_answer(401, refusal(401, "Unauthorized")))
    assert not is_proper(of_answer(502, b"<html>"))
    assert not is_proper(of_answer(500, refusal(500, "Internal Server Error")))


def test_a_topic_that_is_closed_may_be_opened_again() -> None:
    closed = of_answer(400, refusal(400, "Bad Request: TOPIC_CLOSED"))
    gone = of_answer(400, refusal(400, "Bad Request: message thread not found"))
    assert held_if_closed(closed).status is SendStatus.CHAT_SUSPENDED
    assert held_if_closed(gone) == gone
