"""What most tests of the sandbox Telegram stand on."""

from dataclasses import dataclass

from telegram import Bot

from sandbox.telegram import FloodLimits, SandboxTelegram
from sandbox.telegram.shapes import User

TOKEN = "123456789:AAF-made-up-token-of-the-tests"
NO_LIMITS = FloodLimits(enabled=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What most tests stand on."""

    telegram: SandboxTelegram
    bot: Bot
    alice: User  # has started the bot
