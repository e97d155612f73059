"""/stats and /health: for operators. Who asks is checked, and noted, before these are called."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from messaging.telegram.texts.operators import health_text, stats_text


async def stats(request: Request, services: Services) -> Reply:
    """Tell the counts."""
    del request
    return Reply(text=stats_text(await services.system_status.statistics()))


async def health(request: Request, services: Services) -> Reply:
    """Tell how each part is."""
    del request
    return Reply(text=health_text(await services.system_status.components()))
