"""A running bot, the sandbox Telegram around it, and people who talk to it."""

import asyncio
import base64
import itertools
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest

from bot.intake.webhook import SECRET_HEADER
from bot.wiring import run_bot
from runtime.processes.lifecycle import Stop
from runtime.settings.loading import load_settings
from runtime.settings.settings import Settings
from sandbox.telegram import FloodLimits, SandboxTelegram, TelegramConfig
from sandbox.telegram.chats.people import PRIVATE_CHAT, MessageTarget
from sandbox.telegram.ledger import Entry
from storage.postgres import Database, open_database

TOKEN = "123456789:AAF-made-up-token-of-the-tests"
SECRET = "made-up-webhook-secret"
OPERATOR = 900_001
WHALE = "So11111111111111111111111111111111111111112"
OTHER_WHALE = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"
_names = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramChats:
    """The chats with the bot, from the side of the people in them."""

    telegram: SandboxTelegram

    async def ask(self, user_id: int, text: str, target: MessageTarget = PRIVATE_CHAT) -> str:
        """Write to the bot; the text of its next message in that chat."""
        return (await self.ask_message(user_id, text, target)).text or ""

    async def ask_message(self, user_id: int, text: str, target: MessageTarget = PRIVATE_CHAT) -> Entry:
        """Write to the bot; its next message in that chat."""
        seq = self.telegram.ledger.last
        self.telegram.people.send(user_id, text, target)
        chat_id = target.chat_id or user_id
        return await self.next_entry(chat_id, seq)

    async def next_entry(self, chat_id: int, seq: int, kind: str = "message") -> Entry:
        """The bot's first act of this kind in a chat after a number of the ledger."""
        return await self.telegram.ledger.wait_for(
            lambda entry: entry.kind == kind and entry.chat_id == chat_id, seq=seq
        )

    async def press(self, user_id: int, entry: Entry, button: str) -> str:
        """Press a button under a message; the note over it."""
        answer = await self.telegram.people.press(
            user_id, entry.message_id or 0, button, chat_id=entry.chat_id
        )
        assert answer.answered
        return answer.text or ""

    async def group(self, standings: dict[int, str], *, forum: bool = False) -> int:
        """A new group with the bot in it, which has sent its greeting."""
        seq = self.telegram.ledger.last
        chat_id = self.telegram.people.add_group("Club", standings, forum=forum)
        await self.next_entry(chat_id, seq)
        return chat_id

    async def press_and_read_edit(self, user_id: int, entry: Entry, button: str) -> tuple[str, str]:
        """Press a button under a message that is then edited; the note and the new text."""
        seq = self.telegram.ledger.last
        note = await self.press(user_id, entry, button)
        return note, (await self.next_entry(entry.chat_id or 0, seq, "edit")).text or ""

    def texts(self, chat_id: int) -> list[str]:
        """The texts of all messages of the bot in a chat."""
        return [entry.text or "" for entry in self.telegram.ledger.messages(chat_id)]


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxTelegram]:
    limits = FloodLimits(enabled=False)
    config = TelegramConfig(tokens=(TOKEN,), limits=limits, webhook_retry_base=0.05)
    async with SandboxTelegram(config) as running:
        yield running


@pytest.fixture
def chats(telegram: SandboxTelegram) -> TelegramChats:
    return TelegramChats(telegram=telegram)


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    opened = await open_database(postgres_url, max_size=4)
    yield opened
    await opened.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Make = Callable[..., Settings]


@pytest.fixture
def make_settings(postgres_url: str, valkey_url: str, telegram: SandboxTelegram) -> Make:
    """Settings of one more instance; a webhook by default."""

    def make(**changes: str) -> Settings:
        port = free_port()
        environ = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "DATABASE_URL": postgres_url,
            "REDIS_URL": valkey_url,
            "PORT": str(port),
            "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
            "WEBHOOK_SECRET": SECRET,
            "ADMIN_IDS": str(OPERATOR),
            "TELEGRAM_RATE": "1000",
            "SECRETS_KEY": base64.b64encode(b"k" * 32).decode(),
            "WEBHOOK_ALLOW_NETWORKS": "127.0.0.1/32",
            "INSTANCE_ID": f"bot-{next(_names)}",
        }
        return load_settings(environ | changes)

    return make


@pytest.fixture
def settings(make_settings: Make) -> Settings:
    return make_settings()


async def until(holds: Callable[[], Awaitable[object]], *, seconds: float = 10.0) -> None:
    """Wait for something that other processes bring about."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - it stands in a database
            await asyncio.sleep(0.02)


async def is_listening(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Stop]:
    """A bot in this process, stopped in order at the end."""
    stop = Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(run_bot(settings, stop))
        try:
            if settings.webhook_url:
                await until(lambda: is_listening(settings.port))
            yield stop
        finally:
            stop.set()


Run = Callable[[Settings], AbstractAsyncContextManager[Stop]]


@pytest.fixture
async def bot(settings: Settings) -> AsyncIterator[Stop]:
    """A running bot with a webhook."""
    async with running(settings) as stop:
        yield stop


def environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": settings.telegram_api_url,
        "DATABASE_URL": settings.database_url.reveal(),
        "REDIS_URL": settings.redis_url.reveal(),
        "PORT": str(settings.port),
        "WEBHOOK_URL": settings.webhook_url,
        "WEBHOOK_SECRET": SECRET,
        "INSTANCE_ID": settings.instance_id,
    }


def message(update_id: int, user_id: int, text: str) -> dict[str, object]:
    person = {"id": user_id, "is_bot": False, "first_name": "A"}
    chat = {"id": user_id, "type": "private", "first_name": "A"}
    sent = {"message_id": update_id, "date": 1, "chat": chat, "from": person, "text": text}
    return {"update_id": update_id, "message": sent}


async def post(settings: Settings, update: dict[str, object]) -> int:
    async with (
        aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as session,
        session.post(settings.webhook_url, json=update) as answer,
    ):
        return answer.status
