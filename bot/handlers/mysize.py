"""/mysize: the chat's own trade size, by which alerts estimate what it would get."""

from msgspec import structs

from bot.dialog.request import Reply, Request
from bot.parsing.mysize import parse_size
from domain.errors import BadInput
from domain.rules.rules import ChatSettings
from messaging.telegram.texts.help import admins_only
from messaging.telegram.texts.mysize import size_text
from services.services import Services


async def mysize(request: Request, services: Services) -> Reply:
    """Set the size, or show it."""
    words = request.words.strip()
    if not words:
        found = await services.rules.settings(request.target.chat_id)
        return Reply(text=size_text(found.display, locale=request.locale))
    if request.is_read_only:
        raise BadInput(admins_only(locale=request.locale))
    usd, limit = parse_size(words)

    def change(old: ChatSettings) -> ChatSettings:
        display = structs.replace(old.display, size_usd=usd)
        if limit is not None:
            display = structs.replace(display, size_limit=limit)
        return structs.replace(old, display=display)

    changed = await services.rules.change_settings(request.target, change)
    return Reply(text=size_text(changed.display, locale=request.locale))
