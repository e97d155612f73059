"""/scanner start, stop, restart, status, finds, csv and their buttons: whale searches, for operators."""

from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation
from functools import partial

from bot.dialog.request import Document, Keyboard, Reply, Request
from domain.errors import BadInput
from domain.whale_search import (
    DEFAULT_MIN_SOL,
    DEFAULT_MINUTES,
    LAMPORTS,
    MAX_MINUTES,
    WhalePage,
    WhaleSearch,
)
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.keyboards.whales import search_keyboard, whales_keyboard
from messaging.telegram.texts import whale_searches as search_texts
from messaging.telegram.texts import whales as texts
from messaging.telegram.texts.whales import MAX_ROWS, whales_csv
from runtime import clock
from services.services import Services

_MIN_SOL = Decimal("0.001")
_MAX_SOL = Decimal(1_000_000)
_MAX_DIGITS = 20


async def scanner(request: Request, services: Services) -> Reply:
    """Run the subcommand named by the first word."""
    act, *words = request.words.split() or ["status"]
    chosen = _ACTS.get(act.lower())
    return Reply(text=search_texts.usage()) if chosen is None else await chosen(request, services, words)


async def scanner_callback(request: Request, services: Services) -> Reply:
    """Carry out the button's action; the message shows it."""
    act, *numbers = request.arguments
    if act in _BUTTONS:
        return await _BUTTONS[act](request, services, numbers)
    if act == "stop":
        await services.whale_searches.stop()
    if act == "restart":
        await services.whale_searches.restart(seconds=DEFAULT_MINUTES * 60.0)
    search = await services.whale_searches.latest()
    return (
        Reply(note=search_texts.nothing_to_stop())
        if search is None
        else _status_card(request, services, search)
    )


async def _start(request: Request, services: Services, words: list[str]) -> Reply:
    min_sol = _sol(words[0]) if words else Decimal(DEFAULT_MIN_SOL)
    minutes = _minutes(words[1]) if len(words) > 1 else DEFAULT_MINUTES
    search = await services.whale_searches.start(
        update_id=request.update_id,
        by=request.user_id,
        chat_id=request.target.chat_id,
        min_lamports=int(min_sol * LAMPORTS),
        seconds=minutes * 60.0,
    )
    is_ours = search.update_id == request.update_id
    text = search_texts.search_started(search) if is_ours else search_texts.search_runs_already(search)
    return _card(request, services, search, text)


async def _restart(request: Request, services: Services, words: list[str]) -> Reply:
    minutes = _minutes(words[0]) if words else DEFAULT_MINUTES
    search = await services.whale_searches.restart(seconds=minutes * 60.0)
    if search is None:
        return Reply(text=search_texts.nothing_to_restart())
    return _card(request, services, search, search_texts.search_restarted(search))


async def _stop(request: Request, services: Services, words: list[str]) -> Reply:
    del words
    search = await services.whale_searches.stop()
    if search is None:
        return Reply(text=search_texts.nothing_to_stop())
    return Reply(text=search_texts.search_stopped(search), keyboard=_buttons(request, services, search))


async def _status(request: Request, services: Services, words: list[str]) -> Reply:
    del words
    search = await services.whale_searches.latest()
    if search is None:
        return Reply(text=search_texts.no_search_yet())
    return _card(request, services, search, search_texts.search_progress(search))


async def _finds(request: Request, services: Services, words: list[str]) -> Reply:
    return await _page(request, services, _number(words), page=0)


async def _other_page(request: Request, services: Services, numbers: list[str]) -> Reply:
    return await _page(request, services, int(numbers[0]), page=int(numbers[1]), in_place=True)


async def _page(
    request: Request, services: Services, number: int | None, *, page: int, in_place: bool = False
) -> Reply:
    """One page of what a search found."""
    search = await services.whale_searches.find(number)
    if search is None:
        return Reply(text=search_texts.no_such_search())
    total = await services.whale_searches.count_finds(search.search_id)
    if not total:
        return Reply(text=search_texts.no_finds(search))
    current = max(0, min(page, (total - 1) // texts.PAGE))
    found = await services.whale_searches.finds(
        search.search_id, limit=texts.PAGE, after=current * texts.PAGE
    )
    whales = WhalePage(whales=found, number=current, total=total, search_id=search.search_id)
    watches = await services.watches.of(request.target)
    return Reply(
        text=texts.whales_list(
            whales, chain=services.chain, now=clock.now(), watches=watches, locale=request.locale
        ),
        keyboard=whales_keyboard(
            services.callbacks, whales, chat_id=request.target.chat_id, watches=watches, locale=request.locale
        ),
        in_place=in_place,
    )


async def _csv(request: Request, services: Services, words: list[str]) -> Reply:
    """A file of what one search found, or all of them."""
    if words:
        return await _file(services, _number(words), locale=request.locale)
    whales = await services.whale_searches.export(limit=MAX_ROWS)
    if not whales:
        return Reply(text=texts.no_whales(locale=request.locale))
    caption = texts.csv_caption(len(whales), await services.whale_searches.count(), locale=request.locale)
    return Reply(document=Document(name="whales.csv", content=whales_csv(whales), caption=caption))


async def _file(services: Services, number: int | None, *, locale: Locale = ENGLISH) -> Reply:
    search = await services.whale_searches.find(number)
    if search is None:
        return Reply(text=search_texts.no_such_search())
    whales = await services.whale_searches.finds(search.search_id, limit=MAX_ROWS)
    if not whales:
        return Reply(text=search_texts.no_finds(search))
    caption = texts.csv_caption(
        len(whales), await services.whale_searches.count_finds(search.search_id), locale=locale
    )
    name = f"whales-{search.search_id}.csv"
    return Reply(document=Document(name=name, content=whales_csv(whales), caption=caption))


_Act = Callable[[Request, Services, list[str]], Awaitable[Reply]]
_ACTS: dict[str, _Act] = {
    "start": _start,
    "restart": _restart,
    "stop": _stop,
    "status": _status,
    "finds": _finds,
    "csv": _csv,
}
_BUTTONS: dict[str, _Act] = {"csv": _csv, "file": _csv, "finds": _finds, "page": _other_page}
"""What a button does that is no act upon the card itself."""


def _card(request: Request, services: Services, search: WhaleSearch, text: str) -> Reply:
    """The search as it is; while it runs, its worker keeps this message up to date."""
    keep = partial(services.whale_searches.set_card_message, search.search_id, request.target.chat_id)
    return Reply(text=text, keyboard=_buttons(request, services, search), when_sent=keep)


def _status_card(request: Request, services: Services, search: WhaleSearch) -> Reply:
    return Reply(
        text=search_texts.search_progress(search), keyboard=_buttons(request, services, search), in_place=True
    )


def _buttons(request: Request, services: Services, search: WhaleSearch) -> Keyboard:
    return search_keyboard(services.callbacks, search, chat_id=request.target.chat_id)


def _number(words: list[str]) -> int | None:
    """The number of a search; None: the latest."""
    if not words:
        return None
    if not (words[0].isascii() and words[0].isdigit() and len(words[0]) <= _MAX_DIGITS - 2):
        raise BadInput(search_texts.no_such_search())
    return int(words[0])


def _sol(word: str) -> Decimal:
    try:
        number = Decimal(word) if len(word) <= _MAX_DIGITS else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not _MIN_SOL <= number <= _MAX_SOL:
        raise BadInput(search_texts.bad_minimum())
    return number


def _minutes(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= _MAX_DIGITS):
        raise BadInput(search_texts.bad_minutes())
    if not 1 <= int(word) <= MAX_MINUTES:
        raise BadInput(search_texts.bad_minutes())
    return int(word)
