"""python-telegram-bot on aiohttp: its own httpx costs four fifths of the time of an update."""

from __future__ import annotations

import logging
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec
from telegram import Bot, LinkPreviewOptions
from telegram._utils.defaultvalue import DefaultValue
from telegram.constants import ParseMode
from telegram.error import InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.ext import Defaults, ExtBot
from telegram.request import BaseRequest, RequestData

from domain.delivery.results import TOKEN_REJECTED_WAIT
from messaging.telegram.http import CONNECT_SECONDS, CONNECTIONS, READ_SECONDS, Wire, time_limits
from runtime.processes.lifecycle import Stop

log = logging.getLogger(__name__)
T = TypeVar("T")
START_RETRY_SECONDS = 5.0
_UPLOAD_SECONDS = 120.0
"""How long Telegram may take to take a file before it answers."""


class AiohttpRequest(BaseRequest):
    """Carries the requests of a `telegram.Bot`.

    What it raises has the aiohttp error as its cause, by which `answers.py` knows what was certainly
    not sent from what may have been carried out. No text of an error holds the address and its token.
    """

    __slots__ = ("_read_seconds", "_wire")

    def __init__(self, *, connections: int = CONNECTIONS, read_seconds: float = READ_SECONDS) -> None:
        self._wire = Wire(connections=connections)
        self._read_seconds = read_seconds

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer unless a call says otherwise."""
        return self._read_seconds

    async def initialize(self) -> None:
        """Open the connection pool; may be called twice."""
        await self._wire.open()

    async def shutdown(self) -> None:
        """Close all connections; may be called twice."""
        await self._wire.close()

    async def do_request(  # noqa: PLR0913, PLR0917 - the shape that the library asks for
        self,
        url: str,
        method: str,  # noqa: ARG002 - follows from whether there is data
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - writing counts as reading here
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body of the answer.

        Args:
            url: with the token in it; never log it.
            method: of HTTP.
            request_data: None: a GET.
            read_timeout: seconds, here and below; the library's default and None stand for ours.
            write_timeout: not used.
            connect_timeout: of TCP and TLS.
            pool_timeout: for a free connection.

        Raises:
            TimedOut, NetworkError: with the aiohttp error as the cause.
        """
        files = request_data is not None and request_data.contains_files
        limits = time_limits(
            read=_or(read_timeout, _UPLOAD_SECONDS if files else self._read_seconds),
            connect=_or(connect_timeout, CONNECT_SECONDS),
            wait_for_pool=_or(pool_timeout, 0.0),
        )
        try:
            return await self._wire.post(url, _body(request_data), limits)
        except TimeoutError as error:
            raise TimedOut(f"Telegram: {type(error).__name__}") from error
        except aiohttp.ClientError as error:
            raise NetworkError(f"Telegram: {type(error).__name__}") from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as a dictionary.

        Raises:
            TelegramError: it is no JSON object; the library's own way would write the whole of it to the log.
        """
        try:
            return msgspec.json.decode(payload, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise TelegramError("Invalid server response") from error


def make_bot(token: str, api_url: str = "https://api.telegram.org", *, connections: int = CONNECTIONS) -> Bot:
    """A bot whose messages are HTML without link previews; nothing is sent yet.

    Use it as `async with bot:`, or between `await bot.initialize()`, which calls getMe, and `bot.shutdown()`.

    Args:
        token: from @BotFather, or the sandbox's.
        api_url: the Bot API server, without a slash at the end.
        connections: requests in flight at once.
    """
    base = api_url.rstrip("/")
    return ExtBot(
        token=token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=AiohttpRequest(connections=connections),
        get_updates_request=AiohttpRequest(connections=2),
        defaults=Defaults(
            parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
        ),
    )


async def initialize_bot(bot: Bot, stop: Stop) -> bool:
    """Ask Telegram for the bot's own name until it answers; false if the stop came first."""
    while not stop.is_set():
        try:
            await bot.initialize()
        except InvalidToken:
            log.error("Telegram refuses the bot's token; set BOT_TOKEN to a valid one")  # noqa: TRY400 - the sentence says it all
            await stop.sleep(TOKEN_REJECTED_WAIT)
        except TelegramError as error:
            log.warning(
                "Telegram does not answer yet at %s: %s. Check the network, and TELEGRAM_API_URL",
                urlsplit(bot.base_url).hostname,
                type(error).__name__,
            )
            await stop.sleep(START_RETRY_SECONDS)
        else:
            return True
    return False


def _or(value: DefaultValue[None] | T | None, default: T) -> T:
    return default if value is None or isinstance(value, DefaultValue) else value


def _body(data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if data is None:
        return None
    if not data.contains_files:
        return msgspec.json.encode(data.parameters)
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form
