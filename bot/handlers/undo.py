"""The button Undo: takes the last change back, for a minute."""

from bot.dialog.request import Reply, Request
from messaging.telegram.texts import choice as texts
from services.acts import undo
from services.services import Services


async def undo_callback(request: Request, services: Services) -> Reply:
    """Put back what was before."""
    key = request.arguments[0]
    if not await undo.undo(services, request.target, key, by=request.user_id):
        return Reply(note=texts.too_late(locale=request.locale))
    return Reply(text=texts.undone(locale=request.locale), in_place=True)
