"""/cancel: what was asked is forgotten."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Desk
from messaging.telegram.texts import help as texts


async def cancel(request: Request, desk: Desk) -> Reply:
    """Forget the conversation."""
    was_asking = await desk.memory.forget(request.place.chat_id, request.user_id)
    return Reply(text=texts.cancelled(was_asking=was_asking))
