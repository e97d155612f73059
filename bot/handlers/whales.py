"""/whales: lists the addresses that whale searches found, with a button to follow each; edited in place."""

from bot.dialog.request import Reply, Request
from domain.whale_search import WhalePage
from messaging.telegram.keyboards.whales import whales_keyboard
from messaging.telegram.texts import whales as texts
from runtime import clock
from services.services import Services


async def whales(request: Request, services: Services) -> Reply:
    """List those worth following, then the largest, from the first page."""
    return await _page(request, services, page=0)


async def page_callback(request: Request, services: Services) -> Reply:
    """Show another page."""
    return await _page(request, services, page=int(request.arguments[0]), in_place=True)


async def _page(request: Request, services: Services, *, page: int, in_place: bool = False) -> Reply:
    total = await services.whale_searches.count()
    if not total:
        return Reply(text=texts.no_whales(locale=request.locale), in_place=in_place)
    current = max(0, min(page, (total - 1) // texts.PAGE))
    best = await services.whale_searches.best(limit=texts.PAGE, after=current * texts.PAGE)
    watches = await services.watches.of(request.target)
    whales = WhalePage(whales=[whale for whale, _ in best], number=current, total=total)
    return Reply(
        text=texts.whales_list(
            whales,
            chain=services.chain,
            now=clock.now(),
            watches=watches,
            scores={whale.address: score for whale, score in best if score is not None},
            locale=request.locale,
        ),
        keyboard=whales_keyboard(
            services.callbacks, whales, chat_id=request.target.chat_id, watches=watches, locale=request.locale
        ),
        in_place=in_place,
    )
