"""The past of a token as far as a few pages of transactions reach: creation, first owners, recent trades.

Beyond these pages everything is unknown. Nearly every transaction costs one question, so the creation comes
first, then recent trades, and what is left of the budget goes into who paid the traders.
"""

import msgspec

from chain.scans.creation import Beginning, known_creation, read_beginning, read_creation
from chain.scans.node import NotAnswered, ScanNode
from chain.scans.trades import TradesToRead, read_market
from chain.scans.transactions import listed_transactions
from domain.security.checks import NotRead, Source
from domain.security.facts import Creation, TokenFacts
from domain.security.market import Market


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What the transactions say."""

    creation: Creation | NotRead
    market: Market | NotRead
    source: Source


async def read_past(node: ScanNode, facts: TokenFacts) -> Past:
    """Return who made the token, who got it first, and how it is traded."""
    source = Source(name="transactions", read_at=facts.now)
    try:
        listed = await listed_transactions(node, facts.subject, pages=1)
    except NotAnswered as error:
        reason = NotRead(reason=error.reason)
        return Past(creation=reason, market=reason, source=source)
    source = msgspec.structs.replace(source, slot=listed.named[0].slot if listed.named else None)
    is_known = known_creation(facts) is not None
    beginning = Beginning() if is_known else await read_beginning(node, facts, listed)
    creation = await read_creation(node, facts, listed, beginning, source)
    wanted = TradesToRead(
        mint=facts.subject,
        chain=facts.chain,
        listed=listed,
        early=beginning.transactions,
        read=beginning.listed | {one.signature for one in beginning.transactions},
        launch=creation.launch,
    )
    return Past(creation=creation, market=await read_market(node, wanted), source=source)
