"""Looks up the account at an address; unknown if no node answers within two seconds."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chain.rpc.accounts import AccountKind, account_kind, kind_of, read_accounts, token_account_owner
from chain.rpc.pool import RpcPool
from domain.errors import WhaleWatcherError
from storage.cache import Cache, CacheSpec
from storage.keys import CacheName

log = logging.getLogger(__name__)

ASK_SECONDS = 2.0
KNOWN_SECONDS = 5 * 3600.0
ABSENT_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is at an address."""

    kind: AccountKind | None
    """None: no node answered in time."""
    owner: str | None = None
    """The wallet that a token account belongs to."""


class AccountReader(Protocol):
    """What the chain says of an address."""

    async def kind(self, address: str) -> Account:
        """Return what is at the address; never raises and never takes longer than two seconds."""

    async def kinds(self, addresses: Sequence[str]) -> dict[str, Account]:
        """The same for a list, without the owners of token accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeAccounts:
    """Reads accounts from nodes."""

    rpc: RpcPool

    async def kind(self, address: str) -> Account:
        """Return what is at the address; unknown if no node answers in time."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                kind = await account_kind(self.rpc, address)
                is_token_account = kind is AccountKind.TOKEN_ACCOUNT
                owner = await token_account_owner(self.rpc, address) if is_token_account else None
        except (TimeoutError, WhaleWatcherError, ValueError) as error:
            log.info("The account at an address is unknown: %s", type(error).__name__)
            return Account(kind=None)
        return Account(kind=kind, owner=owner)

    async def kinds(self, addresses: Sequence[str]) -> dict[str, Account]:
        """Return what is at each address; all unknown if no node answers in time."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                found = await read_accounts(self.rpc, addresses)
        except (TimeoutError, WhaleWatcherError, ValueError) as error:
            log.info("The accounts at %d addresses are unknown: %s", len(addresses), type(error).__name__)
            return {address: Account(kind=None) for address in addresses}
        return {address: Account(kind=kind_of(found.get(address))) for address in addresses}


def _lifetime(account: Account) -> float:
    """Return how long it stays so, in seconds: an address without an account may get one at any time."""
    if account.kind is None or (account.kind is AccountKind.TOKEN_ACCOUNT and account.owner is None):
        return 0.0
    return ABSENT_SECONDS if account.kind is AccountKind.ABSENT else KNOWN_SECONDS


ACCOUNTS = CacheSpec(name=CacheName.WALLETS, type_=Account, seconds=_lifetime)
"""What is at an address, by address. The scanner forgets a followed wallet when it acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedAccounts:
    """Reads an account again only when it may have changed."""

    reader: AccountReader
    cache: Cache[Account]

    async def kind(self, address: str) -> Account:
        """Return what is at the address."""
        return await self.cache.get_or_load(address, lambda: self.reader.kind(address))

    async def kinds(self, addresses: Sequence[str]) -> dict[str, Account]:
        """Return what is at each address."""
        return await self.cache.get_or_load_many(addresses, self.reader.kinds)


class NoNode:
    """Stands in where no node is configured."""

    async def kind(self, address: str) -> Account:
        """Unknown."""
        del address
        return Account(kind=None)

    async def kinds(self, addresses: Sequence[str]) -> dict[str, Account]:
        """All unknown."""
        return {address: Account(kind=None) for address in addresses}
