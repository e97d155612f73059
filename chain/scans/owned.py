"""Accounts of a program that have an address at a place: a locker's locks of one mint, or of one pool."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import base58
import msgspec

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
