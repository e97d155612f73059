"""Transactions that mention an address: named in pages, then read one by one; some nodes list them whole."""

from collections.abc import Sequence
from typing import Any

import msgspec

from chain.blocks.block import read_block
from chain.parsing.transaction import Transaction, read_transaction
from chain.rpc.errors import ADDRESS_HISTORY
from chain.scans.node import UNREADABLE, NotAnswered, ScanNode, decoded
from domain.errors import Undecodable

PAGE = 1_000
FULL_PAGE = 100
"""Whole transactions that one question brings."""
_CONFIRMED = {"commitment": "confirmed"}
_WHOLE: dict[str, Any] = _CONFIRMED | {"encoding": "json", "maxSupportedTransactionVersion": 1}


class NamedTransaction(msgspec.Struct, rename="camel"):
    """`{"signature":"26LC…","slot":9,"blockTime":1700000000,"err":null}`."""

    signature: str
    slot: int
    block_time: int | None = None
    err: object = None


class ListedTransactions(msgspec.Struct, frozen=True, kw_only=True):
    """The transactions that mention an address, newest first."""

    named: tuple[NamedTransaction, ...]
    is_whole: bool
    """They reach back to the first."""

    @property
    def worked(self) -> tuple[NamedTransaction, ...]:
        """Those that did not fail."""
        return tuple(one for one in self.named if one.err is None)


class _History(msgspec.Struct):
    """`{"data":[{"slot":9,"transaction":{},"meta":{}}]}`."""

    data: list[msgspec.Raw]


async def listed_transactions(
    node: ScanNode, address: str, *, pages: int, newer: Sequence[NamedTransaction] = ()
) -> ListedTransactions:
    """The transactions that mention an address, as far as so many pages reach; raises NotAnswered.

    Args:
        node: whom to ask.
        address: what they mention.
        pages: how many are asked for.
        newer: those that are listed already, if the pages continue behind them.
    """
    named = list(newer)
    for _ in range(pages):
        before = {"before": named[-1].signature} if named else {}
        raw = await node.ask("getSignaturesForAddress", [address, _CONFIRMED | {"limit": PAGE} | before])
        page = decoded(raw, list[NamedTransaction])
        named += page
        if len(page) < PAGE:
            return ListedTransactions(named=tuple(named), is_whole=True)
    return ListedTransactions(named=tuple(named), is_whole=False)


async def read_transactions(node: ScanNode, named: Sequence[NamedTransaction]) -> list[Transaction]:
    """Those that are answered and can be read, in the order asked for."""
    answers = await node.ask_many("getTransaction", [[one.signature, _WHOLE] for one in named])
    return _readable([answer for answer in answers if not isinstance(answer, NotAnswered)])


async def whole_transactions(node: ScanNode, address: str, *, oldest: bool) -> list[Transaction]:
    """A page of those that mention an address and did not fail, from the oldest or the newest on.

    Args:
        node: few nodes have this method (`ADDRESS_HISTORY`).
        address: what they mention.
        oldest: whether the page begins with the first one ever; else with the newest.

    Raises:
        NotAnswered: no node gave them.
    """
    config = _WHOLE | {
        "transactionDetails": "full",
        "sortOrder": "asc" if oldest else "desc",
        "limit": FULL_PAGE,
        "filters": {"status": "succeeded"},
    }
    return _readable(decoded(await node.ask(ADDRESS_HISTORY, [address, config]), _History).data)


async def mentions_in_block(node: ScanNode, address: str, slot: int) -> list[Transaction]:
    """The transactions of a block that mention an address, failed ones included.

    Args:
        node: whom to ask.
        address: is looked for in the JSON of each transaction.
        slot: of the block.

    Raises:
        NotAnswered: there is no such block, no node gave it, or it cannot be read.
    """
    config = _WHOLE | {"transactionDetails": "full", "rewards": False}
    raw = await node.ask("getBlock", [slot, config])
    try:
        block = read_block(raw)
    except Undecodable as error:
        raise NotAnswered(UNREADABLE) from error
    wanted = address.encode()
    mentions = [one for one in block.transactions if wanted in bytes(one)]
    return _readable(mentions, slot=slot, block_time=block.block_time)


def _readable(
    raws: Sequence[msgspec.Raw], *, slot: int | None = None, block_time: int | None = None
) -> list[Transaction]:
    found = []
    for raw in raws:
        try:
            found.append(read_transaction(bytes(raw), slot=slot, block_time=block_time))
        except Undecodable:
            continue
    return found
