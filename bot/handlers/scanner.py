"""/scanner start, stop, status, csv and their buttons: whale searches, for operators."""

from collections.abc import Awaitable, Callable
from decimal import Decimal, InvalidOperation

from bot.dialog.request import Document, Keyboard, Reply, Request
from domain.errors import BadInput
from domain.whale_search import DEFAULT_MIN_SOL, DEFAULT_MINUTES, LAMPORTS, MAX_MINUTES, WhaleSearch
from messaging.telegram.keyboards.whales import search_keyboard
from messaging.telegram.texts import whales as texts
from messaging.telegram.texts.whales import MAX_ROWS, whales_csv
from services.services import Services

_MIN_SOL = Decimal("0.001")
_MAX_SOL = Decimal(1_000_000)
_MAX_DIGITS = 20


async def scanner(request: Request, services: Services) -> Reply:
    """Do what the first word after the command says."""
    act, *words = request.words.split() or ["status"]
    if act.lower() == "start":
        return await _start(request, services, words)
    chosen = _ACTS.get(act.lower())
    return Reply(text=texts.usage()) if chosen is None else await chosen(request, services)


async def scanner_callback(request: Request, services: Services) -> Reply:
    """Do what the button says; the message shows it."""
    act = request.arguments[0]
    if act == "csv":
        return await _csv(request, services)
    if act == "stop":
        await services.whale_searches.stop()
    search = await services.whale_searches.latest()
    return Reply(note=texts.nothing_to_stop()) if search is None else _status_card(request, services, search)


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
    text = texts.search_started(search) if is_ours else texts.search_runs_already(search)
    return Reply(text=text, keyboard=_buttons(request, services, search))


async def _stop(request: Request, services: Services) -> Reply:
    search = await services.whale_searches.stop()
    if search is None:
        return Reply(text=texts.nothing_to_stop())
    return Reply(text=texts.search_stopped(search), keyboard=_buttons(request, services, search))


async def _status(request: Request, services: Services) -> Reply:
    search = await services.whale_searches.latest()
    if search is None:
        return Reply(text=texts.no_scan())
    return Reply(text=texts.search_progress(search), keyboard=_buttons(request, services, search))


async def _csv(request: Request, services: Services) -> Reply:
    del request
    whales = await services.whale_searches.export(limit=MAX_ROWS)
    if not whales:
        return Reply(text=texts.no_whales())
    caption = texts.csv_caption(len(whales), await services.whale_searches.count())
    return Reply(document=Document(name="whales.csv", content=whales_csv(whales), caption=caption))


_ACTS: dict[str, Callable[[Request, Services], Awaitable[Reply]]] = {
    "stop": _stop,
    "status": _status,
    "csv": _csv,
}


def _status_card(request: Request, services: Services, search: WhaleSearch) -> Reply:
    return Reply(
        text=texts.search_progress(search), keyboard=_buttons(request, services, search), in_place=True
    )


def _buttons(request: Request, services: Services, search: WhaleSearch) -> Keyboard:
    return search_keyboard(services.callbacks, search, chat_id=request.target.chat_id)


def _sol(word: str) -> Decimal:
    try:
        number = Decimal(word) if len(word) <= _MAX_DIGITS else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not _MIN_SOL <= number <= _MAX_SOL:
        raise BadInput(texts.bad_minimum())
    return number


def _minutes(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= _MAX_DIGITS):
        raise BadInput(texts.bad_minutes())
    if not 1 <= int(word) <= MAX_MINUTES:
        raise BadInput(texts.bad_minutes())
    return int(word)
