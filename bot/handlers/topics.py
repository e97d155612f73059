"""/topic and its button: in which topic of a group its alerts come."""

from bot.dialog.request import Reply, Request
from messaging.telegram.keyboards.topics import topic_keyboard
from messaging.telegram.texts import topics as texts
from services.acts import topics
from services.services import Services


async def topic(request: Request, services: Services) -> Reply:
    """Say where the alerts of the group come, and offer to bring them here."""
    if request.target.is_private:
        return Reply(text=texts.only_in_groups(locale=request.locale))
    found = await topics.spread(services, request.target)
    keyboard = topic_keyboard(services.callbacks, chat_id=request.target.chat_id, locale=request.locale)
    return Reply(
        text=texts.spread(found.here, found.elsewhere, locale=request.locale),
        keyboard=keyboard if found.elsewhere else None,
    )


async def bring_callback(request: Request, services: Services) -> Reply:
    """Bring all alerts to the topic of the button."""
    found = await topics.bring_here(services, request.target)
    return Reply(text=texts.moved(found.here, found.differing, locale=request.locale), in_place=True)
