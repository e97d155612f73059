"""The sandbox Telegram as one server: Bot API, ledger, faults, people and the chat page on one port.

async with SandboxTelegram(TelegramConfig()) as telegram:
    alice = telegram.people.add_user("Alice")
    telegram.people.send(alice.id, "/start")
    entry = await telegram.ledger.wait_for(lambda entry: entry.kind == "message")
"""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from runtime.processes.known_hosts import refusal
from sandbox.telegram.bot_api.api import Api
from sandbox.telegram.chats import archive
from sandbox.telegram.chats.bots import DEFAULT_TOKEN, Bot
from sandbox.telegram.chats.people import People
from sandbox.telegram.chats.seed import create_seeds
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.config import FloodLimits, TelegramConfig
from sandbox.telegram.control.routes import Routes
from sandbox.telegram.faults import Faults
from sandbox.telegram.ledger import Ledger
from sandbox.telegram.openid import PATHS, OpenIdIssuer
from sandbox.telegram.page.events import EventStream
from sandbox.telegram.shapes import Chat, User
from sandbox.telegram.updates.webhook import PushTiming, Webhook, WebhookPusher

_MAX_BODY_BYTES = 51 << 20  # an upload of 50 MB and its form
_STOP_TIMEOUT = 2.0
_KEEP_SECONDS = 3.0  # between two writes of the archive


class SandboxTelegram:
    """A local Telegram; use it as an async context manager, or call `start` and `stop`."""

    def __init__(self, config: TelegramConfig | None = None) -> None:
        self.config = config or TelegramConfig()
        self._state = ServerState(self.config, self._push_to)
        self._api = Api(self._state)
        self._events = EventStream(self._state)
        self._routes = Routes(self._state, self._events)
        self.openid = OpenIdIssuer(self._state, self.config.openid_secret, self.config.openid_algorithm)
        self._pushes: dict[int, asyncio.Task[None]] = {}
        self._running = AsyncExitStack()
        self._port = 0
        create_seeds(self._state)
        if self.config.archive is not None:
            archive.restore(self._state, self.config.archive)

    @property
    def url(self) -> str:
        """Its address: the value for TELEGRAM_API_URL, and the chat page in a browser."""
        return f"http://{self.config.host}:{self._port}"

    @property
    def token(self) -> str:
        """A token that it accepts."""
        return self.config.tokens[0] if self.config.tokens else DEFAULT_TOKEN

    @property
    def ledger(self) -> Ledger:
        """The ledger of everything that was accepted."""
        return self._state.ledger

    @property
    def faults(self) -> Faults:
        """The active faults."""
        return self._state.faults

    @property
    def people(self) -> People:
        """The people of the first bot."""
        return self.people_of(None)

    def people_of(self, bot_id: int | None) -> People:
        """The people of a bot, by its id."""
        return People(self._state, self._state.bots.by_id(bot_id))

    def known_users(self) -> list[User]:
        """All users, oldest first."""
        return list(self._state.users.values())

    def known_groups(self) -> list[Chat]:
        """The groups of the first bot, oldest first."""
        rooms = self._state.bots.first.rooms.values()
        return [room.chat for room in rooms if not room.private and room.migrated_to is None]

    def limit(self, limits: FloodLimits) -> None:
        """Apply other flood limits and forget what was sent."""
        self._state.set_limits(limits)

    @property
    def refused(self) -> int:
        """Answers of 429 since the limits were set, without those that faults made."""
        return sum(bot.flood.refused for bot in self._state.bots)

    def revoke(self, token: str) -> None:
        """Answer a token with 401 from now on."""
        self._state.bots.revoke(token)

    async def start(self) -> None:
        """Listen; `url` is known afterwards.

        Raises:
            OSError: the port is taken.
        """
        try:
            await self._start()
        except BaseException:
            await self._running.aclose()
            raise

    async def _start(self) -> None:
        session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self._session = await self._running.enter_async_context(session)
        self._tasks = await self._running.enter_async_context(asyncio.TaskGroup())
        server = web.Server(self._handle, request_factory=_request, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=_STOP_TIMEOUT)
        await runner.setup()
        self._running.push_async_callback(runner.cleanup)
        self._running.callback(self._end_waits)
        if self.config.archive is not None:
            keeping = self._tasks.create_task(self._keep(self.config.archive))
            self._running.callback(keeping.cancel)
            self._running.callback(
                lambda file: archive.write(archive.encoded(self._state), file), self.config.archive
            )
        site = web.TCPSite(runner, self.config.host, self.config.port)
        await site.start()
        self._port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Answer waiting polls, stop pushing, close the port."""
        await self._running.aclose()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if why := refusal(request.method, request.headers, self.config.host):
            refused = {"ok": False, "error_code": 403, "description": why, "error": why}
            return web.json_response(refused, status=403)
        if request.path.startswith("/bot"):
            return await self._api.answer(request)
        if request.path in PATHS:
            return await self.openid.answer(request)
        return await self._routes.answer(request)

    async def _keep(self, file: Path) -> None:
        """Write the conversations repeatedly, when something was said."""
        kept = 0
        while True:
            await asyncio.sleep(_KEEP_SECONDS)
            if kept != self._state.ledger.last:
                kept = self._state.ledger.last
                await asyncio.to_thread(archive.write, archive.encoded(self._state), file)

    def _end_waits(self) -> None:
        self._events.close()
        for bot in self._state.bots:
            bot.update_queue.interrupt(None)
            self._push_to(bot, None)

    def _push_to(self, bot: Bot, webhook: Webhook | None) -> None:
        """Start pushing a bot's updates to a webhook, or (None) stop."""
        running = self._pushes.pop(bot.user.id, None)
        if running is not None:
            running.cancel()
        bot.stop_pushing()
        if webhook is None:
            return
        pusher = WebhookPusher(
            webhook,
            bot.update_queue,
            self._state.faults,
            PushTiming(base=self.config.webhook_retry_base, timeout=self.config.webhook_timeout),
            lambda body, kind: self._api.execute_answer(bot, body, kind),
        )
        bot.start_pushing(pusher)
        self._pushes[bot.user.id] = self._tasks.create_task(self._push(bot, pusher))

    async def _push(self, bot: Bot, pusher: WebhookPusher) -> None:
        await pusher.run(self._session)
        if bot.pusher is pusher:
            self._push_to(bot, None)


def _request(*parts: object) -> web.BaseRequest:
    """A request that may be as large as the largest upload."""
    message, payload, protocol, writer, task = parts
    return web.BaseRequest(
        message,  # type: ignore[arg-type] # aiohttp passes exactly these
        payload,  # type: ignore[arg-type]
        protocol,  # type: ignore[arg-type]
        writer,  # type: ignore[arg-type]
        task,  # type: ignore[arg-type]
        asyncio.get_running_loop(),
        client_max_size=_MAX_BODY_BYTES,
    )
