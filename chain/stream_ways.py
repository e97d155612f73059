"""How a node is told which wallets matter: one subscription for all (Helius), or one a wallet (any node).

A changed set is subscribed to before the old one is dropped; what comes twice meanwhile is stored once.
"""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import msgspec

from chain.rpc_errors import Rejected
from chain.stream_line import StreamLost

ADDRESSES = 50_000
"""What one transactionSubscribe takes."""
AT_ONCE = 64
"""logsSubscribe requests that are under way together."""


class Asking(Protocol):
    """Puts requests to a node; `chain.stream_line.Line`."""

    async def ask(self, method: str, params: Sequence[Any] = ()) -> msgspec.Raw:
        """The answer."""


class Way(Protocol):
    """The subscriptions of one connection."""

    async def watch(self, line: Asking, wallets: frozenset[str]) -> None:
        """Hear of these wallets, and of no others from a moment later on.

        Raises:
            Rejected: the node does not offer this way.
            StreamLost: the connection is of no use.
        """


class TransactionsWay:
    """Helius' transactionSubscribe: the transactions themselves, for all wallets at once."""

    def __init__(self, commitment: str) -> None:
        self._commitment = commitment
        self._subscriptions: list[int] = []

    async def watch(self, line: Asking, wallets: frozenset[str]) -> None:
        """Subscribe to the new set, then leave the old one; an empty set would mean everybody."""
        old, self._subscriptions = self._subscriptions, []
        for part in _parts(sorted(wallets), ADDRESSES):
            self._subscriptions.append(_number(await line.ask("transactionSubscribe", self._params(part))))
        for subscription in old:
            await _leave(line, "transactionUnsubscribe", subscription)

    def _params(self, wallets: Sequence[str]) -> list[object]:
        options = {
            "commitment": self._commitment,
            "encoding": "jsonParsed",
            "transactionDetails": "full",
            "showRewards": False,
            "maxSupportedTransactionVersion": 1,
        }
        return [{"accountInclude": wallets, "failed": False, "vote": False}, options]


class SlotsWay:
    """Nothing but the heartbeat, which tells of new slots: for those who read blocks."""

    def __init__(self, commitment: str) -> None:
        self._commitment = commitment

    async def watch(self, line: Asking, wallets: frozenset[str]) -> None:
        """Ask for nothing: the heartbeat is subscribed to on every connection."""


class LogsWay:
    """logsSubscribe: only signatures, one subscription a wallet."""

    def __init__(self, commitment: str) -> None:
        self._commitment = commitment
        self._subscriptions: dict[str, int] = {}

    async def watch(self, line: Asking, wallets: frozenset[str]) -> None:
        """Subscribe to those that came, leave those that went."""
        gone = self._subscriptions.keys() - wallets
        for part in _parts(sorted(wallets - self._subscriptions.keys()), AT_ONCE):
            await asyncio.gather(*(self._subscribe(line, wallet) for wallet in part))
        for part in _parts(sorted(gone), AT_ONCE):
            numbers = [self._subscriptions.pop(wallet) for wallet in part]
            await asyncio.gather(*(_leave(line, "logsUnsubscribe", number) for number in numbers))

    async def _subscribe(self, line: Asking, wallet: str) -> None:
        params = [{"mentions": [wallet]}, {"commitment": self._commitment}]
        self._subscriptions[wallet] = _number(await line.ask("logsSubscribe", params))


async def _leave(line: Asking, method: str, subscription: int) -> None:
    """Leave a subscription; that the node has left it already is as good."""
    try:
        await line.ask(method, [subscription])
    except Rejected:
        return


def _number(raw: msgspec.Raw) -> int:
    try:
        return msgspec.json.decode(raw, type=int)
    except msgspec.DecodeError:
        raise StreamLost("the node gave a subscription no number") from None


def _parts(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
