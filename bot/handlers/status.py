"""/status: shows how fresh the data is."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from messaging.telegram.texts.status import status_text


async def status(request: Request, services: Services) -> Reply:
    """Show how far the chain is read and how long messages take."""
    here = await services.watches.of(request.target)
    return Reply(text=status_text(await services.system_status.snapshot(), wallets_here=len(here)))
