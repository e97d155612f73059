"""/history: what the wallets of a chat did, one of them, or with one token; pages turn in place."""

from msgspec import structs

from bot.dialog.choice import ask_token, ask_wallet, mints_named
from bot.dialog.request import Reply, Request
from bot.parsing.labels import matching_watches
from domain.activity.addresses import is_address
from domain.alerts.kinds import rules_of
from domain.rules.rules import Watch, distinguish
from messaging.telegram.keyboards.history import history_keyboard
from messaging.telegram.texts import history as texts
from messaging.telegram.texts import watches as watch_texts
from services.services import Services

EVERYTHING = "0"
"""What a page is about that is about no wallet and no token alone."""


async def history(request: Request, services: Services) -> Reply:
    """The first page of all wallets, of the wallet that is named, or of the token."""
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(
            text=watch_texts.nothing_followed(is_private=request.target.is_private, locale=request.locale)
        )
    words = request.words.strip()
    found = matching_watches(watches, words) if words else []
    if len(found) > 1:
        return await ask_wallet(structs.replace(request, command="history"), services, found, among=watches)
    if found:
        return await _page(request, services, watches, about=str(found[0].watch_id))
    mints = await mints_named(request, services, words) if words else []
    if len(mints) > 1:
        return await ask_token(structs.replace(request, command="history"), services, words, mints)
    if words and not mints:
        return Reply(text=watch_texts.not_followed(words[:40], locale=request.locale))
    return await _page(request, services, watches, about=mints[0] if mints else EVERYTHING)


async def page_callback(request: Request, services: Services) -> Reply:
    """Another page, in place of the one before."""
    page, about = request.arguments
    watches = await services.watches.of(request.target)
    number = max(0, min(int(page), texts.MAX_PAGES - 1))
    return structs.replace(await _page(request, services, watches, about=about, page=number), in_place=True)


async def _page(
    request: Request, services: Services, watches: list[Watch], *, about: str, page: int = 0
) -> Reply:
    names = {one.watch_id: distinguish(watches, one).label for one in watches}
    mint = about if is_address(about) else None
    wanted = [one for one in names if mint or about in {EVERYTHING, str(one)}]
    days = (await services.people.tier(request.target.chat_id)).history_days
    past = await services.positions.past_alerts(
        wanted, mint=mint, after=page * texts.PAGE, limit=texts.PAGE + 1, days=days
    )
    if not past:
        return Reply(text=texts.nothing_seen(locale=request.locale))
    lines = [
        texts.HistoryLine(
            event=one.event,
            label=names[one.watch_id],
            market=one.market,
            happened_at=one.happened_at,
            reverted=one.reverted,
        )
        for one in past[: texts.PAGE]
    ]
    mints = {token for one in lines for token in rules_of(one.event).tokens(one.event)}
    tokens = await services.positions.known_tokens(sorted(mints))
    return Reply(
        text=texts.history(
            lines, {one: token.symbol for one, token in tokens.items()}, page=page, locale=request.locale
        ),
        keyboard=history_keyboard(
            services.callbacks,
            page=page,
            about=about,
            has_more=len(past) > texts.PAGE,
            chat_id=request.target.chat_id,
        ),
    )
