"""blockSubscribe: whole blocks, for those who read blocks anyway and save the requests."""

from chain.rpc.blocks import at_least_confirmed
from chain.stream.source import SubscriptionFilter
from chain.stream.subscriptions.method import Requester, SubscriptionConfig, subscription_id, unsubscribe


class BlockSubscribe:
    """One subscription to all blocks, while there is a wallet to read them for."""

    left_out = 0

    def __init__(self, config: SubscriptionConfig) -> None:
        self._commitment = at_least_confirmed(config.commitment)
        self._subscription: int | None = None
        self._version = 0

    @property
    def is_active(self) -> bool:
        """Whether there is a subscription."""
        return self._subscription is not None

    async def apply(self, connection: Requester, subscription_filter: SubscriptionFilter) -> None:
        """Subscribe while there is a wallet to read for, and again for newer transactions."""
        wallets, version = subscription_filter.wallets, subscription_filter.version
        old = self._subscription
        if bool(wallets) is self.is_active and (old is None or version == self._version):
            return
        self._subscription = None
        if wallets:
            self._subscription = subscription_id(
                await connection.ask("blockSubscribe", self._params(version))
            )
            self._version = version
        if old is not None:
            await unsubscribe(connection, "blockUnsubscribe", old)

    def _params(self, version: int) -> list[object]:
        options = {
            "commitment": self._commitment,
            "encoding": "json",
            "transactionDetails": "full",
            "showRewards": False,
            "maxSupportedTransactionVersion": version,
        }
        return ["all", options]
