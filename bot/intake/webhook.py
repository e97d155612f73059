"""The webhook: Telegram is told of it, and its web application checks, stores and answers 200, in this order.

Without a webhook Telegram keeps the updates for polling. No update is ever dropped.
"""

import asyncio
import hmac
import logging
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Scope, Send
from starlette.types import Receive as AsgiReceive
from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.intake.update_writer import Receive, UpdateWriter, read_received_update
from domain.delivery.results import TOKEN_REJECTED_WAIT
from domain.errors import Unavailable
from runtime.clock import now, unix
from runtime.observability import metrics
from runtime.processes.http_server import LOOPBACK, http_server
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret

log = logging.getLogger(__name__)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
MAX_BODY_BYTES = 1024 * 1024
"""Telegram's updates have a few thousand."""
BODY_SECONDS = 10.0
DEFAULT_PATH = "/telegram"
RETRY_SECONDS = b"1"
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
"""Telegram remembers the last list that it got, so each start sends it."""
MAX_CONNECTIONS = 100
"""Of Telegram, the most that it makes: loud chats wait for each other there, and nobody else for them."""
SETUP_RETRY_SECONDS = 5.0
INFO_SECONDS = 60.0
_EXPIRED = 10
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED."""
_SECRET_HEADER = SECRET_HEADER.lower().encode()
_STORED = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
_NO_BODY = {"type": "http.response.body"}
_REFUSALS = ("401", "403")
"""What the webhook answers to a post without the right secret."""


class Refused(Exception):  # noqa: N818 - names say the fact
    """A request that is refused, with the HTTP status that says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Webhook:
    """Receives Telegram's posts.

    Args:
        update_writer: stores each update.
        secret: what Telegram sends in the header.
        receive: called with each stored update.
        username: the bot's own name.
    """

    def __init__(
        self, update_writer: UpdateWriter, secret: Secret, receive: Receive, *, username: str = ""
    ) -> None:
        if not secret:
            raise ValueError("a webhook without a secret would take posts of anybody")
        self._update_writer = update_writer
        self._secret = secret.reveal().encode()
        self._received = receive
        self._username = username

    async def __call__(self, scope: Scope, receive: AsgiReceive, send: Send) -> None:
        """Store the update and answer 200; any other answer makes Telegram send it again."""
        try:
            self._check(dict(scope["headers"]))
            update = read_received_update(await _body(receive), username=self._username)
            result = await self._update_writer.store(update)
        except Refused as refusal:
            await _refuse(send, refusal.status, str(refusal))
        except ValueError:
            await _refuse(send, 400, "not an update")
        except Unavailable as error:
            log.warning("An update was not stored: %s", error)
            await _refuse(send, 503, "try again", (b"retry-after", RETRY_SECONDS))
        else:
            self._received(update, result)
            await send(_STORED)
            await send(_NO_BODY)

    def _check(self, headers: Mapping[bytes, bytes]) -> None:
        sent = headers.get(_SECRET_HEADER)
        if sent is None:
            raise Refused(401, "who are you?")
        if not hmac.compare_digest(sent, self._secret):
            raise Refused(403, "not allowed")
        if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != b"application/json":
            raise Refused(415, "application/json, please")
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length[:20]) > MAX_BODY_BYTES:
            raise Refused(413, "too large")


async def _body(receive: AsgiReceive) -> bytes:
    """The body, no longer than allowed even if the header lies or is missing."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return b"".join([part async for part in _parts(receive)])
    except TimeoutError:
        raise Refused(408, "too slow") from None


async def _parts(receive: AsgiReceive) -> AsyncIterator[bytes]:
    size, has_more = 0, True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "cut short")
        part, has_more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise Refused(413, "too large")
        yield part


async def _refuse(send: Send, status: int, why: str, *headers: tuple[bytes, bytes]) -> None:
    metrics.webhook_updates.labels("refused").inc()
    body = why.encode()
    plain = ((b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *headers]})
    await send({"type": "http.response.body", "body": body})


class WebhookApplication:
    """The ASGI application: posts go the short way, and everything else to the other routes.

    Args:
        webhook: receives posts.
        webhook_url: the public address.
        others: other routes; what none of them answers gets 404, and other methods 405.
    """

    def __init__(self, webhook: Webhook, webhook_url: str, others: Sequence[Route]) -> None:
        self._webhook = webhook
        self._paths = frozenset(paths_of(webhook_url))
        posts = [Route(path, webhook, methods=["POST"]) for path in self._paths]
        self._others = Starlette(routes=[*posts, *others])

    async def __call__(self, scope: Scope, receive: AsgiReceive, send: Send) -> None:
        """Answer a request."""
        is_post = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in self._paths
        await (self._webhook if is_post else self._others)(scope, receive, send)


def paths_of(webhook_url: str) -> tuple[str, ...]:
    """The paths that accept posts: that of the public address, and one for proxies that rewrite it."""
    return tuple(dict.fromkeys((urlsplit(webhook_url).path or "/", DEFAULT_PATH)))


def make_application(webhook: Webhook, webhook_url: str, *others: Route) -> WebhookApplication:
    """The ASGI application: posts, and the other routes; other paths answer 404, other methods 405."""
    return WebhookApplication(webhook, webhook_url, others)


async def serve(application: ASGIApp, *, port: int, stop: Stop, host: str = LOOPBACK) -> None:
    """Serve until the stop, then answer the requests in hand for a few seconds more.

    Args:
        application: answers requests.
        port: to listen on.
        stop: ends the server.
        host: the address to listen on.

    Raises:
        OSError: the port is taken.
    """
    async with http_server(application, host=host, port=port):
        await stop.wait()


async def subscribe(bot: Bot, *, url: str, secret: Secret) -> bool:
    """Tell Telegram to post updates to `url`; whether anything had to be changed.

    The secret cannot be read back: a changed secret shows only in the refusals that Telegram reports.

    Args:
        bot: the client.
        url: the public address of the webhook.
        secret: what Telegram sends with each post.
    """
    info = await bot.get_webhook_info()
    if _agrees(info, url):
        return False
    await bot.set_webhook(
        url,
        allowed_updates=ALLOWED_UPDATES,
        secret_token=secret.reveal(),
        max_connections=MAX_CONNECTIONS,
    )
    return True


async def unsubscribe(bot: Bot) -> None:
    """Tell Telegram to keep updates until they are fetched.

    Raises:
        Unavailable: Telegram did not confirm it.
    """
    try:
        if (await bot.get_webhook_info()).url:
            await bot.delete_webhook(drop_pending_updates=False)
    except InvalidToken as error:
        log.error("Telegram refuses the bot's token; set BOT_TOKEN to a valid one")  # noqa: TRY400 - the sentence says it all
        raise Unavailable("the bot's token is refused", retry_after=TOKEN_REJECTED_WAIT) from error
    except TelegramError as error:
        raise Unavailable(f"deleteWebhook: {type(error).__name__}", retry_after=_wait(error)) from error


async def subscribe_until_done(bot: Bot, stop: Stop, *, url: str, secret: Secret) -> None:
    """Repeat `subscribe` until Telegram confirms it or the stop comes."""
    while not stop.is_set():
        try:
            changed = await subscribe(bot, url=url, secret=secret)
        except TelegramError as error:
            log.warning("setWebhook: %s; trying again", type(error).__name__)
            await stop.sleep(_wait(error))
        else:
            log.info("Telegram posts to the webhook%s", "" if changed else ", as before")
            return


async def watch_webhook(bot: Bot, stop: Stop, *, url: str) -> None:
    """Show again and again what Telegram says of its posts, and when the certificate ends, until the stop.

    What does not answer leaves the figures as they are.
    """
    while await stop.sleep(INFO_SECONDS):
        with suppress(TelegramError):
            note_webhook(await bot.get_webhook_info(), now=now())
        if (ends_at := await certificate_end(url, ssl.create_default_context())) is not None:
            metrics.certificate_expires_seconds.set(ends_at - unix())


async def certificate_end(url: str, trusted: ssl.SSLContext) -> float | None:
    """When the certificate behind a URL ends, in seconds since 1970; 0.0: it has; None: nobody can tell."""
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.hostname is None:
        return None
    try:
        async with asyncio.timeout(BODY_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 443, ssl=trusted)
    except ssl.SSLCertVerificationError as error:
        return 0.0 if error.verify_code == _EXPIRED else None
    except (OSError, TimeoutError):
        return None
    certificate = writer.get_extra_info("peercert")
    writer.close()
    return float(ssl.cert_time_to_seconds(certificate["notAfter"])) if certificate else None


def note_webhook(info: WebhookInfo, *, now: datetime) -> None:
    """Set the gauges of the webhook."""
    failed_at = info.last_error_date
    age = 0.0 if failed_at is None else max(1.0, (now - failed_at).total_seconds())
    metrics.telegram_webhook_pending.set(info.pending_update_count)
    metrics.telegram_webhook_error_age_seconds.set(age)


def _agrees(info: WebhookInfo, url: str) -> bool:
    refused = any(status in (info.last_error_message or "") for status in _REFUSALS)
    return info.url == url and set(info.allowed_updates) == set(ALLOWED_UPDATES) and not refused


def _wait(error: TelegramError) -> float:
    if not isinstance(error, RetryAfter):
        return SETUP_RETRY_SECONDS
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
