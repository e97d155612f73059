"""Who paid the traders of a token whose trades look alike, and whom they paid: a few questions a trader.

Only wallets that a volume bot might own are asked about, and only with what the budget has left. The list of
a wallet's transactions also says when it traded the token, without a question for each trade.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from chain.decoders.activities import activities
from chain.parsing.transaction import Transaction
from chain.scans.node import NotAnswered, ScanNode, decoded
from chain.scans.transactions import (
    PAGE,
    ListedTransactions,
    NamedTransaction,
    read_transactions,
)
from domain.activity.activity import Activity
from domain.errors import Undecodable
from domain.security.common_funder import MIN_FUNDED
from domain.security.market import Market, UnreadTrade, market_of, time_of
from domain.security.volume_bots import MIN_WALLETS, suspects

MAX_TRADERS = 12
FOR_FUNDING = 2 * (MIN_FUNDED + 1)
"""Questions that find out who paid so many traders that their funder alone shows what they are."""
_LAST = 2
"""Transactions of a trader, in which it may pay back."""
_CONFIRMED = {"commitment": "confirmed"}
Wallets = Mapping[str, Sequence[NamedTransaction]]
"""What each did, newest first."""


async def with_funding(node: ScanNode, market: Market, *, chain: str, listed: ListedTransactions) -> Market:
    """The market, with who paid the traders who may be a volume bot's, and whom they paid in the end.

    Args:
        node: whom to ask.
        market: the trades that were read.
        chain: on which they are.
        listed: the newest transactions that mention the token.
    """
    traders = suspects(market, MAX_TRADERS)
    if len(traders) < MIN_WALLETS or node.left < 2 * MIN_WALLETS:
        return market
    of_token = frozenset(one.signature for one in listed.worked)
    wallets = await _young(node, traders[: node.left // 2])
    found = await read_transactions(node, _payments_in(wallets, of_token))
    if _have_one_payer(found, wallets, chain):
        wallets |= await _young(node, [one for one in traders if one not in wallets])
        found += await read_transactions(node, _latest(wallets))
    done = [activity for transaction in found for activity in _of_everybody(transaction, chain)]
    payments = {*market.payments, *market_of(done, market.mint).payments}
    ordered = sorted(payments, key=lambda payment: (payment.slot, payment.at, payment.payer, payment.payee))
    return msgspec.structs.replace(
        market,
        payments=tuple(ordered),
        unread=_unread(market, wallets, of_token),
        asked_about=tuple(sorted(wallets)),
    )


def _have_one_payer(found: Sequence[Transaction], wallets: Wallets, chain: str) -> bool:
    """Whether somebody paid two of these: the others are worth a question then, and what they paid back."""
    done = [activity for transaction in found for activity in _of_everybody(transaction, chain)]
    pairs = {(one.payer, one.payee) for one in market_of(done, "").payments if one.payee in wallets}
    return max(Counter(payer for payer, _ in pairs).values(), default=0) > 1


async def _young(node: ScanNode, traders: Sequence[str]) -> dict[str, Sequence[NamedTransaction]]:
    """What these did, newest first, where the list reaches back to the first: a bot's wallets are young."""
    params = [[trader, _CONFIRMED | {"limit": PAGE}] for trader in traders]
    found: dict[str, Sequence[NamedTransaction]] = {}
    for trader, answer in zip(traders, await node.ask_many("getSignaturesForAddress", params), strict=True):
        named = () if isinstance(answer, NotAnswered) else _named(answer)
        if 0 < len(named) < PAGE:
            found[trader] = [one for one in named if one.err is None]
    return found


def _named(answer: msgspec.Raw) -> Sequence[NamedTransaction]:
    try:
        return decoded(answer, list[NamedTransaction])
    except NotAnswered:
        return ()


def _payments_in(wallets: Wallets, of_token: frozenset[str]) -> list[NamedTransaction]:
    """Return what came before the first trade of each, in which it is paid; each once."""
    found = {one.signature: one for named in wallets.values() for one in _before_trades(named, of_token)}
    return list(found.values())


def _latest(wallets: Wallets) -> list[NamedTransaction]:
    """The last transactions of each, in which it may pay back; each once."""
    return list({one.signature: one for named in wallets.values() for one in named[:_LAST]}.values())


def _before_trades(named: Sequence[NamedTransaction], of_token: frozenset[str]) -> Sequence[NamedTransaction]:
    """The last transaction before a wallet's first trade of the token, or its first one of all."""
    trades = [at for at, one in enumerate(named) if one.signature in of_token]
    before = named[trades[-1] + 1 :] if trades else ()
    return before[:1] or named[-1:]


def _unread(market: Market, wallets: Wallets, of_token: frozenset[str]) -> tuple[UnreadTrade, ...]:
    """When these traded, where their trades were not read."""
    read = {(trade.trader, trade.slot) for trade in market.trades}
    found = [
        UnreadTrade(trader=trader, slot=one.slot, at=time_of(one.block_time, one.slot))
        for trader, named in wallets.items()
        for one in named
        if one.signature in of_token and (trader, one.slot) not in read
    ]
    return tuple(sorted(found, key=lambda one: (one.slot, one.trader)))


def _of_everybody(transaction: Transaction, chain: str) -> list[Activity]:
    """Also of those who were only paid: a payment to many names no single payee."""
    try:
        return activities(transaction, chain=chain, wallets=frozenset(transaction.keys))
    except Undecodable:
        return []
