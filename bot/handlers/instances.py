"""/instances: lists each process and its health, for operators; with minutes also the silent wallets."""

from bot.dialog.request import Reply, Request
from messaging.telegram.texts.operators import instances_text
from services.services import Services

MAX_MINUTES = 60 * 24 * 365


async def instances(request: Request, services: Services) -> Reply:
    """List every process; with minutes also the wallets silent for this long."""
    running = await services.system_status.instances()
    minutes = _minutes(request.words)
    quiet = [] if minutes is None else await services.system_status.gaps(minutes)
    return Reply(text=instances_text(running, quiet, minutes=minutes))


def _minutes(words: str) -> int | None:
    """The minutes in the message; None: it holds no usable number."""
    text = words.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return min(int(text[:12]), MAX_MINUTES)
