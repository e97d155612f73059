"""Which of a token's holdings lie in lockers, by looking at the accounts of these.

The account that owns the tokens is the lock itself, or, at Streamflow, the token account owns itself, and the
lock is found among the program's accounts of the mint. A node that refuses to list them leaves such tokens
with a holder: unknown is never locked.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from chain.market.locks import STREAMFLOW, STREAMFLOW_MINT_AT, Lock, read_lock, streamflow_vault
from chain.rpc.accounts import Account
from chain.scans.node import NotAnswered, ScanNode
from chain.scans.owned import MemoryMatch, owned_accounts
from domain.security.facts import Holder, OwnerKind


class VaultHolding(msgspec.Struct, frozen=True, kw_only=True):
    """A token account and what is at its owner's address."""

    address: str
    owner: str
    account: Account | None
    """None: nothing was read there."""


async def locks_of(node: ScanNode, mint: str, vaults: Sequence[VaultHolding]) -> Mapping[str, Lock]:
    """The locks, by the address that owns the tokens.

    Args:
        node: whom to ask; it is asked once, and only where a token account owns itself.
        mint: of the tokens.
        vaults: the token accounts.
    """
    found = {
        vault.owner: lock
        for vault in vaults
        if vault.account is not None and (lock := read_lock(vault.account)) is not None and lock.mint == mint
    }
    own = {vault.owner for vault in vaults if vault.owner == vault.address}
    return found | (await _streamflow(node, mint, own) if own else {})


async def _streamflow(node: ScanNode, mint: str, vaults: set[str]) -> dict[str, Lock]:
    match = MemoryMatch(offset=STREAMFLOW_MINT_AT, address=mint)
    try:
        accounts = await owned_accounts(node, STREAMFLOW, match)
    except NotAnswered:
        return {}
    locks = {streamflow_vault(one.address): read_lock(one) for one in accounts}
    return {vault: lock for vault, lock in locks.items() if vault in vaults and lock is not None}


def without_free(holders: Sequence[Holder], locks: Mapping[str, Lock], now: int | None) -> tuple[Holder, ...]:
    """The holders, largest first, with what is free now or soon in the hands of those who can take it.

    Args:
        holders: with all that lies in locks as locked.
        locks: by the holder's address.
        now: Unix seconds; None: not known, so all is free that ever will be.
    """
    free = {one.owner: _free(one, locks[one.owner], now) for one in holders if one.owner in locks}
    dates = {} if now is None else _unlocks(locks, now)
    more: dict[str, int] = defaultdict(int)
    for owner, raw in free.items():
        more[locks[owner].beneficiary] += raw
    known = [
        msgspec.structs.replace(
            one,
            raw=one.raw - free.get(one.owner, 0) + more.pop(one.owner, 0),
            unlocks_at=dates.get(one.owner),
        )
        for one in holders
    ]
    known += [
        Holder(owner=owner, raw=raw, kind=OwnerKind.WALLET, unlocks_at=dates.get(owner))
        for owner, raw in more.items()
    ]
    return tuple(sorted((one for one in known if one.raw), key=lambda one: one.raw, reverse=True))


def _free(holder: Holder, lock: Lock, now: int | None) -> int:
    """What can be taken of a holding: what is unlocked, and what lies there beside what was locked.

    Anybody may send more to the address of a lock, and whoever closes the lock of one token gets that back.
    """
    left = lock.schedule.total - lock.taken
    unlocked = left if now is None else lock.unlocked_soon(now)
    return min(holder.raw, max(unlocked, holder.raw - (left - unlocked)))


def _unlocks(locks: Mapping[str, Lock], now: int) -> dict[str, int]:
    """When each lock next frees a part, the earliest by the lock's address and by who can take it."""
    dates: dict[str, int] = {}
    for owner, lock in locks.items():
        at = lock.schedule.next_unlock(now)
        if at is not None:
            dates |= {one: min(at, dates.get(one, at)) for one in (owner, lock.beneficiary)}
    return dates
