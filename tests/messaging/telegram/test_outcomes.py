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

from domain.delivery.deliveries import Fate, Outcome
from messaging.telegram.outcomes import is_markup_refusal, of_answer, of_error

KEY = ConnectionKey(
    "127.0.0.1", 9, is_ssl=False, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)
UNREACHABLE = aiohttp.ClientConnectorError(KEY, OSError(111, "refused"))


def refusal(code: int, description: str, parameters: str = "") -> bytes:
    more = f',"parameters":{parameters}' if parameters else ""
    return f'{{"ok":false,"error_code":{code},"description":"{description}"{more}}}'.encode()


ANSWERS: list[tuple[int, bytes, Fate]] = [
    (200, b'{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":1,"type":"private"}}}', Fate.ACCEPTED),
    (200, b'{"ok":true,"result":true}', Fate.ACCEPTED),
    (400, refusal(400, "Bad Request: message is not modified: specified new …"), Fate.ACCEPTED),
    # refused, and safe to send again
    (429, refusal(429, "Too Many Requests: retry after 35", '{"retry_after":35}'), Fate.REFUSED),
    (429, refusal(429, "Too Many Requests"), Fate.REFUSED),
    (429, b"<html>slow down</html>", Fate.REFUSED),
    (500, refusal(500, "Internal Server Error"), Fate.REFUSED),
    (503, refusal(503, "Service Unavailable"), Fate.REFUSED),
    (409, refusal(409, "Conflict: terminated by other getUpdates request"), Fate.REFUSED),
    (400, b"<html>bad request</html>", Fate.REFUSED),
    (413, b"<html>too large</html>", Fate.REFUSED),
    # nobody can tell
    (502, refusal(502, "Bad Gateway"), Fate.LOST),
    (504, refusal(504, "Gateway Timeout"), Fate.LOST),
    (502, b"<html><h1>502 Bad Gateway</h1></html>", Fate.LOST),
    (504, b"", Fate.LOST),
    (500, b"<html>", Fate.LOST),
    (499, b"", Fate.LOST),
    (408, b"", Fate.LOST),
    (302, b"", Fate.LOST),
    (200, b'{"ok":true,"result":{"message_i', Fate.LOST),
    (200, b"", Fate.LOST),
    (200, b"[]", Fate.LOST),
    # the chat will not have it
    (403, refusal(403, "Forbidden: bot was blocked by the user"), Fate.CHAT_GONE),
    (403, refusal(403, "Forbidden: bot was kicked from the supergroup chat"), Fate.CHAT_GONE),
    (403, refusal(403, "Forbidden: user is deactivated"), Fate.CHAT_GONE),
    (403, refusal(403, "Forbidden: bot can't initiate conversation with a user"), Fate.CHAT_GONE),
    (400, refusal(400, "Bad Request: chat not found"), Fate.CHAT_GONE),
    (400, refusal(400, "Bad Request: group chat was deactivated"), Fate.CHAT_GONE),
    (400, refusal(400, "Bad Request: not enough rights to send text messages to the chat"), Fate.CHAT_GONE),
    (400, refusal(400, "Bad Request: have no rights to send a message"), Fate.CHAT_GONE),
    (
        400,
        refusal(
            400, "Bad Request: group chat was upgraded to a supergroup chat", '{"migrate_to_chat_id":-100}'
        ),
        Fate.MIGRATED,
    ),
    # the message will not do
    (400, refusal(400, "Bad Request: can't parse entities: Unsupported start tag"), Fate.IMPOSSIBLE),
    (400, refusal(400, "Bad Request: message is too long"), Fate.IMPOSSIBLE),
    (400, refusal(400, "Bad Request: message text is empty"), Fate.IMPOSSIBLE),
    (400, refusal(400, "Bad Request: message thread not found"), Fate.IMPOSSIBLE),
    (400, refusal(400, "Bad Request: TOPIC_CLOSED"), Fate.IMPOSSIBLE),
    (400, refusal(400, "Bad Request: message to edit not found"), Fate.IMPOSSIBLE),
    (413, refusal(413, "Request Entity Too Large"), Fate.IMPOSSIBLE),
    # the token will not do
    (401, refusal(401, "Unauthorized"), Fate.STOPPED),
    (404, refusal(404, "Not Found"), Fate.STOPPED),
]

ERRORS: list[tuple[BaseException, Fate]] = [
    (UNREACHABLE, Fate.REFUSED),
    (aiohttp.ClientConnectorDNSError(KEY, OSError("no such name")), Fate.REFUSED),
    (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError()), Fate.REFUSED),
    (aiohttp.ClientConnectorCertificateError(KEY, ssl.CertificateError()), Fate.REFUSED),
    (aiohttp.ConnectionTimeoutError(), Fate.REFUSED),
    (aiohttp.ServerDisconnectedError(), Fate.LOST),
    (aiohttp.SocketTimeoutError(), Fate.LOST),
    (aiohttp.ClientOSError(104, "reset"), Fate.LOST),
    (aiohttp.ClientPayloadError(), Fate.LOST),
    (TimeoutError(), Fate.LOST),
    (asyncio.CancelledError(), Fate.LOST),
    (RuntimeError("unforeseen"), Fate.LOST),
    (RetryAfter(35), Fate.REFUSED),
    (ChatMigrated(-100), Fate.MIGRATED),
    (Forbidden("Forbidden: bot was blocked by the user"), Fate.CHAT_GONE),
    (InvalidToken("Unauthorized"), Fate.STOPPED),
    (BadRequest("Message is not modified"), Fate.ACCEPTED),
    (BadRequest("Chat not found"), Fate.CHAT_GONE),
    (BadRequest("Can't parse entities: x"), Fate.IMPOSSIBLE),
    (Conflict("Conflict: terminated"), Fate.REFUSED),
    (NetworkError("Bad Gateway"), Fate.LOST),
    (TelegramError("Invalid server response"), Fate.LOST),
]


@pytest.mark.parametrize(("status", "body", "fate"), ANSWERS)
def test_every_answer_has_its_meaning(status: int, body: bytes, fate: Fate) -> None:
    assert of_answer(status, body).fate is fate


@pytest.mark.parametrize(("error", "fate"), ERRORS, ids=lambda value: type(value).__name__)
def test_every_error_has_its_meaning(error: BaseException, fate: Fate) -> None:
    assert of_error(error).fate is fate


@pytest.mark.parametrize(("kind", "fate"), [(UNREACHABLE, Fate.REFUSED), (TimeoutError(), Fate.LOST)])
def test_an_error_of_the_library_is_judged_by_its_cause(kind: Exception, fate: Fate) -> None:
    error = TimedOut("Telegram")
    error.__cause__ = kind
    assert of_error(error).fate is fate


def test_an_accepted_message_has_its_id() -> None:
    assert of_answer(200, b'{"ok":true,"result":{"message_id":7}}') == Outcome(
        fate=Fate.ACCEPTED, message_id=7
    )


def test_a_flood_says_how_long_to_wait() -> None:
    body = refusal(429, "Too Many Requests: retry after 35", '{"retry_after":35}')
    assert of_answer(429, body).retry_after == 35.0
    assert of_error(RetryAfter(timedelta(seconds=4))).retry_after == 4.0
    assert of_answer(429, b"").retry_after == 5.0


def test_a_migration_says_where_to() -> None:
    body = refusal(400, "Bad Request: upgraded", '{"migrate_to_chat_id":-1001}')
    assert of_answer(400, body).new_chat_id == -1001
    assert of_error(ChatMigrated(-1002)).new_chat_id == -1002


def test_unreadable_markup_is_told_apart() -> None:
    assert is_markup_refusal(of_answer(400, refusal(400, "Bad Request: can't parse entities: x")))
    assert not is_markup_refusal(of_answer(400, refusal(400, "Bad Request: message is too long")))


def test_no_reason_holds_the_token() -> None:
    error = aiohttp.InvalidURL("http://host/bot7000000001:AASecret/sendMessage")
    assert "AASecret" not in of_error(error).reason


@given(st.integers(100, 599), st.binary(max_size=60))
def test_no_answer_is_without_meaning_and_none_is_accepted_by_mistake(status: int, body: bytes) -> None:
    assert of_answer(status, body).fate is not Fate.ACCEPTED or b'"ok"' in body
