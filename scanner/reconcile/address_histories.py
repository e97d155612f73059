"""Lists of a pass by getTransactionsForAddress: wallet and token accounts in one request.

The method is a provider's own, over an index beside its nodes, so nothing rests on it alone. Each pass goes
over the end of the pass before again, for the index may be late; and within an hour each address is listed
by getSignaturesForAddress as well, from where that was done last. What only this shows is stored, everything
else is listed in the same way at once, and the method rests.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from chain.rpc.address_history import history_between, offers_history
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import ListedSignature, signatures_between
from domain.errors import NodeUnavailable
from runtime.clock import monotonic
from scanner.reconcile.block_fetcher import SlotResult
from scanner.reconcile.signature_lists import (
    CONCURRENT_ADDRESSES,
    ListedTransactions,
    SignatureLists,
    add_listed,
)

log = logging.getLogger(__name__)

CHECK_SECONDS = 3_600.0
"""Within so long each address is listed by getSignaturesForAddress, too."""
CHECKED_SLOTS = 18_000
"""So far back goes the first of these lists: what an earlier process may not have checked any more."""
OVERLAP_SLOTS = 150
"""Slots before a pass that it lists again: half a minute by which an index may be late."""
PROBE_SECONDS = 300.0
"""After this long a method that failed is tried again."""
DISTRUST_SECONDS = 3_600.0
"""After this long it is tried again if it left something out, or if no provider had it."""


class _ListOf(Protocol):
    """`history_between`, or `signatures_between`."""

    def __call__(
        self, rpc: RpcPool, address: str, /, *, after: int, upto: int, commitment: str
    ) -> Awaitable[list[ListedSignature]]: ...


class HistoriesUnavailable(NodeUnavailable):
    """No provider answers getTransactionsForAddress with what was asked for."""


class AddressHistories:
    """What providers list for wallets by getTransactionsForAddress, and the second check of it."""

    def __init__(
        self,
        rpc: RpcPool,
        lists: SignatureLists,
        *,
        commitment: str,
        every_seconds: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Build it; nothing is offered until `probe` has found that out.

        Args:
            rpc: the nodes.
            lists: gives transactions and blocks, and knows token accounts.
            commitment: of the lists.
            every_seconds: from pass to pass; what is checked is spread over the passes.
            clock: gives seconds.
        """
        self.accounts = lists.accounts
        self.is_offered = False
        """Whether a provider has answered the method, and nothing speaks against it since."""
        self._rpc = rpc
        self._lists = lists
        self._commitment = commitment
        self._every_seconds = every_seconds
        self._clock = clock
        self._probe_at = float("-inf")
        self._checked: dict[str, int] = {}
        """Up to which slot each address was checked, the one that waits longest first."""
        self._checking: dict[str, int] = {}
        self._listed: frozenset[str] = frozenset()
        self._listing: frozenset[str] = frozenset()
        self._has_begun = False

    async def probe(self, wallets: Collection[str]) -> None:
        """Ask whether a provider has the method, if that is not known or was a while ago.

        Args:
            wallets: it is asked for one of them.
        """
        if self.is_offered or not wallets or self._clock() < self._probe_at:
            return
        self._probe_at = self._clock() + DISTRUST_SECONDS
        wallet = next(iter(wallets))
        self.is_offered = await offers_history(self._rpc, wallet, commitment=self._commitment)
        log.info("getTransactionsForAddress is %s", "offered" if self.is_offered else "not offered")

    async def listed(self, wallets: Sequence[str], *, after: int, upto: int) -> ListedTransactions:
        """What is listed for these wallets, and what was late for the last pass.

        Args:
            wallets: of the pass; their token accounts are listed with them.
            after: the slot up to which all is stored; the lists overlap it by `OVERLAP_SLOTS`.
            upto: the slot at which the pass ends.

        Raises:
            HistoriesUnavailable: the pass is better run by other lists.
        """
        found: ListedTransactions = {}
        self._checking = {}  # of a pass that failed, maybe of other wallets
        begin = max(0, after - OVERLAP_SLOTS)
        try:
            lists = await self._each(history_between, dict.fromkeys(wallets, begin), upto)
            for wallet, listed in lists:
                new = (one for one in listed if one.slot > after or one.signature not in self._listed)
                add_listed(found, new, wallet)
        except NodeUnavailable as error:
            self._rest(PROBE_SECONDS)
            raise HistoriesUnavailable(f"histories cannot be used: {error}") from error
        self._listing = frozenset(found)
        await self._begin_checks(wallets, after)
        return found

    async def checked(self, wallets: Sequence[str], *, upto: int) -> ListedTransactions:
        """Return what getSignaturesForAddress lists for those addresses whose turn it is, up to a slot."""
        owners = await self._owners(wallets)
        ours = [address for address in self._checked if address in owners]
        share = max(1, math.ceil(len(ours) * self._every_seconds / CHECK_SECONDS))
        return await self._check(owners, ours[:share], upto)

    async def repaired(self, wallets: Sequence[str], *, upto: int) -> ListedTransactions:
        """Return what getSignaturesForAddress lists for all addresses; histories are not used for an hour."""
        log.warning("getTransactionsForAddress omitted transactions; all lists are made by the other method")
        self._rest(DISTRUST_SECONDS)
        return await self._check(await self._owners(wallets), list(self._checked), upto)

    def passed(self) -> None:
        """What was listed since the last pass is stored."""
        for address, slot in self._checking.items():
            self._checked.pop(address, None)
            self._checked[address] = slot
        self._checking = {}
        self._listed = self._listing

    async def transactions(self, listed: Sequence[ListedSignature]) -> list[bytes | None]:
        """Each as a node gives it; None: no node does."""
        return await self._lists.transactions(listed)

    async def block(self, slot: int) -> SlotResult:
        """The block of a slot, to compare it with the lists."""
        return await self._lists.block(slot)

    def _rest(self, seconds: float) -> None:
        self.is_offered = False
        self._probe_at = self._clock() + seconds

    async def _begin_checks(self, wallets: Sequence[str], after: int) -> None:
        """Note from where on each address is to be checked; a wallet that is new here, from this pass on.

        Those of wallets that another pass is about stay as they are.
        """
        earlier = max(0, after - CHECKED_SLOTS)
        owners = await self._owners(wallets)
        for address, wallet in owners.items():
            is_new = address == wallet and self._has_begun
            self._checked.setdefault(address, after if is_new else earlier)
        known = {*self.accounts.wallets, *self.accounts.all_known()}
        self._checked = {address: slot for address, slot in self._checked.items() if address in known}
        self._has_begun = True

    async def _check(
        self, owners: Mapping[str, str], addresses: Sequence[str], upto: int
    ) -> ListedTransactions:
        found: ListedTransactions = {}
        due = {one: self._checked[one] for one in addresses if one in owners and self._checked[one] < upto}
        for address, listed in await self._each(signatures_between, due, upto):
            add_listed(found, (one for one in listed if not one.failed), owners[address])
        self._checking |= dict.fromkeys(due, upto)
        return found

    async def _owners(self, wallets: Iterable[str]) -> dict[str, str]:
        """Each wallet and each token account, with the wallet."""
        owners: dict[str, str] = {}
        for wallet in wallets:
            owners[wallet] = wallet
            accounts = await self.accounts.of(wallet, max_age_seconds=CHECK_SECONDS)
            owners |= dict.fromkeys(accounts, wallet)
        return owners

    async def _each(
        self, lists: _ListOf, begins: Mapping[str, int], upto: int
    ) -> list[tuple[str, list[ListedSignature]]]:
        """Return what is listed for each of these addresses above its own slot."""
        found: list[tuple[str, list[ListedSignature]]] = []
        addresses = list(begins)
        for start in range(0, len(addresses), CONCURRENT_ADDRESSES):
            part = addresses[start : start + CONCURRENT_ADDRESSES]
            calls = (
                lists(self._rpc, one, after=begins[one], upto=upto, commitment=self._commitment)
                for one in part
            )
            found += zip(part, await asyncio.gather(*calls), strict=True)
        return found
