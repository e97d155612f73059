"""Lists the transactions of wallets and of their token accounts, and fetches what is listed."""

import asyncio
from collections.abc import Sequence

from chain.rpc.pool import RpcPool
from chain.rpc.signatures import ListedSignature, signatures_between, transactions
from scanner.reconcile.block_fetcher import BlockFetcher
from scanner.reconcile.slot_result import SlotResult
from scanner.wallets.token_accounts import TokenAccounts

CONCURRENT_ADDRESSES = 8
"""Addresses that are asked for together."""

ListedTransactions = dict[str, tuple[ListedSignature, set[str]]]
"""What a pass lists, by signature, with the wallets for which it was listed."""


class SignatureLists:
    """What nodes list for addresses."""

    def __init__(self, rpc: RpcPool, accounts: TokenAccounts, *, commitment: str) -> None:
        self.accounts = accounts
        """Grows by what is decoded of the transactions."""
        self._rpc = rpc
        self._commitment = commitment
        self._fetcher = BlockFetcher(rpc, commitment=commitment)

    async def listed(self, wallets: Sequence[str], *, after: int, upto: int) -> ListedTransactions:
        """What is listed for these wallets above `after` up to `upto`, and did not fail.

        Raises:
            NodeUnavailable: no provider gave a list.
        """
        found: ListedTransactions = {}
        for start in range(0, len(wallets), CONCURRENT_ADDRESSES):
            part = wallets[start : start + CONCURRENT_ADDRESSES]
            lists = await asyncio.gather(*(self._of_wallet(w, after, upto) for w in part))
            for wallet, listed in zip(part, lists, strict=True):
                for one in listed:
                    found.setdefault(one.signature, (one, set()))[1].add(wallet)
        return found

    async def transactions(self, listed: Sequence[ListedSignature]) -> list[bytes | None]:
        """Each as a node gives it; None: no node does."""
        signatures = [one.signature for one in listed]
        return await transactions(self._rpc, signatures, commitment=self._commitment)

    async def block(self, slot: int) -> SlotResult:
        """The block of a slot, to compare it with the lists."""
        return await self._fetcher.fetch(slot)

    async def _of_wallet(self, wallet: str, after: int, upto: int) -> list[ListedSignature]:
        """List the wallet itself first: what it did may have opened token accounts."""
        found = await self._of_address(wallet, after, upto)
        if not all(self.accounts.has_learned_from(one.signature) for one in found):
            self.accounts.invalidate(wallet)
        for account in await self.accounts.of(wallet):
            found += await self._of_address(account, after, upto)
        return found

    async def _of_address(self, address: str, after: int, upto: int) -> list[ListedSignature]:
        listed = await signatures_between(
            self._rpc, address, after=after, upto=upto, commitment=self._commitment
        )
        return [one for one in listed if not one.failed]
