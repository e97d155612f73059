"""The largest token accounts of a mint, by whatever way a node offers: its list, its index, its accounts."""

import base64
from collections.abc import Mapping

import msgspec

from chain.parsing.json_shapes import Address
from chain.rpc.accounts import BATCH
from chain.scans.node import NotAnswered, ScanNode, decoded
from domain.security.mints import TOKEN_PROGRAM, MintFacts
from domain.sentences import sentence

_TOKEN_ACCOUNT_BYTES = 165
_CONFIRMED = {"commitment": "confirmed"}
MAX_LISTED = 20
"""Accounts that getTokenLargestAccounts lists; fewer are all there are."""
_DAS_PAGE = 1_000
_MANY = 1_000
"""Transactions; a token with so many may have any number of holders."""


class HolderList(msgspec.Struct, frozen=True, kw_only=True):
    """Token accounts, largest first."""

    addresses: list[str]
    is_complete: bool
    """These are all there are."""
    method: str
    """By which the node told them."""


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


_TOO_MANY = sentence("{why}, and the token has too many holders to be listed").text


async def largest_accounts(node: ScanNode, mint: MintFacts) -> HolderList:
    """The largest token accounts; raises NotAnswered with the reason of the first refusal."""
    try:
        raw = await node.ask("getTokenLargestAccounts", [mint.address, _CONFIRMED])
    except NotAnswered as refusal:
        return await _by_index(node, mint, refusal)
    found = [one.address for one in decoded(raw, _LargestAccounts).value]
    if found or not mint.supply:
        return HolderList(addresses=found, is_complete=False, method="getTokenLargestAccounts")
    return await _by_index(node, mint, NotAnswered(sentence("the node knows no holder of this token")))


async def _by_index(node: ScanNode, mint: MintFacts, refusal: NotAnswered) -> HolderList:
    """The same from an index of assets, or from the accounts of the token program, if there are few."""
    config = {"mint": mint.address, "limit": _DAS_PAGE}
    try:
        found = decoded(await node.ask("getTokenAccounts", [config]), _DasAccounts).token_accounts
        if len(found) < _DAS_PAGE:
            return _largest({one.address: one.amount for one in found}, "getTokenAccounts")
    except NotAnswered:
        return await _by_program(node, mint, refusal)
    raise NotAnswered(sentence(_TOO_MANY, why=refusal.reason))


def _largest(amounts: Mapping[str, int], method: str) -> HolderList:
    """As many accounts as one question takes."""
    ordered = sorted(amounts, key=amounts.__getitem__, reverse=True)
    return HolderList(addresses=ordered[:BATCH], is_complete=len(ordered) <= BATCH, method=method)


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


async def _by_program(node: ScanNode, mint: MintFacts, refusal: NotAnswered) -> HolderList:
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
        raise NotAnswered(sentence(_TOO_MANY, why=refusal.reason))
    found = decoded(raw, list[_ProgramAccount])
    return _largest({one.pubkey: one.amount for one in found}, "getProgramAccounts")
