"""The bot with a rate that never holds it back: what it can do, not what it may."""

import sys
from dataclasses import replace

from bot.wiring import run_bot
from runtime.processes.entry import start
from runtime.processes.lifecycle import Stop
from runtime.settings.settings import Settings

RATE = 1e6
"""Messages a second."""


async def run(settings: Settings, stop: Stop) -> None:
    """The bot; its limits are counted as ever."""
    await run_bot(replace(settings, telegram_rate=RATE), stop)


if __name__ == "__main__":
    sys.exit(start("bot", run))
