"""aiogram as its documents run it: its handler for aiohttp's web server, and one reply."""

import os

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

TEXT = os.environ["REPLY"]


async def reply(message: Message) -> None:
    """Reply to /help."""
    await message.answer(TEXT)


async def subscribe(bot: Bot) -> None:
    """Name the webhook."""
    await bot.set_webhook(os.environ["WEBHOOK_URL"], secret_token=os.environ["WEBHOOK_SECRET"])


def main() -> None:
    """Serve the webhook until a signal."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["TELEGRAM_API_URL"]))
    properties = DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True)
    bot = Bot(os.environ["BOT_TOKEN"], session=session, default=properties)
    dispatcher = Dispatcher()
    dispatcher.message.register(reply, Command("help"))
    dispatcher.startup.register(subscribe)
    application = web.Application()
    handler = SimpleRequestHandler(dispatcher, bot, secret_token=os.environ["WEBHOOK_SECRET"])
    handler.register(application, path="/hook")
    setup_application(application, dispatcher, bot=bot)
    web.run_app(application, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)


if __name__ == "__main__":
    main()
