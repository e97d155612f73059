"""/status: shows how fresh the data is."""

from bot.dialog.request import Reply, Request
from messaging.telegram.texts.status import status_text
from runtime import clock
from services.services import Services


async def status(request: Request, services: Services) -> Reply:
    """Show how far the chain is read and how long messages take."""
    here = await services.watches.of(request.target)
    standing = await services.chats.standing(request.target.chat_id)
    now = await services.system_status.snapshot()
    text = status_text(now, wallets_here=len(here), at=clock.now(), standing=standing)
    return Reply(text=text)
