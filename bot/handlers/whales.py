"""/whales: the addresses that scan sessions found, with a button to follow each; turned in place."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Desk
from messaging.telegram.keyboards.whales import whales_keyboard
from messaging.telegram.texts import whales as texts


async def whales(request: Request, desk: Desk) -> Reply:
    """List the largest, from the first page."""
    return await _page(request, desk, page=0)


async def page_tapped(request: Request, desk: Desk) -> Reply:
    """Show another page."""
    return await _page(request, desk, page=int(request.arguments[0]), in_place=True)


async def _page(request: Request, desk: Desk, *, page: int, in_place: bool = False) -> Reply:
    total = await desk.scans.count()
    if not total:
        return Reply(text=texts.no_whales(), in_place=in_place)
    shown = max(0, min(page, (total - 1) // texts.PAGE))
    found = await desk.scans.whales(most=texts.PAGE, after=shown * texts.PAGE)
    return Reply(
        text=texts.whales_list(found, page=shown, total=total, chain=desk.chain),
        keyboard=whales_keyboard(
            desk.callbacks, found, chat_id=request.place.chat_id, page=shown, total=total
        ),
        in_place=in_place,
    )
