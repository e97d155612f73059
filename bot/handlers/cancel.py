"""/cancel: what was asked is forgotten."""

from bot.desk import Desk
from bot.reply import Reply
from bot.request import Request
from messaging.texts import help as texts


async def cancel(request: Request, desk: Desk) -> Reply:
    """Forget the conversation."""
    was_asking = await desk.memory.forget(request.place.chat_id, request.user_id)
    return Reply(text=texts.cancelled(was_asking=was_asking))
