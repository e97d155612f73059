"""The largest holders of a token, and what they are; where a node refuses the list, what else it offers.

Nodes round amounts and may lie, so the amounts come from the token accounts themselves, and a list whose
accounts hold something else, or more than there is, is not believed.
"""

import base64
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import base58
import msgspec

from chain.market.locks import Lock
from chain.market.owners import is_to_read, owner_kind
from chain.parsing.json_shapes import Address
from chain.rpc.accounts import BATCH, Account
from chain.scans.locks import VaultHolding, locks_of, without_free
from chain.scans.node import NotAnswered, ScanNode, decoded
from domain.security.checks import NotRead, Source
from domain.security.facts import Holder, Holders, Liquidity, OwnerKind
from domain.security.mints import TOKEN_PROGRAM, TOKEN_PROGRAMS, MintFacts

_TOKEN_ACCOUNT_BYTES = 165
_STATE_AT, _FROZEN = 108, 2
_CONFIRMED = {"commitment": "confirmed"}
_DAS_PAGE = 1_000
_MANY = 1_000
"""Transactions; a token with so many may have any number of holders."""


class _Largest(msgspec.Struct):
    """`{"address":"8sLb…","amount":"5"}`."""

    address: Address


class _LargestAccounts(msgspec.Struct):
    """`{"value":[{"address":"8sLb…","amount":"5"}]}`."""

    value: list[_Largest]


class _DasAccount(msgspec.Struct):
    """`{"address":"8sLb…","owner":"7w5g…","amount":5}`."""

    address: Address
    amount: int = 0


class _DasAccounts(msgspec.Struct):
    """`{"total":2,"token_accounts":[{"address":"8sLb…"}]}`."""

    token_accounts: list[_DasAccount]


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


_MISTAKEN_FOR_HOLDERS = frozenset({OwnerKind.WALLET, OwnerKind.PROGRAM})


async def read_holders(node: ScanNode, mint: MintFacts, *, now: int | None = None) -> FoundHolders:
    """The largest holders: by the node's list, else by its index of assets; else unknown with the reason."""
    if mint.hidden_supply:
        return FoundHolders(holders=NotRead(reason="amounts of this token are hidden"))
    try:
        addresses, is_complete, method = await _token_accounts(node, mint)
        accounts = await _accounts(node, addresses)
        holdings = [_holding(accounts.get(address), mint) for address in addresses]
        owners = await _owners(node, holdings)
        locks = await _locks(node, mint, holdings, owners)
    except NotAnswered as error:
        return FoundHolders(holders=NotRead(reason=str(error)))
    slot = max((one.slot for one in accounts.values() if one is not None), default=None)
    holders = Holders(
        top=without_free(_by_owner(holdings, owners, locks), locks, now),
        supply=mint.supply,
        source=Source(name=method, slot=slot, read_at=now),
        is_complete=is_complete,
    )
    if sum(one.raw for one in holders.top) > _more_than(mint.supply):
        return FoundHolders(holders=NotRead(reason="the node's amounts contradict the supply"))
    pools = tuple(one.owner for one in holders.top if one.kind in {OwnerKind.POOL, OwnerKind.CURVE})
    known = tuple(one for one in holdings if one is not None)
    return FoundHolders(holders=holders, pools=pools, accounts=known)


def _more_than(supply: int) -> int:
    """Mint and accounts are read in different slots, between which a little may be made or burned."""
    return supply + supply // 20


async def _token_accounts(node: ScanNode, mint: MintFacts) -> tuple[list[str], bool, str]:
    """Addresses of the largest token accounts, whether these are all there are, and who said so."""
    try:
        raw = await node.ask("getTokenLargestAccounts", [mint.address, _CONFIRMED])
    except NotAnswered as refusal:
        return await _by_index(node, mint, refusal)
    found = [one.address for one in decoded(raw, _LargestAccounts).value]
    if found or not mint.supply:
        return found, False, "getTokenLargestAccounts"
    return await _by_index(node, mint, NotAnswered("the node knows no holder of this token"))


async def _by_index(node: ScanNode, mint: MintFacts, refusal: NotAnswered) -> tuple[list[str], bool, str]:
    """The same from an index of assets, or from the accounts of the token program, if there are few."""
    config = {"mint": mint.address, "limit": _DAS_PAGE}
    try:
        found = decoded(await node.ask("getTokenAccounts", [config]), _DasAccounts).token_accounts
        if len(found) < _DAS_PAGE:
            return *_largest({one.address: one.amount for one in found}), "getTokenAccounts"
    except NotAnswered:
        return await _by_program(node, mint, refusal)
    raise NotAnswered(f"{refusal}, and the token has too many holders to be listed")


def _largest(amounts: Mapping[str, int]) -> tuple[list[str], bool]:
    """As many accounts as one question takes, and whether these are all."""
    ordered = sorted(amounts, key=amounts.__getitem__, reverse=True)
    return ordered[:BATCH], len(ordered) <= BATCH


class _Slice(msgspec.Struct):
    """`{"data":["BQAAAAAAAAA=","base64"]}`."""

    data: tuple[str, str]


class _ProgramAccount(msgspec.Struct):
    """`{"pubkey":"8sLb…","account":{"data":["BQAAAAAAAAA=","base64"]}}`."""

    pubkey: Address
    account: _Slice

    @property
    def amount(self) -> int:
        """What the account holds, of which alone the bytes were asked for."""
        return int.from_bytes(base64.b64decode(self.account.data[0]), "little")


async def _by_program(node: ScanNode, mint: MintFacts, refusal: NotAnswered) -> tuple[list[str], bool, str]:
    """All token accounts of the mint; only amounts are asked for, since there may be many.

    There are few of a token that was seldom mentioned. Of others the answer may be of any size, and a node
    that sends too much is asked for nothing for a while: so it is not asked for that.
    """
    page = [mint.address, _CONFIRMED | {"limit": _MANY}]
    filters: list[object] = [{"memcmp": {"offset": 0, "bytes": mint.address}}]
    if mint.program == TOKEN_PROGRAM:
        filters.append({"dataSize": _TOKEN_ACCOUNT_BYTES})
    config = _CONFIRMED | {
        "encoding": "base64",
        "dataSlice": {"offset": 64, "length": 8},
        "filters": filters,
    }
    try:
        mentions = decoded(await node.ask("getSignaturesForAddress", page), list[msgspec.Raw])
        is_small = len(mentions) < _MANY
        raw = await node.ask("getProgramAccounts", [mint.program, config]) if is_small else None
    except NotAnswered:
        raise refusal from None
    if raw is None:
        raise NotAnswered(f"{refusal}, and the token has too many holders to be listed")
    found = decoded(raw, list[_ProgramAccount])
    return *_largest({one.pubkey: one.amount for one in found}), "getProgramAccounts"


async def _accounts(node: ScanNode, addresses: Sequence[str]) -> Mapping[str, Account | None]:
    """The token accounts; raises NotAnswered if one is not known, since its owner may hold the most."""
    found = await node.accounts(addresses)
    if any(address not in found for address in addresses):
        raise NotAnswered("the owners of its largest accounts are not recorded")
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
        raise NotAnswered("the node's list of holders names accounts of something else")
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
        raise NotAnswered("whose its largest accounts are is not recorded")
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
