"""/wallet and /pnl: what followed wallets have made, from what is stored."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from telegram import InlineKeyboardMarkup

from bot.dialog.choice import ask_wallet
from bot.dialog.request import Reply, Request, SlowQuestion
from bot.parsing.labels import matching_watches
from domain.activity.addresses import parse_address
from domain.alerts.kinds import rules_of
from domain.jobs import QuestionKind
from domain.positions.holdings import Holding
from domain.positions.profit import PricedHolding, Profit, profit_of
from domain.positions.records import RankedBy, rank, record_of
from domain.positions.risks import risks_of
from domain.rules.rules import Watch, distinguish
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.keyboards.records import record_keyboard, theme_of
from messaging.telegram.names import TokenNames
from messaging.telegram.texts import rankings
from messaging.telegram.texts import records as texts
from messaging.telegram.texts import watches as watch_texts
from messaging.telegram.texts.history import HistoryLine, latest_lines
from messaging.telegram.texts.profit import unrealised_line
from messaging.telegram.texts.risks import risks_line
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
MAX_LATEST = 3
"""Of what it did last, on the card of a wallet."""
MAX_FOUND, MAX_SCORES = 10, 500
"""Whales that /top lists beside them, and of how many it takes the best."""


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
    positions = await _opened(services, [watch.wallet])
    tokens = await services.positions.known_tokens([one.mint for one in positions])
    names = TokenNames(
        chain=services.chain, symbols={mint: one.symbol for mint, one in tokens.items()}, locale=locale
    )
    text = texts.card(
        watch.label, watch.wallet, record_of(holdings), positions, names, history, locale=locale
    )
    markup = record_keyboard(services.callbacks, chat_id=watch.chat_id, wallet=watch.wallet, locale=locale)
    scanned, unsellable = await services.scan_store.count_unsellable([*holdings])
    more = [
        unrealised_line(_profit(positions), locale=locale),
        risks_line(risks_of(holdings.values(), scanned=scanned, unsellable=unsellable), locale=locale),
        *await _latest(services, watch, locale=locale),
    ]
    text = "\n".join([text, *(line for line in more if line)])
    return Reply(text=text, keyboard=InlineKeyboardMarkup.de_json({**markup}))


async def _latest(services: Services, watch: Watch, *, locale: Locale) -> list[str]:
    """What the wallet did last, the latest first, under a head; empty: nothing is stored."""
    past = await services.positions.past_alerts([watch.watch_id], mint=None, after=0, limit=MAX_LATEST)
    lines = [
        HistoryLine(
            event=one.event,
            label=watch.label,
            market=one.market,
            happened_at=one.happened_at,
            reverted=one.reverted,
        )
        for one in past
    ]
    mints = {token for one in lines for token in rules_of(one.event).tokens(one.event)}
    tokens = await services.positions.known_tokens(sorted(mints))
    return latest_lines(lines, {mint: token.symbol for mint, token in tokens.items()}, locale=locale)


def _profit(positions: Iterable[texts.OpenPosition]) -> Profit:
    return profit_of(
        PricedHolding(holding=one.holding, decimals=one.decimals, price=one.price) for one in positions
    )


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
    """The wallets of this chat, by what they have made, and whales that the bot knows beside them."""
    watches = await services.watches.of(request.target)
    order = next((one for one in RankedBy if one == request.words.strip().lower()), RankedBy.PROFIT)
    found = await _found(services, {watch.wallet for watch in watches}, order)
    if not watches and not found.best:
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
    ranked.sort(key=lambda one: rank(one.record, order))
    mine, more = ranked[:MAX_RANKED], len(ranked) - MAX_RANKED
    display = (await services.rules.settings(request.target.chat_id)).display
    return Reply(
        text=rankings.ranking(mine, found, order=order, more=more, locale=request.locale),
        rich=rankings.ranking_tables(mine, found, order=order, locale=request.locale) if display.rich else "",
    )


async def _found(services: Services, followed: Collection[str], order: RankedBy) -> rankings.OtherWallets:
    """Whales of searches and example wallets, but those that the chat follows; nobody else's watches."""
    scores = await services.whale_searches.scores(limit=MAX_SCORES)
    records = {address: score.record for address, score in scores.items()}
    labels = {address: label for label, address in services.examples}
    examples = await services.positions.of([*labels])
    records |= {address: record_of(found) for address, found in examples.items() if found}
    known = [
        rankings.Ranked(label=labels.get(address, ""), wallet=address, record=record)
        for address, record in records.items()
        if record.trades and address not in followed
    ]
    known.sort(key=lambda one: (rank(one.record, order), one.wallet))
    gained = sum(one.record.net_sol > 0 for one in known)
    return rankings.OtherWallets(best=known[:MAX_FOUND], gained=gained, known=len(known))


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
    text = rankings.gains(
        rows[:MAX_RANKED], request.locale.gettext(words), more=len(rows) - MAX_RANKED, locale=request.locale
    )
    opened = await _opened(services, [row.wallet for row in rows[:MAX_RANKED]])
    line = unrealised_line(_profit(opened), locale=request.locale)
    return Reply(text=f"{text}\n{line}" if line else text)


async def _opened(services: Services, wallets: Sequence[str]) -> list[texts.OpenPosition]:
    """What these wallets hold, with what it is worth."""
    holdings = await services.positions.of(wallets)
    open_ones = [
        (mint, one)
        for of_wallet in holdings.values()
        for mint, one in sorted(of_wallet.items(), key=_dearest_first)
        if one.quantity and not one.is_closed
    ]
    mints = [*dict.fromkeys(mint for mint, _ in open_ones)]
    tokens = await services.positions.known_tokens(mints)
    prices = await services.positions.prices(mints)
    return [
        texts.OpenPosition(
            mint=mint,
            holding=holding,
            decimals=tokens[mint].decimals if mint in tokens else None,
            price=prices[mint].usd if mint in prices else None,
        )
        for mint, holding in open_ones
    ]


def _best_first(row: rankings.Row) -> tuple[bool, int]:
    return row.sales == 0, -(row.gain_sol or 0)


def _name_and_period(words: str) -> tuple[str, str]:
    """What stands before a period at the end, and that period."""
    name, _, last = words.strip().rpartition(" ")
    if last.lower() in _PERIODS:
        return name.strip(), last.lower()
    return words.strip(), _USUAL
