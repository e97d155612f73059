"""The answer to a question about a portfolio: what all wallets that a chat follows hold together."""

import asyncio
import logging
from collections.abc import Sequence

from domain.activity.amounts import joined
from domain.errors import NodeUnavailable
from domain.jobs import Question
from domain.positions.profit import PricedHolding, profit_of
from domain.rules.rules import Watch, distinguish
from messaging.languages.choice import locale_for
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts.balance import (
    Pricing,
    WalletBalance,
    no_portfolio,
    portfolio_card,
    portfolio_failed,
)
from messaging.telegram.texts.profit import profit_line
from storage.chats.watches import watches_of
from storage.market.positions import positions_of
from workers.process import Context
from workers.questions.balance import cached_balance, pricing_of
from workers.questions.handler import QuestionHandler

log = logging.getLogger(__name__)

MAX_READ = 100
"""Wallets that are read for one answer; of others is said that they are not counted."""
AT_ONCE = 10
"""Wallets read beside each other."""


async def _answer(context: Context, question: Question) -> str:
    followed = await watches_of(
        context.database, chat_id=question.chat_id, topic_id=question.topic_id, chain=context.settings.chain
    )
    if not followed:
        return no_portfolio(locale=locale_for(question))
    room = asyncio.Semaphore(AT_ONCE)
    labels = [distinguish(followed, watch).label for watch in followed]

    async def read(watch: Watch, label: str, *, counts: bool) -> WalletBalance:
        async with room:
            return await _read(context, watch.wallet, label) if counts else _unread(watch.wallet, label)

    wallets = await asyncio.gather(
        *(
            read(watch, label, counts=number < MAX_READ)
            for number, (watch, label) in enumerate(zip(followed, labels, strict=True))
        )
    )
    facts = [one.facts for one in wallets if one.facts is not None]
    if not facts:
        raise NodeUnavailable("none of the wallets could be read")
    holdings = joined(holding for one in facts for holding in one.holdings)
    pricing = await pricing_of(context, holdings)
    made = await _made(context, [watch.wallet for watch in followed], pricing, locale=locale_for(question))
    return "\n".join(
        part for part in (portfolio_card(wallets, pricing, locale=locale_for(question)), made) if part
    )


async def _made(
    context: Context, wallets: Sequence[str], pricing: Pricing, *, locale: Locale = ENGLISH
) -> str:
    """Return what these wallets have made, by what is stored of their positions; empty: nothing is."""
    positions = await positions_of(context.database, chain=context.settings.chain, wallets=wallets)
    prices, names = pricing.prices.known, pricing.names
    priced = [
        PricedHolding(
            holding=holding,
            decimals=names[mint].decimals if mint in names else None,
            price=prices[mint].usd if mint in prices else None,
        )
        for of_wallet in positions.values()
        for mint, holding in of_wallet.items()
    ]
    return profit_line(profit_of(priced), locale=locale)


async def _read(context: Context, address: str, label: str) -> WalletBalance:
    try:
        reading = await cached_balance(context, address)
    except NodeUnavailable as error:
        log.warning("A wallet of a portfolio is not counted: %s", error)
        return _unread(address, label)
    return WalletBalance(label=label, address=address, facts=reading.facts)


def _unread(address: str, label: str) -> WalletBalance:
    return WalletBalance(label=label, address=address, facts=None)


HANDLER = QuestionHandler(answer=_answer, give_up=portfolio_failed)
