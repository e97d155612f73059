"""Lists what a wallet and its token accounts did last, in as few requests as its providers allow.

getTransactionsForAddress lists all of it at once, where a provider has it. Else getSignaturesForAddress is
asked for the wallet and for each of its token accounts: what came in may name only these.
"""

import logging
import math
from collections.abc import Awaitable, Callable, Sequence

from chain.rpc.address_history import latest_history
from chain.rpc.owned_accounts import token_accounts
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import ListedSignature, latest_signatures
from domain.errors import WhaleWatcherError
from domain.security.mints import TOKEN_PROGRAMS
from runtime.clock import monotonic

log = logging.getLogger(__name__)

COMMITMENT = "confirmed"
MAX_TOKEN_ACCOUNTS = 20
"""Of each wallet, whose transactions are listed one by one."""
PROBE_SECONDS = 3_600.0
"""After this long getTransactionsForAddress is asked for again, where no provider answered it."""

Ask = Callable[[int], Awaitable[None]]
"""Waits until so many more requests may be made."""


class HistoryLists:
    """The latest transactions of wallets.

    Args:
        rpc: the nodes.
        number: of transactions of a wallet, at most.
        history_weight: as how many requests one getTransactionsForAddress counts; 0: it is never asked for.
        now: gives seconds.
    """

    def __init__(
        self, rpc: RpcPool, *, number: int, history_weight: float, now: Callable[[], float] = monotonic
    ) -> None:
        self._rpc = rpc
        self._number = number
        self._weight = math.ceil(history_weight)
        self._now = now
        self._probe_at = float("-inf")

    async def latest(self, address: str, last_slot: int, ask: Ask) -> Sequence[ListedSignature]:
        """What took effect of a wallet up to a slot, the newest first.

        Args:
            address: the wallet.
            last_slot: the last slot.
            ask: is called before requests are made.

        Raises:
            NodeUnavailable: no provider answered, or none has come to the slot.
            Rejected: a node does not list it.
        """
        if self._weight and self._now() >= self._probe_at:
            await ask(self._weight)
            try:
                listed = await latest_history(
                    self._rpc, address, upto=last_slot, number=self._number, commitment=COMMITMENT
                )
                if listed:
                    return listed  # that there was nothing at all is not believed
            except WhaleWatcherError as error:
                log.info("Histories are listed by getSignaturesForAddress for an hour: %s", error)
                self._probe_at = self._now() + PROBE_SECONDS
        return await self._by_signatures(address, last_slot, ask)

    async def _by_signatures(self, address: str, last_slot: int, ask: Ask) -> Sequence[ListedSignature]:
        await ask(len(TOKEN_PROGRAMS))
        accounts = await token_accounts(self._rpc, address, commitment=COMMITMENT)
        lists = [
            await latest_signatures(
                self._rpc, one, upto=last_slot, number=self._number, commitment=COMMITMENT, ask=ask
            )
            for one in (address, *accounts[:MAX_TOKEN_ACCOUNTS])
        ]
        return newest_of(lists, self._number)


def newest_of(lists: Sequence[Sequence[ListedSignature]], number: int) -> list[ListedSignature]:
    """The newest of several lists, each once, the newest first."""
    found = {one.signature: one for listed in lists for one in listed}
    return sorted(found.values(), key=lambda one: -one.slot)[:number]
