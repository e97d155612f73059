"""The bot's connections: what services stand on, and Telegram, opened together."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields

from telegram import Bot

from bot.intake.polling import UpdateSource
from messaging.telegram.client import make_bot
from messaging.telegram.methods import Methods
from runtime.settings.settings import Settings
from runtime.shared_calls import GATHER_SECONDS
from services.connections import Connections, open_connections


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers(Connections):
    """Open connections, and the clients on top of them: what services stand on, and Telegram."""

    bot: Bot
    methods: Methods
    update_source: UpdateSource


@asynccontextmanager
async def open_servers(settings: Settings) -> AsyncIterator[Servers]:
    """Connect to everything the bot needs.

    Raises:
        DatabaseUnavailable: PostgreSQL does not answer; the others may come up later.
    """
    opened = open_connections(settings, gather_seconds=GATHER_SECONDS)
    async with opened as shared, AsyncExitStack() as stack:
        bot, methods, update_source = await _telegram(settings, stack)
        known = {field.name: getattr(shared, field.name) for field in fields(Connections)}
        yield Servers(**known, bot=bot, methods=methods, update_source=update_source)


async def _telegram(settings: Settings, stack: AsyncExitStack) -> tuple[Bot, Methods, UpdateSource]:
    token, api_url = settings.bot_token, settings.telegram_api_url
    bot = make_bot(token.reveal(), api_url, connections=16)
    stack.push_async_callback(bot.shutdown)
    methods = Methods(token.reveal(), api_url, rate=settings.telegram_rate)
    await methods.open()
    stack.push_async_callback(methods.close)
    update_source = UpdateSource(token, api_url)
    await update_source.open()
    stack.push_async_callback(update_source.close)
    return bot, methods, update_source
