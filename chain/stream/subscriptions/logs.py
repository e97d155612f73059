"""logsSubscribe: only signatures, one subscription for each wallet and each of their token accounts."""

import asyncio
from collections.abc import Iterable, Sequence

from chain.rpc.errors import INVALID_PARAMS, Rejected
from chain.stream.source import SubscriptionFilter
from chain.stream.subscriptions.method import (
    Requester,
    SubscriptionConfig,
    chunks,
    subscription_id,
    unsubscribe,
)

MAX_AT_ONCE = 64
"""Requests that are under way together."""


class LogsSubscribe:
    """One subscription for each address, as many as the node accepts."""

    def __init__(self, config: SubscriptionConfig) -> None:
        self.left_out = 0
        self._commitment = config.commitment
        self._max_subscriptions = config.max_subscriptions
        self._subscriptions: dict[str, int] = {}
        self._refused: set[str] = set()

    @property
    def is_active(self) -> bool:
        """Whether there is a subscription."""
        return bool(self._subscriptions)

    async def apply(self, connection: Requester, subscription_filter: SubscriptionFilter) -> None:
        """End what the filter no longer names, subscribe to what is new: the wallets first.

        The reconciliation finds what is left out.
        """
        addresses = list(dict.fromkeys([*sorted(subscription_filter.wallets), *subscription_filter.accounts]))
        chosen = addresses[: self._max_subscriptions]
        await self._unsubscribe_all(connection, self._subscriptions.keys() - set(chosen))
        new = [address for address in chosen if self._is_new(address)]
        for chunk in chunks(new, MAX_AT_ONCE):
            if not await self._subscribe_all(connection, chunk):
                break
        self.left_out = len(addresses) - len(self._subscriptions)

    def _is_new(self, address: str) -> bool:
        return address not in self._subscriptions and address not in self._refused

    async def _unsubscribe_all(self, connection: Requester, addresses: Iterable[str]) -> None:
        for chunk in chunks(sorted(addresses), MAX_AT_ONCE):
            ids = [self._subscriptions.pop(address) for address in chunk]
            await asyncio.gather(*(unsubscribe(connection, "logsUnsubscribe", one) for one in ids))

    async def _subscribe_all(self, connection: Requester, addresses: Sequence[str]) -> bool:
        """Subscribe to all of these; False: the node accepts no more than there are by now."""
        results = await asyncio.gather(*(self._subscribe(connection, one) for one in addresses))
        refusals = [refusal for refusal in results if refusal is not None]
        if refusals and not self._subscriptions:
            raise refusals[0]
        if all(refusal.code == INVALID_PARAMS for refusal in refusals):
            return True
        self._max_subscriptions = len(self._subscriptions)
        return False

    async def _subscribe(self, connection: Requester, address: str) -> Rejected | None:
        params = [{"mentions": [address]}, {"commitment": self._commitment}]
        try:
            self._subscriptions[address] = subscription_id(await connection.ask("logsSubscribe", params))
        except Rejected as refusal:
            if refusal.code == INVALID_PARAMS:
                self._refused.add(address)
            return refusal
        return None
