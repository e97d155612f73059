"""The webhook: its web application checks, stores and answers 200, in this order. No update is dropped."""

import asyncio
import functools
import hmac
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Scope, Send
from starlette.types import Receive as AsgiReceive

from bot.intake.update_writer import Receive, UpdateWriter, read_received_update
from domain.errors import Unavailable
from runtime.observability import metrics
from runtime.processes.http_server import LOOPBACK, http_server
from runtime.processes.lifecycle import Stop
from runtime.processes.whole_requests import Answer, Header
from runtime.settings.secret import Secret
from storage.chats.updates import ReceivedUpdate, StoreResult

log = logging.getLogger(__name__)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
MAX_BODY_BYTES = 1024 * 1024
"""Telegram's updates have a few thousand."""
BODY_SECONDS = 10.0
DEFAULT_PATH = "/telegram"
RETRY_SECONDS = b"1"
_SECRET_HEADER = SECRET_HEADER.lower().encode()
_STORED = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]}
_NO_BODY = {"type": "http.response.body"}
_NO_UPDATE = (400, "not an update")
_TRY_AGAIN = (503, "try again", (b"retry-after", RETRY_SECONDS))


class Refused(Exception):  # noqa: N818 - names say the fact
    """A refused request, with its HTTP status."""

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
        """Store the update and answer 200; any other answer makes Telegram send it again.

        Args:
            scope: of ASGI, with the secret among its headers.
            receive: gives the body, of which no more than the limit is read.
            send: takes the answer.
        """
        try:
            self._check(dict(scope["headers"]))
            update = read_received_update(await _body(receive), username=self._username)
            result = await self._update_writer.store(update)
        except Refused as refusal:
            await _refuse(send, refusal.status, str(refusal))
        except ValueError:
            await _refuse(send, *_NO_UPDATE)
        except Unavailable as error:
            log.warning("An update was not stored: %s", error)
            await _refuse(send, *_TRY_AGAIN)
        else:
            self._received(update, result)
            await send(_STORED)
            await send(_NO_BODY)

    def takes(self, headers: Sequence[Header]) -> bool:
        """Return whether a post with these headers can be handled as a whole request."""
        sent = dict(headers)
        try:
            self._check(sent)
        except Refused:
            return False
        return b"content-length" in sent

    def take(self, body: bytes, answer: Answer) -> None:
        """The same as a call, for a body that has come; its headers were checked."""
        try:
            update = read_received_update(body, username=self._username)
        except ValueError:
            _answer(answer, *_NO_UPDATE)
        else:
            self._update_writer.begin(update, functools.partial(self._report, update, answer))

    def _report(self, update: ReceivedUpdate, answer: Answer, result: StoreResult | Unavailable) -> None:
        """Answer a post, now that it is known what became of its update."""
        if isinstance(result, Unavailable):
            log.warning("An update was not stored: %s", result)
            _answer(answer, *_TRY_AGAIN)
        else:
            self._received(update, result)
            answer(200)

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


def _answer(answer: Answer, status: int, why: str, *headers: Header) -> None:
    metrics.webhook_updates.labels("refused").inc()
    answer(status, why, *headers)


async def _refuse(send: Send, status: int, why: str, *headers: Header) -> None:
    metrics.webhook_updates.labels("refused").inc()
    body = why.encode()
    plain = ((b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *headers]})
    await send({"type": "http.response.body", "body": body})


class WebhookApplication:
    """The ASGI application: posts go the short way, as a whole, and everything else to the other routes.

    Args:
        webhook: receives posts.
        webhook_url: the public address.
        others: other routes; what none of them answers gets 404, and other methods 405.
    """

    def __init__(self, webhook: Webhook, webhook_url: str, others: Sequence[Route]) -> None:
        self._webhook = webhook
        self._paths = frozenset(paths_of(webhook_url))
        self._urls = frozenset(path.encode() for path in self._paths)
        posts = [Route(path, webhook, methods=["POST"]) for path in self._paths]
        self._others = Starlette(routes=[*posts, *others])

    async def __call__(self, scope: Scope, receive: AsgiReceive, send: Send) -> None:
        """Answer a request that is not taken as a whole.

        Args:
            scope: of ASGI; of another type than http it goes to the other routes.
            receive: gives the body.
            send: takes the answer.
        """
        is_post = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in self._paths
        await (self._webhook if is_post else self._others)(scope, receive, send)

    def takes(self, method: bytes, url: bytes, headers: Sequence[Header]) -> bool:
        """Posts with which nothing is wrong are taken as a whole.

        Args:
            method: as it stands on the wire.
            url: path and query, as they stand on the wire.
            headers: all of them.
        """
        return method == b"POST" and url in self._urls and self._webhook.takes(headers)

    def take(self, body: bytes, answer: Answer) -> None:
        """Take one of them."""
        self._webhook.take(body, answer)


def paths_of(webhook_url: str) -> tuple[str, ...]:
    """The paths that accept posts: that of the public address, and one for proxies that rewrite it."""
    return tuple(dict.fromkeys((urlsplit(webhook_url).path or "/", DEFAULT_PATH)))


def make_application(webhook: Webhook, webhook_url: str, *others: Route) -> WebhookApplication:
    """The ASGI application: posts, and the other routes; other paths answer 404, other methods 405.

    Args:
        webhook: what receives the posts.
        webhook_url: the address that Telegram posts to; its path is the route.
        others: such as health checks and metrics.
    """
    return WebhookApplication(webhook, webhook_url, others)


async def serve(application: ASGIApp, *, port: int, stop: Stop, host: str = LOOPBACK) -> None:
    """Serve until the stop, then answer the requests in progress for a few seconds more.

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
