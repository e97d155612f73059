"""/status: shows how fresh the data is."""

from dataclasses import replace

from bot.dialog.request import Reply, Request
from messaging.telegram.texts.status import deferred_line, limits_text, status_text
from runtime import clock
from services.services import Services


async def status(request: Request, services: Services) -> Reply:
    """Show how far the chain is read and how long messages take."""
    here = await services.watches.of(request.target)
    standing = await services.chats.standing(request.target.chat_id)
    now = await services.system_status.snapshot()
    text = status_text(
        now,
        wallets_here=len(here),
        at=clock.now(),
        standing=standing,
        feed_pause=services.system_status.feed_pause,
        locale=request.locale,
    )
    deferred = await services.people.deferred_alerts(request.target.chat_id)
    if deferred is not None:
        text = f"{text}\n{deferred_line(deferred, clock.now(), locale=request.locale)}"
    used = await services.people.limits_used(request.target.chat_id)
    if request.target.is_private:
        used = replace(used, api_keys=len(await services.access.keys(request.user_id)))
    return Reply(
        text=f"{text}\n{limits_text(used, has_keys=request.target.is_private, locale=request.locale)}"
    )
