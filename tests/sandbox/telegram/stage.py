"""What most tests of the sandbox Telegram stand on."""

from dataclasses import dataclass

from telegram import Bot
from telegram.request import HTTPXRequest

from sandbox.telegram import FloodLimits, SandboxTelegram
from sandbox.telegram.shapes import User

TOKEN = "123456789:AAF-made-up-token-of-the-tests"
NO_LIMITS = FloodLimits(enabled=False)


def client(telegram: SandboxTelegram, token: str = TOKEN) -> Bot:
    """python-telegram-bot's own client of a bot; it reads no certificates, for there is no TLS."""
    requests = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
    return Bot(token, base_url=f"{telegram.url}/bot", request=requests[0], get_updates_request=requests[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What most tests stand on."""

    telegram: SandboxTelegram
    bot: Bot
    alice: User  # has started the bot
