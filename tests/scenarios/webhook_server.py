"""The bot's webhook with the real inbox behind it, and a Telegram that posts to it."""

import asyncio
import functools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from bot.intake.update_writer import UpdateWriter
from bot.intake.webhook import SECRET_HEADER, Webhook, make_application, serve
from runtime.processes.lifecycle import Stop
from runtime.settings.secret import Secret
from storage.chats.updates import store_updates
from tests.bot.conftest import free_port, is_listening, until
from tests.scenarios.scanner_processes import ScannerTestbed


class Telegram:
    """Posts updates of some size, and keeps count of those that were taken."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.taken: set[int] = set()
        self.sent = 0
        self.answers: set[int] = set()
        """Every status there was."""
        self._session = session
        self._url = url

    async def post(self) -> int:
        """The status of one update's post."""
        self.sent += 1
        chat = {"id": self.sent, "type": "private"}
        message = {"message_id": 1, "chat": chat, "text": os.urandom(3_000).hex()}
        body = msgspec.json.encode({"update_id": self.sent, "message": message})
        headers = {SECRET_HEADER: "right", "Content-Type": "application/json"}
        async with self._session.post(self._url, data=body, headers=headers) as answer:
            self.answers.add(answer.status)
            if answer.status == 200:
                self.taken.add(self.sent)
            return answer.status

    async def until_answered(self, status: int) -> None:
        """Post until the answer is this."""
        async with asyncio.timeout(30):
            while await self.post() != status:  # noqa: ASYNC110 - an answer raises no event
                await asyncio.sleep(0.02)


@asynccontextmanager
async def webhook(testbed: ScannerTestbed) -> AsyncIterator[Telegram]:
    """The bot's door with the real inbox behind it."""
    update_writer, stop, port = (
        UpdateWriter(functools.partial(store_updates, testbed.database)),
        Stop(),
        free_port(),
    )
    application = make_application(
        Webhook(update_writer, Secret("right"), lambda *_: None), "https://x.example/hook"
    )
    async with asyncio.TaskGroup() as group, aiohttp.ClientSession() as session:
        serving = group.create_task(serve(application, port=port, stop=stop, host="127.0.0.1"))
        await until(lambda: is_listening(port))
        yield Telegram(session, f"http://127.0.0.1:{port}/hook")
        stop.set()
        await serving
