"""The answers to questions about a token: the card with its chart, the price alone, an alert on it."""

import asyncio
import math
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import structs

from chain.decoders.programs import PROGRAMS
from chain.rpc.mints import token_names
from domain.activity.activity import SOL, TRADES, WRAPPED_SOL
from domain.activity.prices import ReadPrice, fill_in_dollars
from domain.alerts.kinds import rules_of
from domain.jobs import Question
from domain.rules.lanes import market_token
from domain.tokens.candles import RANGES, Candle, ChartRange, merged
from domain.tokens.market_price import TokenPrice, UnknownPrice
from domain.tokens.price_alerts import MAX_ALERTS, Condition, PriceAlert
from messaging.languages.choice import locale_for
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.charts.png import chart_png
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.charts.svg import Chart, Mark
from messaging.telegram.keyboards.token import price_keyboard, read_chart_code, token_keyboard
from messaging.telegram.texts.price_alert import set_alert, too_many
from messaging.telegram.texts.token import (
    Holder,
    TokenFacts,
    not_set,
    price_card,
    price_failed,
    token_card,
)
from runtime import clock
from storage.chats.watches import holders_followed, watches_of
from storage.delivery.chat_alerts import add_price_alert
from storage.delivery.chat_history import PastAlert, PastAlertQuery, past_alerts
from storage.market.candles import candles
from storage.market.dollars import last_reading
from storage.market.tokens import Token, save_tokens
from workers.cached_facts import PriceReading
from workers.process import Context
from workers.questions.handler import Answer, QuestionHandler

MAX_MARKS = 60
"""Trades of followed wallets in one picture, the latest."""
_CHANGES = (ChartRange.HOUR, ChartRange.DAY, ChartRange.WEEK)
"""The times over which changes are announced."""


async def _answer_token(context: Context, question: Question) -> Answer:
    mint, _, code = question.subject.partition(" ")
    of, theme = read_chart_code(code)
    facts = await _facts(context, question, mint)
    keyboard = token_keyboard(
        context.callbacks,
        chat_id=question.chat_id,
        mint=mint,
        of=of,
        theme=theme,
        locale=locale_for(question),
    )
    if isinstance(facts.price, UnknownPrice):
        return Answer(text=token_card(facts, locale=locale_for(question)), keyboard=keyboard)
    drawn = merged(await _candles(context, mint, of, facts.now), RANGES[of].drawn)
    chart = structs.replace(
        _chart(facts, facts.price, drawn, of, theme),
        marks=await _marks(context, question, mint, of),
        locale=locale_for(question),
    )
    return Answer(
        text=token_card(facts, locale=locale_for(question)),
        keyboard=keyboard,
        photo=await asyncio.to_thread(chart_png, chart),
    )


def _chart(facts: TokenFacts, price: TokenPrice, drawn: list[Candle], of: ChartRange, theme: Theme) -> Chart:
    return Chart(
        symbol=facts.symbol or "",
        mint=facts.mint,
        usd=price.usd,
        candles=drawn,
        until=facts.now,
        range=of,
        market_cap=price.market_cap,
        liquidity=price.liquidity,
        theme=theme,
    )


async def _answer_price(context: Context, question: Question) -> Answer:
    mint, *wanted = question.subject.split(" ")
    facts = await _facts(context, question, mint)
    if wanted:
        return Answer(text=await _set(context, question, facts, Condition(wanted[0]), Decimal(wanted[1])))
    keyboard = price_keyboard(
        context.callbacks, chat_id=question.chat_id, mint=mint, locale=locale_for(question)
    )
    return Answer(text=price_card(facts, locale=locale_for(question)), keyboard=keyboard)


async def _set(
    context: Context, question: Question, facts: TokenFacts, condition: Condition, target: Decimal
) -> str:
    """Set a price alert, which starts from the price now; one whose price is reached already waits."""
    if isinstance(facts.price, UnknownPrice):
        return not_set(facts, locale=locale_for(question))
    usd = facts.price.usd
    waiting = {Condition.ABOVE: usd < target, Condition.BELOW: usd > target}
    alert = PriceAlert(
        price_alert_id=0,
        chat_id=question.chat_id,
        topic_id=question.topic_id,
        chain=facts.chain,
        mint=facts.mint,
        condition=condition,
        target=target,
        anchor=usd,
        is_armed=waiting.get(condition, True),
    )
    stored = await add_price_alert(context.database, alert, limit=MAX_ALERTS)
    return (
        too_many(locale=locale_for(question))
        if stored is None
        else set_alert(facts.title(locale=locale_for(question)), stored, usd, locale=locale_for(question))
    )


async def _facts(context: Context, question: Question, mint: str) -> TokenFacts:
    """Everything shown of a token.

    Raises:
        NodeUnavailable: no provider answered.
    """
    chain, now = context.settings.chain, clock.now()
    reading = await context.cached.prices.get_or_load(mint, lambda: _read(context, mint))
    price = reading.price or reading.unknown or UnknownPrice.NO_POOL
    token = await _token(context, mint)
    venue = PROGRAMS.get(price.venue or "") if isinstance(price, TokenPrice) else None
    return TokenFacts(
        chain=chain,
        mint=mint,
        symbol=None if token is None else token.symbol,
        name=None if token is None else token.name,
        price=price,
        decimals=None if token is None else token.decimals,
        created_at=None if token is None else token.created_at,
        now=now,
        venue=venue.name if venue else "",
        changes=await _changes(context, mint, price, now),
        holders=await _holders(context, question, mint),
        reading=await _reading(context, mint),
    )


async def _reading(context: Context, mint: str) -> ReadPrice | None:
    """Of SOL, or of a dollar token; others stand nowhere."""
    quote = SOL if mint == WRAPPED_SOL else mint
    return await last_reading(context.database, chain=context.settings.chain, mint=quote)


async def _read(context: Context, mint: str) -> PriceReading:
    found = await context.token_prices.prices_now([mint], search=True)
    return PriceReading(price=found.known.get(mint), unknown=found.unknown.get(mint))


async def _token(context: Context, mint: str) -> Token | None:
    """Return what a mint is called: as remembered, else as the chain says now; None: it is no mint."""
    known = (await context.cached.tokens.find([mint])).get(mint)
    if known is not None:
        return known
    chain = context.settings.chain
    found = [
        Token(chain=chain, mint=one.mint, symbol=one.symbol, name=one.name, decimals=one.decimals)
        for one in await token_names(context.nodes, [mint])
    ]
    await save_tokens(context.database, found)
    return found[0] if found else None


async def _marks(context: Context, question: Question, mint: str, of: ChartRange) -> list[Mark]:
    """Return what wallets of the chat bought and sold of the token."""
    followed = await watches_of(
        context.database, chat_id=question.chat_id, topic_id=question.topic_id, chain=context.settings.chain
    )
    days = math.ceil(RANGES[of].length / 86_400)
    asked = PastAlertQuery(
        watch_ids=[watch.watch_id for watch in followed], mint=mint, limit=MAX_MARKS, days=days
    )
    past = await past_alerts(context.database, asked)
    return [mark for one in past if not one.reverted and (mark := _mark(one, mint)) is not None]


def _mark(past: PastAlert, mint: str) -> Mark | None:
    activity = rules_of(past.event).activity(past.event)
    if activity is None or activity.kind not in TRADES or market_token(activity) != mint:
        return None
    usd = fill_in_dollars(activity, past.market)
    is_entry = any(leg.mint == mint for leg in activity.received)
    return None if usd is None else Mark(at=past.happened_at, usd=usd, is_entry=is_entry)


async def _candles(context: Context, mint: str, of: ChartRange, now: datetime) -> list[Candle]:
    rules = RANGES[of]
    return await candles(
        context.database,
        chain=context.settings.chain,
        mint=mint,
        seconds=rules.stored,
        since=now - timedelta(seconds=rules.length),
    )


async def _changes(
    context: Context, mint: str, price: TokenPrice | UnknownPrice, now: datetime
) -> dict[ChartRange, Decimal]:
    """How far the price has moved since the first price that was seen of each time; none: nothing was."""
    if isinstance(price, UnknownPrice):
        return {}
    found: dict[ChartRange, Decimal] = {}
    for of in _CHANGES:
        seen = await _candles(context, mint, of, now)
        reaches = timedelta(seconds=RANGES[of].length * 0.75)
        if seen and now - seen[0].begins >= reaches:
            found[of] = price.usd / seen[0].open - 1
    return found


async def _holders(context: Context, question: Question, mint: str) -> list[Holder]:
    rows = await holders_followed(
        context.database,
        chat_id=question.chat_id,
        topic_id=question.topic_id,
        chain=context.settings.chain,
        mint=mint,
    )
    return [Holder(label=label, wallet=wallet, raw=raw) for label, wallet, raw in rows]


def _give_up(subject: str, *, locale: Locale = ENGLISH) -> str:
    return price_failed(subject.partition(" ")[0], locale=locale)


TOKEN_HANDLER = QuestionHandler(answer=_answer_token, give_up=_give_up)
PRICE_HANDLER = QuestionHandler(answer=_answer_price, give_up=_give_up)
