"""How a node is told what matters: one subscription for all (Helius), one an address, or whole blocks.

A changed set is subscribed to before the old one is dropped; what comes twice meanwhile is stored once.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from chain.rpc.blocks import at_least_confirmed
from chain.rpc.errors import INVALID_PARAMS, Rejected
from chain.stream.connection import StreamClosed

ADDRESSES = 50_000
"""What one transactionSubscribe takes."""
AT_ONCE = 64
"""logsSubscribe requests that are under way together."""
SUBSCRIPTIONS = 5_000
"""logsSubscribe subscriptions that are asked of one connection at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionFilter:
    """What is to be heard of."""

    wallets: frozenset[str] = frozenset()
    accounts: tuple[str, ...] = ()
    """Token accounts of these wallets, as far as they are known, what matters most first."""
    version: int = 1
    """The highest transaction version to be told of."""


class Asking(Protocol):
    """Puts requests to a node; `chain.stream.connection.RpcConnection`."""

    async def ask(self, method: str, params: Sequence[Any] = ()) -> msgspec.Raw:
        """The answer."""


class SubscriptionMethod(Protocol):
    """The subscriptions of one connection."""

    left_out: int
    """Addresses that are wished for and not subscribed to, because the node takes no more."""

    @property
    def stands(self) -> bool:
        """Whether the node has taken what was asked for; False also where nothing was to be asked yet."""

    async def watch(self, connection: Asking, subscription_filter: SubscriptionFilter) -> None:
        """Hear of what is wished for, and of nothing else from a moment later on.

        Raises:
            Rejected: the node does not offer this way.
            StreamClosed: the connection is of no use.
        """


class TransactionSubscribe:
    """Helius' transactionSubscribe: the transactions themselves, for all wallets at once."""

    left_out = 0

    def __init__(self, commitment: str) -> None:
        self._commitment = commitment
        self._subscriptions: list[int] = []
        self._subscribed_to: tuple[frozenset[str], int] | None = None
        self._by_owner = True

    @property
    def stands(self) -> bool:
        """Whether there is a subscription."""
        return bool(self._subscriptions)

    async def watch(self, connection: Asking, subscription_filter: SubscriptionFilter) -> None:
        """Subscribe to the new set, then leave the old one; an empty set would mean everybody."""
        if (subscription_filter.wallets, subscription_filter.version) == self._subscribed_to:
            return
        old, self._subscriptions = self._subscriptions, []
        for part in _parts(sorted(subscription_filter.wallets), ADDRESSES):
            self._subscriptions.append(await self._subscribe(connection, part, subscription_filter.version))
        self._subscribed_to = subscription_filter.wallets, subscription_filter.version
        for subscription in old:
            await _leave(connection, "transactionUnsubscribe", subscription)

    async def _subscribe(self, connection: Asking, wallets: Sequence[str], version: int) -> int:
        """By the owners of token accounts as well, where the node knows how."""
        try:
            return _number(await connection.ask("transactionSubscribe", self._params(wallets, version)))
        except Rejected as refusal:
            if not self._by_owner or refusal.code != INVALID_PARAMS:
                raise
            self._by_owner = False
        return _number(await connection.ask("transactionSubscribe", self._params(wallets, version)))

    def _params(self, wallets: Sequence[str], version: int) -> list[object]:
        options = {
            "commitment": self._commitment,
            "encoding": "jsonParsed",
            "transactionDetails": "full",
            "showRewards": False,
            "maxSupportedTransactionVersion": version,
        }
        wanted: dict[str, object] = {"accountInclude": wallets, "failed": False, "vote": False}
        if self._by_owner:
            wanted["tokenAccounts"] = "balanceChanged"
        return [wanted, options]


class SlotSubscribe:
    """Nothing but the heartbeat, which tells of new slots: for those who read blocks."""

    left_out = 0
    stands = True

    def __init__(self, commitment: str) -> None:
        self._commitment = commitment

    async def watch(self, connection: Asking, subscription_filter: SubscriptionFilter) -> None:
        """Ask for nothing: the heartbeat is subscribed to on every connection."""


class BlockSubscribe:
    """blockSubscribe: whole blocks, for those who read blocks anyway and save the requests."""

    left_out = 0

    def __init__(self, commitment: str) -> None:
        self._commitment = at_least_confirmed(commitment)
        self._subscription: int | None = None
        self._version = 0

    @property
    def stands(self) -> bool:
        """Whether there is a subscription."""
        return self._subscription is not None

    async def watch(self, connection: Asking, subscription_filter: SubscriptionFilter) -> None:
        """Subscribe while there is a wallet to read for, and anew for newer transactions."""
        old = self._subscription
        if bool(subscription_filter.wallets) is self.stands and (
            old is None or subscription_filter.version == self._version
        ):
            return
        self._subscription = None
        if subscription_filter.wallets:
            self._subscription = _number(
                await connection.ask("blockSubscribe", self._params(subscription_filter.version))
            )
            self._version = subscription_filter.version
        if old is not None:
            await _leave(connection, "blockUnsubscribe", old)

    def _params(self, version: int) -> list[object]:
        options = {
            "commitment": self._commitment,
            "encoding": "json",
            "transactionDetails": "full",
            "showRewards": False,
            "maxSupportedTransactionVersion": version,
        }
        return ["all", options]


class LogsSubscribe:
    """logsSubscribe: only signatures, one subscription for each wallet and each of their token accounts."""

    def __init__(self, commitment: str, most: int = SUBSCRIPTIONS) -> None:
        self.left_out = 0
        self._commitment = commitment
        self._most = most
        self._subscriptions: dict[str, int] = {}
        self._refused: set[str] = set()

    @property
    def stands(self) -> bool:
        """Whether there is a subscription."""
        return bool(self._subscriptions)

    async def watch(self, connection: Asking, subscription_filter: SubscriptionFilter) -> None:
        """Leave those that went, subscribe to those that came: the wallets first, as many as the node takes.

        What is left out is found by the reconciliation.
        """
        addresses = dict.fromkeys([*sorted(subscription_filter.wallets), *subscription_filter.accounts])
        await self._leave_all(connection, self._subscriptions.keys() - _first(addresses, self._most))
        new = [address for address in _first(addresses, self._most) if self._is_new(address)]
        for part in _parts(new, AT_ONCE):
            if not await self._subscribe_all(connection, part):
                break
        self.left_out = len(addresses) - len(self._subscriptions)

    def _is_new(self, address: str) -> bool:
        return address not in self._subscriptions and address not in self._refused

    async def _leave_all(self, connection: Asking, addresses: Iterable[str]) -> None:
        for part in _parts(sorted(addresses), AT_ONCE):
            numbers = [self._subscriptions.pop(address) for address in part]
            await asyncio.gather(*(_leave(connection, "logsUnsubscribe", number) for number in numbers))

    async def _subscribe_all(self, connection: Asking, addresses: Sequence[str]) -> bool:
        """Subscribe to all of these; False: the node takes no more than stand by now."""
        outcomes = await asyncio.gather(*(self._subscribe(connection, one) for one in addresses))
        refusals = [refusal for refusal in outcomes if refusal is not None]
        if refusals and not self._subscriptions:
            raise refusals[0]
        if all(refusal.code == INVALID_PARAMS for refusal in refusals):
            return True
        self._most = len(self._subscriptions)
        return False

    async def _subscribe(self, connection: Asking, address: str) -> Rejected | None:
        params = [{"mentions": [address]}, {"commitment": self._commitment}]
        try:
            self._subscriptions[address] = _number(await connection.ask("logsSubscribe", params))
        except Rejected as refusal:
            if refusal.code == INVALID_PARAMS:
                self._refused.add(address)
            return refusal
        return None


async def _leave(connection: Asking, method: str, subscription: int) -> None:
    """Leave a subscription; that the node has left it already is as good."""
    try:
        await connection.ask(method, [subscription])
    except Rejected:
        return


def _number(raw: msgspec.Raw) -> int:
    try:
        return msgspec.json.decode(raw, type=int)
    except msgspec.DecodeError:
        raise StreamClosed("the node gave a subscription no number") from None


def _first(addresses: Iterable[str], most: int) -> dict[str, None]:
    return dict.fromkeys(list(addresses)[:most])


def _parts(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
