"""Who paid the traders of a token whose purchases look alike, and whom they paid: a few questions a trader.

Only wallets that a volume bot might own are asked about, and only with what the budget has left.
"""

from collections.abc import Sequence

import msgspec

from chain.decoders.activities import activities
from chain.parsing.transaction import Transaction
from chain.scans.node import NotAnswered, ScanNode
from chain.scans.past import NamedTransaction, listed_transactions, read_transactions
from domain.activity.activity import Activity
from domain.errors import Undecodable
from domain.security.market import Market, market_of
from domain.security.volume_bots import MIN_WALLETS, suspects

MAX_TRADERS = 12
_FIRST, _LAST = 1, 2
"""Transactions of a trader that are read: the first, in which it is paid, and the last, in which it pays."""


async def with_funding(node: ScanNode, market: Market, *, chain: str) -> Market:
    """The market, with who paid the traders who may be a volume bot's, and whom they paid in the end."""
    seen = [
        activity
        for transaction in await _funding(node, market)
        for activity in _of_everybody(transaction, chain)
    ]
    payments = {*market.payments, *market_of(seen, market.mint).payments}
    ordered = sorted(payments, key=lambda payment: (payment.slot, payment.at, payment.payer, payment.payee))
    return msgspec.structs.replace(market, payments=tuple(ordered))


def _of_everybody(transaction: Transaction, chain: str) -> list[Activity]:
    """Also of those who were only paid: a payment to many names no single payee."""
    try:
        return activities(transaction, chain=chain, wallets=frozenset(transaction.keys))
    except Undecodable:
        return []


async def _funding(node: ScanNode, market: Market) -> list[Transaction]:
    """The first and the last transactions of these traders; fewer if the budget ends."""
    traders = suspects(market, MAX_TRADERS)
    if len(traders) < MIN_WALLETS:
        return []
    named: dict[str, NamedTransaction] = {}
    for trader in traders:
        named.update({one.signature: one for one in await _ends(node, trader)})
    return await read_transactions(node, list(named.values()))


async def _ends(node: ScanNode, trader: str) -> Sequence[NamedTransaction]:
    """Nothing where the list does not reach back to the first: a bot's wallets are young."""
    try:
        listed = await listed_transactions(node, trader, pages=1)
    except NotAnswered:
        return ()
    worked = [one for one in listed.named if one.err is None]
    return (*worked[:_LAST], *worked[-_FIRST:]) if listed.is_whole else ()
