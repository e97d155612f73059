"""Accounts of a program that have an address at a place: locks of a mint or of a pool, pools of a token."""

import base64
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import base58
import msgspec

from chain.market.owners import DAMM_V2_AUTHORITY, DBC_AUTHORITY
from chain.market.pool_accounts import launch_config
from chain.market.pools import METEORA_DAMM_V2, METEORA_DBC
from chain.parsing.json_shapes import Address
from chain.rpc.accounts import CONFIRMED, Account, AccountInfo
from chain.scans.node import UNREADABLE, NotAnswered, ScanNode, decoded


class MemoryMatch(msgspec.Struct, frozen=True, kw_only=True):
    """Which accounts are meant."""

    offset: int
    """In bytes from the beginning."""
    address: str
    """What stands there."""

    def fits(self, data: bytes) -> bool:
        """Return whether it stands there in these bytes."""
        return data[self.offset : self.offset + 32] == base58.b58decode(self.address)


class _Owned(msgspec.Struct):
    """`{"pubkey":"8sLb…","account":{"lamports":5,"owner":"strm…","executable":false,"data":["AQID","base64"]}}`."""

    pubkey: Address
    account: AccountInfo


async def owned_accounts(node: ScanNode, program: str, match: MemoryMatch) -> Sequence[Account]:
    """The program's accounts that fit, whatever else the node sends.

    Args:
        node: whom to ask; public nodes refuse this of programs with many accounts.
        program: who owns the accounts; an account of another one is left out.
        match: is checked here once more, since the node may send what does not fit.

    Raises:
        NotAnswered: no node gave them, or what came cannot be read.
    """
    accounts = await _accounts(node, program, _config(match))
    return [one for one in accounts if one.owner == program and match.fits(one.data)]


async def owned_parts(node: ScanNode, program: str, match: MemoryMatch, part: slice) -> Mapping[str, bytes]:
    """The same bytes of each of the program's accounts that fit, by its address.

    Args:
        node: is believed as to what fits: the bytes that match are not among those that come.
        program: who owns the accounts.
        match: which of them.
        part: the bytes of each account that come, from `start` up to `stop`.

    Raises:
        NotAnswered: no node gave them, or what came cannot be read.
    """
    config = _config(match) | {"dataSlice": {"offset": part.start, "length": part.stop - part.start}}
    return {one.address: one.data for one in await _accounts(node, program, config)}


async def _accounts(node: ScanNode, program: str, config: dict[str, Any]) -> Sequence[Account]:
    raw = await node.ask("getProgramAccounts", [program, config])
    return [_account(one) for one in decoded(raw, list[_Owned])]


def _config(match: MemoryMatch) -> dict[str, Any]:
    memory = {"offset": match.offset, "bytes": match.address}
    return CONFIRMED | {"encoding": "base64", "filters": [{"memcmp": memory}]}


def _account(one: _Owned) -> Account:
    try:
        data = base64.b64decode(one.account.data[0])
    except ValueError as error:
        raise NotAnswered(UNREADABLE) from error
    return Account(
        address=one.pubkey,
        owner=one.account.owner,
        executable=one.account.executable,
        lamports=one.account.lamports,
        data=data,
        slot=0,
    )


class _Listed(msgspec.Struct, frozen=True):
    """Where a pool's account names the token and its vault."""

    program: str
    mint: int
    vault: int


_BY_AUTHORITY = {
    DAMM_V2_AUTHORITY: _Listed(METEORA_DAMM_V2, 168, 232),
    DBC_AUTHORITY: _Listed(METEORA_DBC, 136, 168),
}
"""The token stands first, as pools are usually made; the larger venue first, as curves end there."""


async def listed_pools(
    node: ScanNode, mint: str, owners: Collection[str], vaults: Collection[str]
) -> Sequence[Account]:
    """Pools of Meteora that nothing but their program's list names: one question, where it has any.

    One authority owns all vaults of a program, and where a pool is follows from its configuration, of which
    anybody may make one.

    Args:
        node: whom to ask; one that refuses names none.
        mint: of the token.
        owners: of its largest accounts.
        vaults: these accounts; a pool with little of the token is none of these, however many somebody makes.
    """
    layout = next((one for authority, one in _BY_AUTHORITY.items() if authority in owners), None)
    if layout is None:
        return []
    try:
        found = await owned_accounts(node, layout.program, MemoryMatch(offset=layout.mint, address=mint))
    except NotAnswered:
        return []
    wanted = {base58.b58decode(vault) for vault in vaults}
    return [one for one in found if one.data[layout.vault : layout.vault + 32] in wanted]


async def launch_configs(node: ScanNode, curves: Sequence[Account]) -> dict[str, Account]:
    """The configurations of Meteora's launch curves among these, by curve; nothing where the node says none.

    Args:
        node: whom to ask; one question.
        curves: pools of any venue.
    """
    wanted = {one.address: launch_config(one.data) for one in curves if one.owner == METEORA_DBC}
    try:
        found = await node.accounts(list(dict.fromkeys(wanted.values()))) if wanted else {}
    except NotAnswered:
        return {}
    configs = {curve: found.get(at) for curve, at in wanted.items()}
    return {curve: one for curve, one in configs.items() if one is not None and one.owner == METEORA_DBC}
