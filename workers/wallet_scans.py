"""Scans of wallets, requested by address; each reads the chain again, within a budget."""

from chain.scans.node import LiveNode
from chain.scans.wallet import gather_wallet
from domain.errors import NodeUnavailable
from domain.jobs import Question
from domain.rules.rules import distinguish
from domain.security.checks import NotRead
from domain.security.wallets import wallet_checks
from messaging.languages.choice import locale_for
from messaging.telegram.texts.wallet_scan import wallet_scan_card
from runtime import clock
from storage.chats.watches import watches_of
from workers.process import Context

REQUESTS, SECONDS = 30, 20.0


async def wallet_answer(context: Context, question: Question) -> str:
    """The card of a wallet.

    Raises:
        NodeUnavailable: nothing of it could be read.
    """
    chain, now = context.settings.chain, clock.now()
    node = LiveNode(context.nodes, requests=REQUESTS, seconds=SECONDS)
    facts = await gather_wallet(node, question.subject, chain=chain, now=int(now.timestamp()))
    if isinstance(facts.account, NotRead) and isinstance(facts.history, NotRead):
        raise NodeUnavailable(str(facts.account.reason))
    followed = await watches_of(
        context.database, chat_id=question.chat_id, topic_id=question.topic_id, chain=chain
    )
    labels = [distinguish(followed, one).label for one in followed if one.wallet == question.subject]
    return wallet_scan_card(
        question.subject,
        wallet_checks(facts),
        label=labels[0] if labels else "",
        read_at=now,
        locale=locale_for(question),
    )
