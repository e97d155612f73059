"""/wallet and /pnl: what followed wallets have made, from what is stored."""

from dataclasses import replace

from telegram import InlineKeyboardMarkup

from bot.dialog.choice import ask_wallet
from bot.dialog.request import Reply, Request, SlowQuestion
from bot.parsing.labels import matching_watches
from domain.activity.addresses import parse_address
from domain.jobs import QuestionKind
from domain.positions.holdings import Holding
from domain.positions.records import record_of
from domain.rules.rules import Watch, distinguish
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.keyboards.records import record_keyboard, theme_of
from messaging.telegram.names import TokenNames
from messaging.telegram.texts import rankings
from messaging.telegram.texts import records as texts
from messaging.telegram.texts import watches as watch_texts
from services.services import Services

_DAY = 86_400.0
_PERIODS = {
    "7d": (7 * _DAY, gettext_noop("7 days")),
    "30d": (30 * _DAY, gettext_noop("30 days")),
    "all": (3_650 * _DAY, gettext_noop("all time")),
}
_USUAL = "30d"
MAX_RANKED = 20
"""Wallets that one message lists."""


async def wallet(request: Request, services: Services) -> Reply:
    """The record of one wallet that this chat follows."""
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(
            text=watch_texts.nothing_followed(is_private=request.target.is_private, locale=request.locale)
        )
    name = request.words.strip()
    found = matching_watches(watches, name) if name else watches
    if not found:
        return Reply(text=texts.not_followed(name[:40], locale=request.locale))
    if len(found) > 1:
        return await ask_wallet(replace(request, command="wallet"), services, found, among=watches)
    return await _card(services, distinguish(watches, found[0]), locale=request.locale)


async def _card(services: Services, watch: Watch, *, locale: Locale = ENGLISH) -> Reply:
    holdings = (await services.positions.of([watch.wallet]))[watch.wallet]
    history = await _history(services, watch.wallet)
    if not holdings:
        return Reply(text=texts.nothing_seen(watch.label, watch.wallet, history, locale=locale))
    opened = {mint: one for mint, one in holdings.items() if one.quantity and not one.is_closed}
    tokens = await services.positions.known_tokens([*opened])
    prices = await services.positions.prices([*opened])
    positions = [
        texts.OpenPosition(
            mint=mint,
            holding=holding,
            decimals=tokens[mint].decimals if mint in tokens else None,
            price=prices[mint].usd if mint in prices else None,
        )
        for mint, holding in sorted(opened.items(), key=_dearest_first)
    ]
    names = TokenNames(
        chain=services.chain, symbols={mint: one.symbol for mint, one in tokens.items()}, locale=locale
    )
    text = texts.card(
        watch.label, watch.wallet, record_of(holdings), positions, names, history, locale=locale
    )
    markup = record_keyboard(services.callbacks, chat_id=watch.chat_id, wallet=watch.wallet, locale=locale)
    return Reply(text=text, keyboard=InlineKeyboardMarkup.de_json({**markup}))


async def equity_callback(request: Request, services: Services) -> Reply:
    """Draw what the wallet of the button has made over time."""
    wallet, code = request.arguments
    await services.chats.open(request.target)
    subject = f"{parse_address(wallet)} {theme_of(code).value}"
    return Reply(
        text=texts.drawing(locale=request.locale),
        question=SlowQuestion(kind=QuestionKind.EQUITY, subject=subject),
    )


async def _history(services: Services, address: str) -> texts.History | None:
    progress = await services.positions.history(address)
    if progress is None:
        return texts.History(transactions=0, planned=0)
    if progress.has_ended:
        return None
    return texts.History(transactions=progress.transactions, planned=progress.planned)


def _dearest_first(item: tuple[str, Holding]) -> tuple[int, int, str]:
    mint, holding = item
    return -holding.sol.cost, -holding.usd.cost, mint


async def top(request: Request, services: Services) -> Reply:
    """The wallets of this chat, by what they have made."""
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(
            text=watch_texts.nothing_followed(is_private=request.target.is_private, locale=request.locale)
        )
    holdings = await services.positions.of([watch.wallet for watch in watches])
    ranked = [
        rankings.Ranked(
            label=distinguish(watches, watch).label,
            wallet=watch.wallet,
            record=record_of(holdings[watch.wallet]),
        )
        for watch in watches
    ]
    ranked.sort(key=lambda one: (one.record.trades == 0, -one.record.net_sol))
    display = (await services.rules.settings(request.target.chat_id)).display
    return Reply(
        text=rankings.ranking(ranked[:MAX_RANKED], more=len(ranked) - MAX_RANKED, locale=request.locale),
        rich=rankings.ranking_table(ranked[:MAX_RANKED], locale=request.locale) if display.rich else "",
    )


async def pnl(request: Request, services: Services) -> Reply:
    """What the wallets of this chat, or one of them, made in a week, a month, or ever."""
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(
            text=watch_texts.nothing_followed(is_private=request.target.is_private, locale=request.locale)
        )
    name, period = _name_and_period(request.words)
    found = matching_watches(watches, name) if name else watches
    if not found:
        return Reply(text=texts.not_followed(name[:40], locale=request.locale))
    seconds, words = _PERIODS[period]
    gains = await services.positions.gains([watch.wallet for watch in found], seconds=seconds)
    rows = []
    for watch in found:
        made = gains.get(watch.wallet)
        rows.append(
            rankings.Row(
                label=distinguish(watches, watch).label,
                wallet=watch.wallet,
                gain_sol=None if made is None else made.gain_sol,
                gain_usd=None if made is None else made.gain_usd,
                sales=0 if made is None else made.sales,
                partly_known=0 if made is None else made.partly_known,
            )
        )
    rows.sort(key=_best_first)
    return Reply(
        text=rankings.gains(
            rows[:MAX_RANKED],
            request.locale.gettext(words),
            more=len(rows) - MAX_RANKED,
            locale=request.locale,
        )
    )


def _best_first(row: rankings.Row) -> tuple[bool, int]:
    return row.sales == 0, -(row.gain_sol or 0)


def _name_and_period(words: str) -> tuple[str, str]:
    """What stands before a period at the end, and that period."""
    name, _, last = words.strip().rpartition(" ")
    if last.lower() in _PERIODS:
        return name.strip(), last.lower()
    return words.strip(), _USUAL
