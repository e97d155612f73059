"""/stats and /health: for operators. The dispatcher checks the permission and notes the command before."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from messaging.telegram.texts.operators import health_text, stats_text


async def stats(request: Request, services: Services) -> Reply:
    """Show the counts."""
    del request
    return Reply(text=stats_text(await services.system_status.statistics()))


async def health(request: Request, services: Services) -> Reply:
    """Show the health of each part."""
    del request
    return Reply(text=health_text(await services.system_status.components()))
