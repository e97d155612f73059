"""The answer to a question about a balance: what the address holds now."""

import msgspec

from chain.rpc.accounts import read_balance
from chain.rpc.mints import token_names
from domain.activity.amounts import BalanceFacts
from domain.jobs import Question
from domain.rules.rules import distinguish
from domain.security.mints import TokenName
from messaging.telegram.texts.balance import balance_card, balance_failed, balance_unreadable
from storage.chats.watches import watches_of
from storage.market.facts import dollars_now
from storage.market.tokens import Token, save_tokens
from storage.scans.results import save_balance
from workers.cached_facts import BalanceReading
from workers.process import Context
from workers.questions.handler import QuestionHandler

MAX_NAMES = 100
"""Tokens whose names are read at most: an address may hold thousands that were sent unasked."""


async def _answer(context: Context, question: Question) -> str:
    chain = context.settings.chain
    reading = await context.cached.balances.get_or_load(
        question.subject, lambda: _read(context, question.subject)
    )
    return balance_card(
        reading.facts,
        chain=chain,
        names=await _names(context, reading.facts),
        read_at=reading.read_at,
        label=await _label(context, question),
        dollars=await dollars_now(context.database, chain=chain),
    )


async def _read(context: Context, address: str) -> BalanceReading:
    facts = await read_balance(context.nodes, address)
    read_at = await save_balance(
        context.database,
        chain=context.settings.chain,
        address=facts.address,
        result=msgspec.json.encode(facts).decode(),
    )
    return BalanceReading(facts=facts, read_at=read_at)


async def _names(context: Context, facts: BalanceFacts) -> dict[str, TokenName]:
    """How the held tokens call themselves: as remembered, else as the chain says now."""
    chain, mints = context.settings.chain, [holding.mint for holding in facts.holdings[:MAX_NAMES]]
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
    """What the chat calls the address, if it follows it."""
    followed = await watches_of(
        context.database, chat_id=question.chat_id, topic_id=question.topic_id, chain=context.settings.chain
    )
    labels = [distinguish(followed, one).label for one in followed if one.wallet == question.subject]
    return labels[0] if labels else ""


HANDLER = QuestionHandler(answer=_answer, give_up=balance_failed, unreadable=balance_unreadable)
