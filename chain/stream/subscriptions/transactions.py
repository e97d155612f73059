"""Helius' transactionSubscribe: the transactions themselves, for all wallets at once."""

from collections.abc import Sequence

from chain.rpc.errors import INVALID_PARAMS, Rejected
from chain.stream.source import SubscriptionFilter
from chain.stream.subscriptions.method import (
    Requester,
    SubscriptionConfig,
    chunks,
    subscription_id,
    unsubscribe,
)

MAX_ADDRESSES = 50_000
"""What one transactionSubscribe accepts."""


class TransactionSubscribe:
    """Subscriptions to the transactions of up to 50,000 wallets each."""

    left_out = 0

    def __init__(self, config: SubscriptionConfig) -> None:
        self._commitment = config.commitment
        self._subscriptions: list[int] = []
        self._subscribed_to: tuple[frozenset[str], int] | None = None
        self._by_owner = True

    @property
    def is_active(self) -> bool:
        """Whether there is a subscription."""
        return bool(self._subscriptions)

    async def apply(self, connection: Requester, subscription_filter: SubscriptionFilter) -> None:
        """Subscribe to the new set, then leave the old one; an empty set would mean everybody."""
        wallets, version = subscription_filter.wallets, subscription_filter.version
        if (wallets, version) == self._subscribed_to:
            return
        old, self._subscriptions = self._subscriptions, []
        for chunk in chunks(sorted(wallets), MAX_ADDRESSES):
            self._subscriptions.append(await self._subscribe(connection, chunk, version))
        self._subscribed_to = wallets, version
        for subscription in old:
            await unsubscribe(connection, "transactionUnsubscribe", subscription)

    async def _subscribe(self, connection: Requester, wallets: Sequence[str], version: int) -> int:
        """By the owners of token accounts as well, where the node offers it."""
        try:
            return subscription_id(
                await connection.ask("transactionSubscribe", self._params(wallets, version))
            )
        except Rejected as refusal:
            if not self._by_owner or refusal.code != INVALID_PARAMS:
                raise
            self._by_owner = False
        return subscription_id(await connection.ask("transactionSubscribe", self._params(wallets, version)))

    def _params(self, wallets: Sequence[str], version: int) -> list[object]:
        options = {
            "commitment": self._commitment,
            "encoding": "jsonParsed",
            "transactionDetails": "full",
            "showRewards": False,
            "maxSupportedTransactionVersion": version,
        }
        accounts: dict[str, object] = {"accountInclude": wallets, "failed": False, "vote": False}
        if self._by_owner:
            accounts["tokenAccounts"] = "balanceChanged"
        return [accounts, options]
