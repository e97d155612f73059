"""The largest holders of a token, and what they are.

Nodes round amounts and may lie, so the amounts come from the token accounts themselves, and a list whose
accounts hold something else, or more than there is, is not believed.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import base58
import msgspec

from chain.market.locks import Lock
from chain.market.owners import is_to_read, owner_kind
from chain.rpc.accounts import Account
from chain.scans.holder_lists import MAX_LISTED, HolderList, largest_accounts
from chain.scans.locks import VaultHolding, locks_of, without_free
from chain.scans.node import NotAnswered, ScanNode
from domain.security.checks import NotRead, Source
from domain.security.facts import FREE_FLOAT, Holder, Holders, Liquidity, OwnerKind, Pool
from domain.security.mints import TOKEN_PROGRAMS, MintFacts
from domain.sentences import sentence

_TOKEN_ACCOUNT_BYTES = 165
_STATE_AT, _FROZEN = 108, 2


class TokenHolding(msgspec.Struct, frozen=True, kw_only=True):
    """What a token account says."""

    address: str
    owner: str
    raw: int
    is_frozen: bool


class FoundHolders(msgspec.Struct, frozen=True, kw_only=True):
    """The holders, and the pools that are among their owners."""

    holders: Holders | NotRead
    pools: tuple[str, ...] = ()
    accounts: tuple[TokenHolding, ...] = ()
    """What each of them was read from."""

    def without_vaults(self, liquidity: Liquidity | NotRead) -> Holders | NotRead:
        """The holders, with what lies in vaults of the pools that were found as what it is.

        Of a venue whose authority no list names only the pool's own account says whose a vault is.
        """
        if isinstance(self.holders, NotRead) or isinstance(liquidity, NotRead):
            return self.holders
        if any(self._is_missed(pool) for pool in liquidity.pools):
            return msgspec.structs.replace(self.holders, is_lower_bound=True)
        vaults = {address for pool in liquidity.pools for address in pool.vaults}
        kinds = {one.owner: one.kind for one in self.holders.top}
        found = [
            one
            for one in self.accounts
            if one.address in vaults and one.raw and kinds.get(one.owner) in _MISTAKEN_FOR_HOLDERS
        ]
        raws = Counter({one.owner: 0 for one in found})
        for one in found:
            raws[one.owner] += one.raw
        left = [msgspec.structs.replace(one, raw=one.raw - raws[one.owner]) for one in self.holders.top]
        pools = [
            Holder(owner=one.address, raw=one.raw, kind=OwnerKind.POOL, is_frozen=one.is_frozen)
            for one in found
        ]
        top = sorted([*(one for one in left if one.raw > 0), *pools], key=lambda one: one.raw, reverse=True)
        return msgspec.structs.replace(self.holders, top=tuple(top))

    def _is_missed(self, pool: Pool) -> bool:
        """Whether a pool has more of the token than accounts of the list, and is not among them.

        Vaults and list are read one after the other, so it must be more by a half.
        """
        listed = {one.address: one.raw for one in self.accounts}
        if not pool.vaults or pool.base_raw is None or not listed or pool.vaults[0] in listed:
            return False
        return 2 * pool.base_raw > 3 * min(listed.values())


_MISTAKEN_FOR_HOLDERS = frozenset({OwnerKind.WALLET, OwnerKind.PROGRAM})


async def read_holders(
    node: ScanNode, mint: MintFacts, *, now: int | None = None, seen: Mapping[str, int] | None = None
) -> FoundHolders:
    """The largest holders: by the node's list, else by its index of assets, else by its accounts.

    Where all of these are refused, what was seen of them here is the least that they have; without that they
    are unknown with the reason.

    Args:
        node: whom to ask.
        mint: of which token.
        now: Unix seconds, for locks that end; None: not known.
        seen: what owners had when they were seen last, in the smallest unit.
    """
    if mint.hidden_supply:
        return FoundHolders(holders=NotRead(reason=sentence("amounts of this token are hidden")))
    try:
        listed = await largest_accounts(node, mint)
        addresses = listed.addresses
        accounts = await _accounts(node, addresses)
        holdings = [_holding(accounts.get(address), mint) for address in addresses]
        owners = await _owners(node, holdings)
        locks = await _locks(node, mint, holdings, owners)
    except NotAnswered as error:
        return FoundHolders(holders=_seen(mint, seen or {}, now) or NotRead(reason=error.reason))
    slot = max((one.slot for one in accounts.values() if one is not None), default=None)
    holders = Holders(
        top=without_free(_by_owner(holdings, owners, locks), locks, now),
        supply=mint.supply,
        source=Source(name=listed.method, slot=slot, read_at=now),
        is_complete=listed.is_complete,
        is_lower_bound=mint.confidential
        or _is_cut(listed, holdings, mint.supply)
        or (not _is_whole(listed) and _is_split(holdings, owners)),
    )
    if sum(one.raw for one in holders.top) > _more_than(mint.supply):
        return FoundHolders(holders=NotRead(reason=sentence("the node's amounts contradict the supply")))
    pools = tuple(one.owner for one in holders.top if one.kind in {OwnerKind.POOL, OwnerKind.CURVE})
    known = tuple(one for one in holdings if one is not None)
    return FoundHolders(holders=holders, pools=pools, accounts=known)


def _seen(mint: MintFacts, seen: Mapping[str, int], now: int | None) -> Holders | None:
    """The least that holders have, by what was seen of them here; None: nothing."""
    holders = (
        Holder(owner=owner, raw=raw, kind=owner_kind(owner, None)) for owner, raw in seen.items() if raw > 0
    )
    top = tuple(sorted(holders, key=lambda one: one.raw, reverse=True))
    if not top or sum(one.raw for one in top) > _more_than(mint.supply):
        return None
    source = Source(name="own ledger", read_at=now)
    return Holders(top=top, supply=mint.supply, source=source, is_lower_bound=True)


def _is_whole(listed: HolderList) -> bool:
    return listed.is_complete or len(listed.addresses) < MAX_LISTED


def _is_cut(listed: HolderList, holdings: Sequence[TokenHolding | None], supply: int) -> bool:
    """Whether accounts are missing from a list that should name all: they have the rest of the supply."""
    return _is_whole(listed) and sum(one.raw for one in holdings if one is not None) < supply - supply // 20


MAX_ACCOUNTS_OF_ONE = 4
"""Among the largest of a token; who has more may have any number beyond the end of the list."""


def _is_split(holdings: Sequence[TokenHolding | None], owners: Mapping[str, Account | None]) -> bool:
    """Whether somebody who could sell spreads what they have over many accounts, of which the list is cut."""
    accounts = Counter(one.owner for one in holdings if one is not None and one.raw)
    return any(
        number > MAX_ACCOUNTS_OF_ONE and owner_kind(owner, owners.get(owner)) not in FREE_FLOAT
        for owner, number in accounts.items()
    )


def _more_than(supply: int) -> int:
    """Mint and accounts are read in different slots, between which a little may be made or burned."""
    return supply + supply // 20


async def _accounts(node: ScanNode, addresses: Sequence[str]) -> Mapping[str, Account | None]:
    """The token accounts; raises NotAnswered if one is not known, since its owner may hold the most."""
    found = await node.accounts(addresses)
    if any(address not in found for address in addresses):
        raise NotAnswered(sentence("the owners of its largest accounts are not recorded"))
    return found


def _holding(account: Account | None, mint: MintFacts) -> TokenHolding | None:
    """What a token account holds of the mint; None: it was closed since.

    Raises:
        NotAnswered: it is an account of something else.
    """
    if account is None:
        return None
    data = account.data
    is_account = account.owner in TOKEN_PROGRAMS and len(data) >= _TOKEN_ACCOUNT_BYTES
    if not is_account or base58.b58encode(data[:32]).decode() != mint.address:
        raise NotAnswered(sentence("the node's list of holders names accounts of something else"))
    return TokenHolding(
        address=account.address,
        owner=base58.b58encode(data[32:64]).decode(),
        raw=int.from_bytes(data[64:72], "little"),
        is_frozen=data[_STATE_AT] == _FROZEN,
    )


async def _owners(node: ScanNode, holdings: Sequence[TokenHolding | None]) -> Mapping[str, Account | None]:
    """The accounts of owners that are no wallets.

    Raises:
        NotAnswered: one is not known: a pool would be taken for somebody who could sell.
    """
    wanted = sorted({one.owner for one in holdings if one is not None and is_to_read(one.owner)})
    found = await node.accounts(wanted) if wanted else {}
    if any(owner not in found for owner in wanted):
        raise NotAnswered(sentence("whose its largest accounts are is not recorded"))
    return found


async def _locks(
    node: ScanNode,
    mint: MintFacts,
    holdings: Sequence[TokenHolding | None],
    owners: Mapping[str, Account | None],
) -> Mapping[str, Lock]:
    """The locks among the owners, by the address that owns the tokens."""
    vaults = [
        VaultHolding(address=one.address, owner=one.owner, account=owners.get(one.owner))
        for one in holdings
        if one is not None and one.raw
    ]
    return await locks_of(node, mint.address, vaults)


def _by_owner(
    holdings: Sequence[TokenHolding | None], owners: Mapping[str, Account | None], locks: Mapping[str, Lock]
) -> tuple[Holder, ...]:
    """Each owner with everything in their accounts, largest first."""
    amounts: dict[str, int] = defaultdict(int)
    frozen: set[str] = set()
    for one in holdings:
        if one is not None and one.raw:
            amounts[one.owner] += one.raw
            frozen |= {one.owner} if one.is_frozen else set()
    holders = (
        Holder(
            owner=owner,
            raw=raw,
            kind=OwnerKind.LOCKED if owner in locks else owner_kind(owner, owners.get(owner)),
            is_frozen=owner in frozen,
        )
        for owner, raw in amounts.items()
    )
    return tuple(sorted(holders, key=lambda one: one.raw, reverse=True))
