"""/cancel: ends the question that waits for an answer."""

from bot.dialog.request import Reply, Request
from messaging.telegram.texts import help as texts
from services.services import Services


async def cancel(request: Request, services: Services) -> Reply:
    """Forget the question."""
    was_asking = request.session is not None and await services.sessions.end(request.session)
    return Reply(text=texts.cancelled(was_asking=was_asking, locale=request.locale))
