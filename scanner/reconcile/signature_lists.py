"""Lists of a pass by getSignaturesForAddress: wallets, and token accounts that may have changed.

The port of such lists stands here as well; `address_histories.py` has others.
"""

import asyncio
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chain.rpc.owned_accounts import TokenAccountState, token_account_states
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import ListedSignature, signatures_between, transactions
from runtime.clock import monotonic
from scanner.reconcile.block_fetcher import BlockFetcher, SlotResult
from scanner.wallets.token_accounts import TokenAccounts

CONCURRENT_ADDRESSES = 8
"""Addresses that are asked for together."""
LIST_ALL_SECONDS = 3_600.0
"""After this long a token account is listed whatever it holds, from where it was listed last."""
ListedTransactions = dict[str, tuple[ListedSignature, set[str]]]
"""What a pass lists, by signature, with the wallets for which it was listed."""


class Lists(Protocol):
    """What nodes list for wallets and their token accounts."""

    accounts: TokenAccounts
    """Grows by what is decoded of the transactions."""

    async def listed(self, wallets: Sequence[str], *, after: int, upto: int) -> ListedTransactions:
        """Return what is listed for these wallets, and did not fail.

        Args:
            wallets: of the pass; their token accounts are listed with them.
            after: the slot up to which all is stored.
            upto: the slot at which the pass ends, itself included.

        Raises:
            NodeUnavailable: no provider gave a list.
        """

    async def checked(self, wallets: Sequence[str], *, upto: int) -> ListedTransactions:
        """Return what others list for some of them: what only this shows is missing in what was `listed`.

        Args:
            wallets: of the pass.
            upto: the slot from which the pass began.

        Raises:
            NodeUnavailable: no provider gave a list.
        """

    async def repaired(self, wallets: Sequence[str], *, upto: int) -> ListedTransactions:
        """Return what others list for all of them, since something was missing.

        Raises:
            NodeUnavailable: no provider gave a list.
        """

    def passed(self) -> None:
        """Note that what was listed is stored."""

    async def transactions(self, listed: Sequence[ListedSignature]) -> list[bytes | None]:
        """Each as a node gives it; None: no node does."""

    async def block(self, slot: int) -> SlotResult:
        """The block of a slot, to compare it with the lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _SeenAccount:
    """A token account, as a pass saw it."""

    after: int
    """The slot above which that pass began."""
    upto: int
    """The pass listed everything up to here, or what the account holds shows that there is nothing."""
    state: TokenAccountState
    listed_upto: int
    """The last pass that listed it, whatever it held."""
    listed_at: float
    """When, by the monotonic clock."""
    has_changed: bool = False
    """Whether it held something else than at the pass before: perhaps because of a slot above `upto`."""


class SignatureLists:
    """What nodes list for addresses.

    A token account that no transaction of its owner names, and which holds what it held, is not listed: what
    comes in changes what it holds, and what goes out mentions both. So a hundred accounts cost one request a
    pass. What a delegate took out as it came in shows nowhere; hence each account is listed once an hour.

    Args:
        rpc: whom to ask.
        accounts: the token accounts of wallets; read as they are needed.
        commitment: of the lists.
    """

    def __init__(self, rpc: RpcPool, accounts: TokenAccounts, *, commitment: str) -> None:
        self.accounts = accounts
        """Grows by what is decoded of the transactions."""
        self._rpc = rpc
        self._commitment = commitment
        self._fetcher = BlockFetcher(rpc, commitment=commitment)
        self._seen: dict[str, _SeenAccount] = {}

    async def listed(self, wallets: Sequence[str], *, after: int, upto: int) -> ListedTransactions:
        """Return what is listed for these wallets, and did not fail.

        Args:
            wallets: of the pass; `CONCURRENT_ADDRESSES` of them are asked for together.
            after: the slot up to which all is stored.
            upto: the slot at which the pass ends, itself included.

        Raises:
            NodeUnavailable: no provider gave a list.
        """
        found: ListedTransactions = {}
        accounts: dict[str, str] = {}
        used: set[str] = set()
        for start in range(0, len(wallets), CONCURRENT_ADDRESSES):
            part = wallets[start : start + CONCURRENT_ADDRESSES]
            lists = await asyncio.gather(*(self._of_wallet(w, after, upto) for w in part))
            for wallet, (listed, owned, named) in zip(part, lists, strict=True):
                add_listed(found, listed, wallet)
                accounts |= dict.fromkeys(owned, wallet)
                used.update(named)
        await self._add_accounts(found, accounts, used, after=after, upto=upto)
        return found

    async def checked(self, _wallets: Sequence[str], *, upto: int) -> ListedTransactions:  # noqa: ARG002
        """Nothing: there is no list of another kind that shows more."""
        return {}

    async def repaired(self, _wallets: Sequence[str], *, upto: int) -> ListedTransactions:  # noqa: ARG002
        """Nothing, for the same reason."""
        return {}

    def passed(self) -> None:
        """Nothing follows from that."""

    async def transactions(self, listed: Sequence[ListedSignature]) -> list[bytes | None]:
        """Each as a node gives it; None: no node does."""
        signatures = [one.signature for one in listed]
        return await transactions(self._rpc, signatures, commitment=self._commitment)

    async def block(self, slot: int) -> SlotResult:
        """The block of a slot, to compare it with the lists."""
        return await self._fetcher.fetch(slot)

    async def _of_wallet(
        self, wallet: str, after: int, upto: int
    ) -> tuple[list[ListedSignature], Sequence[str], Collection[str]]:
        """List the wallet itself first: what it did may have opened token accounts.

        Returns:
            What is listed; the wallet's accounts; those of them that it may have used, which are all where
            not everything of the list was read before.
        """
        found = await self._of_address(wallet, after, upto)
        named = self.accounts.named_in(one.signature for one in found)
        if named is None:
            self.accounts.invalidate(wallet)
        owned = await self.accounts.of(wallet)
        return found, owned, owned if named is None else named

    async def _add_accounts(
        self,
        found: ListedTransactions,
        accounts: Mapping[str, str],
        used: Container[str],
        *,
        after: int,
        upto: int,
    ) -> None:
        """List the token accounts for which something may have happened, and note what each holds."""
        names = list(accounts)
        states = await token_account_states(self._rpc, names, upto=upto, commitment=self._commitment)
        seen: dict[str, _SeenAccount] = {}
        due: dict[str, int] = {}
        for account, state in zip(names, states, strict=True):
            before = self._seen.get(account)
            begin = _list_from(before, state, after, was_used=account in used)
            now = _SeenAccount(after=after, upto=upto, state=state, listed_upto=upto, listed_at=monotonic())
            if begin is not None:
                due[account] = begin
                now = replace(now, has_changed=before is None or state != before.state)
            elif before is not None:
                now = replace(now, listed_upto=before.listed_upto, listed_at=before.listed_at)
            seen[account] = now
        for start in range(0, len(due), CONCURRENT_ADDRESSES):
            part = list(due)[start : start + CONCURRENT_ADDRESSES]
            lists = await asyncio.gather(*(self._of_address(one, due[one], upto) for one in part))
            for account, listed in zip(part, lists, strict=True):
                add_listed(found, listed, accounts[account])
        known = self.accounts.all_known()
        self._seen = {account: one for account, one in self._seen.items() if account in known} | seen

    async def _of_address(self, address: str, after: int, upto: int) -> list[ListedSignature]:
        listed = await signatures_between(
            self._rpc, address, after=after, upto=upto, commitment=self._commitment
        )
        return [one for one in listed if not one.failed]


def add_listed(found: ListedTransactions, listed: Iterable[ListedSignature], wallet: str) -> None:
    """Add what is listed for a wallet.

    Args:
        found: is changed: a transaction that stands there already gets one wallet more.
        listed: of the wallet or of one of its token accounts.
        wallet: for which it was listed.
    """
    for one in listed:
        found.setdefault(one.signature, (one, set()))[1].add(wallet)


def _list_from(
    before: _SeenAccount | None, state: TokenAccountState, after: int, *, was_used: bool
) -> int | None:
    """The slot above which an account is to be listed; None: it need not be.

    Args:
        before: what an earlier pass saw; None: none did.
        state: what the account holds now, perhaps since a slot above the pass.
        after: the slot above which the pass begins.
        was_used: whether its owner may have used it in this pass; what came in just before may have gone out
            in it, and so be seen by no pass, hence one pass more is listed.
    """
    if before is None or before.upto != after:  # another pass went over it, or this one again
        return after
    if monotonic() - before.listed_at > LIST_ALL_SECONDS:
        return before.listed_upto
    return before.after if was_used or before.has_changed or state != before.state else None
