"""/wallet and /pnl: what followed wallets have made, from what is stored."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec import structs
from telegram import InlineKeyboardMarkup

from bot.dialog.choice import ask_wallet
from bot.dialog.request import Reply, Request, SlowQuestion
from bot.parsing.labels import matching_watches
from domain.activity.activity import SOL_DECIMALS
from domain.activity.addresses import parse_address
from domain.alerts.kinds import rules_of
from domain.jobs import QuestionKind
from domain.positions.holdings import Holding
from domain.positions.profit import PricedHolding, Profit, profit_of, total_of
from domain.positions.records import RankedBy, Record, rank, record_of
from domain.positions.risks import risks_of
from domain.rules.rules import Watch, distinguish
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.keyboards.records import record_keyboard, theme_of
from messaging.telegram.names import TokenNames
from messaging.telegram.texts import equity as equity_texts
from messaging.telegram.texts import rankings
from messaging.telegram.texts import records as texts
from messaging.telegram.texts import watches as watch_texts
from messaging.telegram.texts.history import HistoryLine, latest_lines
from messaging.telegram.texts.profit import unrealised_line
from messaging.telegram.texts.risks import risks_line
from services.services import Services
from storage.market.gains import MAX_SALES, Gains

_DAY = 86_400.0
_WORDS = {
    "7d": gettext_noop("7 days"),
    "30d": gettext_noop("30 days"),
    "all": gettext_noop("all time"),
}
_SECONDS = {"7d": 7 * _DAY, "30d": 30 * _DAY}
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
        question = "" if name else watch_texts.ask_which("record", locale=request.locale)
        request = structs.replace(request, command="wallet")
        return await ask_wallet(request, services, found, among=watches, question=question)
    return await _card(services, distinguish(watches, found[0]), locale=request.locale)


async def _card(services: Services, watch: Watch, *, locale: Locale = ENGLISH) -> Reply:
    holdings = (await services.positions.of([watch.wallet]))[watch.wallet]
    history = await _history(services, watch.wallet)
    if not holdings:
        return Reply(text=texts.nothing_seen(watch.label, watch.wallet, history, locale=locale))
    positions = await _opened(services, [holdings])
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
    """Return what the wallet did last, the latest first, under a head; empty: nothing is stored."""
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
        text=equity_texts.drawing(locale=request.locale),
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
    records = await asyncio.to_thread(_records, holdings)
    ranked = [
        rankings.Ranked(
            label=distinguish(watches, watch).label, wallet=watch.wallet, record=records[watch.wallet]
        )
        for watch in watches
    ]
    sol_usd = await services.positions.sol_usd()
    ranked.sort(key=lambda one: rank(one.record, order, sol_usd))
    mine, more = ranked[:MAX_RANKED], len(ranked) - MAX_RANKED
    display = (await services.rules.settings(request.target.chat_id)).display
    return Reply(
        text=rankings.ranking(mine, found, order=order, more=more, locale=request.locale),
        rich=rankings.ranking_tables(mine, found, order=order, locale=request.locale) if display.rich else "",
    )


def _records(holdings: Mapping[str, Mapping[str, Holding]]) -> dict[str, Record]:
    """Of each wallet; of the hundreds that a chat may follow it takes longer than others can wait."""
    return {wallet: record_of(found) for wallet, found in holdings.items()}


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
    sol_usd = await services.positions.sol_usd()
    known.sort(key=lambda one: (rank(one.record, order, sol_usd), one.wallet))
    gained = sum(one.record.comparable(sol_usd) > 0 for one in known)
    return rankings.OtherWallets(best=known[:MAX_FOUND], gained=gained, known=len(known))


async def pnl(request: Request, services: Services) -> Reply:
    """Return what the wallets of this chat, or one of them, made in a week, a month, or ever."""
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(
            text=watch_texts.nothing_followed(is_private=request.target.is_private, locale=request.locale)
        )
    name, period = _name_and_period(request.words)
    found = matching_watches(watches, name) if name else watches
    if not found:
        return Reply(text=texts.not_followed(name[:40], locale=request.locale))
    rows = await _rows(services, watches, found, period)
    sol_usd = await services.positions.sol_usd()
    rows.sort(key=lambda row: _best_first(row, sol_usd))
    words = request.locale.gettext(_WORDS[period])
    holdings = await services.positions.of([row.wallet for row in rows[:MAX_RANKED]])
    opened = await _opened(services, holdings.values())
    text = rankings.gains(
        rows[:MAX_RANKED],
        words,
        more=len(rows) - MAX_RANKED,
        unrealised=unrealised_line(_profit(opened), locale=request.locale),
        locale=request.locale,
    )
    return Reply(text=text)


async def _rows(
    services: Services, watches: Sequence[Watch], found: Sequence[Watch], period: str
) -> list[rankings.Row]:
    """Return what each wallet made: in a period by what its sales said, in all by what its positions say."""
    wallets = [watch.wallet for watch in found]
    labels = {watch.wallet: distinguish(watches, watch).label for watch in found}
    if period not in _SECONDS:
        holdings = await services.positions.of(wallets)
        return [_in_all(labels[wallet], wallet, holdings[wallet]) for wallet in wallets]
    gains = await services.positions.gains(wallets, seconds=_SECONDS[period])
    return [_in_a_period(labels[wallet], wallet, gains.get(wallet)) for wallet in wallets]


def _in_all(label: str, wallet: str, holdings: Mapping[str, Holding]) -> rankings.Row:
    total = total_of(holdings.values())
    return rankings.Row(
        label=label,
        wallet=wallet,
        gain_sol=total.gain_sol,
        gain_usd=total.gain_usd,
        sales=total.sales,
        coverage=total.coverage,
        is_whole=total.is_whole,
    )


def _in_a_period(label: str, wallet: str, made: Gains | None) -> rankings.Row:
    return rankings.Row(
        label=label,
        wallet=wallet,
        gain_sol=None if made is None else made.gain_sol,
        gain_usd=None if made is None else made.gain_usd,
        sales=0 if made is None else made.sales,
        partly_known=0 if made is None else made.partly_known,
        is_limited=made is not None and made.sales >= MAX_SALES,
    )


async def _opened(services: Services, holdings: Iterable[Mapping[str, Holding]]) -> list[texts.OpenPosition]:
    """Return what wallets hold, with what it is worth; `holdings`: of each by mint."""
    open_ones = [
        (mint, one)
        for of_wallet in holdings
        for mint, one in sorted(of_wallet.items(), key=_dearest_first)
        if (one.quantity and not one.is_closed) or one.is_away
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


def _best_first(row: rankings.Row, sol_usd: Decimal | None) -> tuple[bool, bool, Decimal]:
    """Dollars by the price of SOL today; of whom nothing is known behind all others that sold."""
    gain = None if row.gain_sol is None else Decimal(row.gain_sol)
    if gain is None and row.gain_usd is not None and sol_usd:
        gain = (row.gain_usd / sol_usd).scaleb(SOL_DECIMALS)
    return row.sales == 0, gain is None, -(gain or Decimal(0))


def _name_and_period(words: str) -> tuple[str, str]:
    """Return what stands before a period at the end, and that period."""
    name, _, last = words.strip().rpartition(" ")
    if last.lower() in _WORDS:
        return name.strip(), last.lower()
    return words.strip(), _USUAL
