"""The latest trades of a token, and of traders who trade alike who paid them, within what a scan may ask.

Where a node lists transactions whole, one question brings a hundred of them. Elsewhere each costs one: some
are read, then traders who look alike are asked about; without such traders more trades are read.
"""

from collections.abc import Sequence

import msgspec

from chain.parsing.transaction import Transaction
from chain.scans.creation import activities_of
from chain.scans.funders import FOR_FUNDING, with_funding
from chain.scans.node import NotAnswered, ScanNode
from chain.scans.transactions import (
    ListedTransactions,
    NamedTransaction,
    read_transactions,
    whole_transactions,
)
from domain.security.checks import NotRead
from domain.security.market import Market, after_launch, market_of
from domain.security.volume_bots import MIN_WALLETS, suspects
from domain.security.volume_check import MIN_TRADES
from domain.sentences import counted, sentence

MAX_RECENT_TRANSACTIONS = 60
"""As many as the budget leaves, these at most."""
MORE = 2
"""Read at a time while no traders look alike."""


class TradesToRead(msgspec.Struct, frozen=True, kw_only=True):
    """A token whose trades are read, and what is known of it."""

    mint: str
    chain: str
    listed: ListedTransactions
    """The newest transactions that mention it."""
    early: tuple[Transaction, ...] = ()
    """The first transactions, which are read already."""
    read: frozenset[str] = frozenset()
    """Signatures under which these are listed."""
    launch: Market | None = None
    """What was seen of the launch."""


async def read_market(node: ScanNode, wanted: TradesToRead) -> Market | NotRead:
    """Return what was seen of the token's market; or why nothing was."""
    found = await _newest(node, wanted)
    if not (found or wanted.early):
        if wanted.listed.named:
            return NotRead(reason=sentence("its transactions could not be read"))
        return NotRead(reason=sentence("it has no transactions"))
    market = _market(wanted, found)
    if not market.trades:
        number = len(found) + len(wanted.early)
        none = counted(
            "no trade is among the {number} transaction read",
            "no trade is among the {number} transactions read",
            number,
        )
        return NotRead(reason=none)
    return await with_funding(node, market, chain=wanted.chain, listed=wanted.listed)


def _market(wanted: TradesToRead, found: Sequence[Transaction]) -> Market:
    market = market_of(activities_of([*wanted.early, *found], wanted.chain), wanted.mint)
    return market if wanted.launch is None else after_launch(wanted.launch, market)


async def _newest(node: ScanNode, wanted: TradesToRead) -> list[Transaction]:
    """The latest transactions: a page of whole ones, else one by one."""
    unread = [one for one in wanted.listed.worked if one.signature not in wanted.read]
    if not unread:
        return []
    try:
        return await whole_transactions(node, wanted.mint, oldest=False)
    except NotAnswered:
        return await _one_by_one(node, wanted, unread)


async def _one_by_one(
    node: ScanNode, wanted: TradesToRead, unread: Sequence[NamedTransaction]
) -> list[Transaction]:
    """Every other one first: of a wallet that buys and sells at once, one of both shows as much.

    As soon as enough traders look alike, what is left is kept for them.
    """
    ordered = [*unread[::2], *unread[1::2]]
    first = max(0, min(MAX_RECENT_TRANSACTIONS, node.left - FOR_FUNDING))
    found = await read_transactions(node, ordered[:first])
    read, enough = first, max(first, MIN_TRADES)
    while read < min(enough, len(ordered)) and node.left and not _look_alike(wanted, found):
        found += await read_transactions(node, ordered[read : read + MORE])
        read += MORE
    return found


def _look_alike(wanted: TradesToRead, found: Sequence[Transaction]) -> bool:
    return len(suspects(_market(wanted, found), MIN_WALLETS)) >= MIN_WALLETS
