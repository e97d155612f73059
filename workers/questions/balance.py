"""The answer to a question about a balance: what the address holds now, and what that is worth."""

import logging
from collections.abc import Sequence

from chain.rpc.balances import read_balance
from chain.rpc.mints import token_names
from domain.activity.activity import SOL
from domain.activity.amounts import Holding
from domain.errors import Unavailable
from domain.jobs import Question
from domain.rules.rules import distinguish
from domain.security.mints import TokenName
from domain.tokens.market_price import TokenPrices, UnknownPrice
from messaging.languages.choice import locale_for
from messaging.telegram.texts.balance import Pricing, balance_card, balance_failed, balance_unreadable
from runtime import clock
from storage.chats.watches import watches_of
from storage.market.tokens import Token, save_tokens
from workers.cached_facts import BalanceReading
from workers.process import Context
from workers.questions.handler import QuestionHandler

log = logging.getLogger(__name__)

MAX_NAMES = 300
"""Tokens whose names and prices are read at most: an address may hold thousands that were sent unasked."""
MAX_SEARCHED = 10
"""Tokens of which no pool was ever seen, for which pools are looked for: some forty accounts each, once."""
NO_PRICES = TokenPrices(known={}, unknown={})


async def _answer(context: Context, question: Question) -> str:
    reading = await cached_balance(context, question.subject)
    pricing = await pricing_of(context, reading.facts.holdings)
    label = await _label(context, question)
    return balance_card(
        reading.facts, pricing, read_at=reading.read_at, label=label, locale=locale_for(question)
    )


async def cached_balance(context: Context, address: str) -> BalanceReading:
    """Return what an address holds, read within the last seconds.

    Raises:
        NodeUnavailable: no provider answered.
    """
    return await context.cached.balances.get_or_load(address, lambda: _read(context, address))


async def _read(context: Context, address: str) -> BalanceReading:
    return BalanceReading(facts=await read_balance(context.nodes, address), read_at=clock.now())


async def pricing_of(context: Context, holdings: Sequence[Holding]) -> Pricing:
    """Return what SOL and these tokens are called and worth now; what cannot be read now is unknown."""
    mints = [holding.mint for holding in holdings[:MAX_NAMES]]
    return Pricing(
        chain=context.settings.chain,
        names=await _names(context, mints),
        prices=await _prices(context, [SOL, *mints]),
        now=clock.now(),
    )


async def _prices(context: Context, mints: Sequence[str]) -> TokenPrices:
    try:
        prices = await context.token_prices.prices_now(mints)
        unseen = [mint for mint, why in prices.unknown.items() if why is UnknownPrice.NO_POOL]
        if not unseen or SOL not in prices.known:
            return prices
        found = await context.token_prices.prices_now(unseen[:MAX_SEARCHED], search=True)
        return TokenPrices(known={**prices.known, **found.known}, unknown={**prices.unknown, **found.unknown})
    except Unavailable as error:
        log.warning("Balances are shown without prices: %s", error)
        return NO_PRICES


async def _names(context: Context, mints: Sequence[str]) -> dict[str, TokenName]:
    """Return how the held tokens call themselves: as remembered, else as the chain says now."""
    chain = context.settings.chain
    known = await context.cached.tokens.find(mints)
    found = await token_names(context.nodes, [mint for mint in mints if mint not in known])
    await save_tokens(
        context.database,
        [Token(chain=chain, mint=n.mint, symbol=n.symbol, name=n.name, decimals=n.decimals) for n in found],
    )
    remembered = (
        TokenName(mint=t.mint, symbol=t.symbol, name=t.name, decimals=t.decimals) for t in known.values()
    )
    return {name.mint: name for name in (*remembered, *found)}


async def _label(context: Context, question: Question) -> str:
    """Return what the chat calls the address, if it follows it."""
    followed = await watches_of(
        context.database, chat_id=question.chat_id, topic_id=question.topic_id, chain=context.settings.chain
    )
    labels = [distinguish(followed, one).label for one in followed if one.wallet == question.subject]
    return labels[0] if labels else ""


HANDLER = QuestionHandler(answer=_answer, give_up=balance_failed, unreadable=balance_unreadable)
