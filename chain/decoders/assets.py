"""Assets without token accounts, of which balances say nothing: Metaplex Core and compressed NFTs. Pure.

Sources: https://github.com/metaplex-foundation/mpl-core, `instruction.rs` (CreateV1 0, BurnV1 12,
TransferV1 14, CreateV2 20), and https://github.com/metaplex-foundation/mpl-bubblegum, `processor/` (the
accounts of transfers, burns and mints) and `state/leaf_schema.rs`. A compressed asset's address follows from
its tree and its number there. A mint is not given that number: it is in the leaf that the program logs, as
the data of a call of a program that does nothing.
"""

import hashlib
import re
from collections.abc import Callable
from itertools import takewhile

from solders.pubkey import Pubkey

from chain.parsing.calls import Call, calls_of
from chain.parsing.transaction import Transaction
from domain.activity.activity import Leg

CORE = "CoREENxT6tW1HoK8ypY1SxRMZTcVPm7R94rH4PZNhX7d"
BUBBLEGUM = "BGUMAp9Gq7iTEuizy4pqaxsTyUCBK68MDfK752saRPUY"
PROGRAMS_OF_ASSETS = frozenset({CORE, BUBBLEGUM})

Handover = tuple[str, str | None, str | None]
"""An asset, who gave it and who got it; None: nobody: it was made, or destroyed."""
Legs = tuple[tuple[Leg, ...], tuple[Leg, ...]]


def asset_legs(transaction: Transaction, wallet: str) -> Legs:
    """The assets that the wallet gave, and those that it got.

    Raises:
        Undecodable: the calls cannot be understood.
    """
    counts: dict[str, int] = {}
    for asset, giver, getter in _handovers(transaction):
        counts[asset] = counts.get(asset, 0) + (getter == wallet) - (giver == wallet)
    return (
        tuple([_piece(asset) for asset, number in counts.items() if number < 0]),
        tuple([_piece(asset) for asset, number in counts.items() if number > 0]),
    )


def other_side(transaction: Transaction, wallet: str, asset: str) -> str | None:
    """Return who got the asset from the wallet, or gave it; None: nobody, as where it was made or destroyed.

    Args:
        transaction: whose calls say who handed it over.
        wallet: one of the two sides.
        asset: the address of a Core asset or a compressed NFT; of several handovers the first counts.

    Raises:
        Undecodable: the calls cannot be understood.
    """
    for moved, giver, getter in _handovers(transaction):
        if moved == asset and wallet in {giver, getter}:
            return getter if giver == wallet else giver
    return None


def asset_supply_change(transaction: Transaction, asset: str) -> int:
    """1 if the asset was made here, -1 if it was destroyed, else 0."""
    moves = [(giver, getter) for moved, giver, getter in _handovers(transaction) if moved == asset]
    return sum([(giver is None) - (getter is None) for giver, getter in moves])


def _piece(asset: str) -> Leg:
    return Leg(mint=asset, raw=1, decimals=0)


def _handovers(transaction: Transaction) -> list[Handover]:
    calls = calls_of(transaction)
    found = [
        _core(call) if call.program == CORE else _compressed(call, calls[at + 1 :])
        for at, call in enumerate(calls)
        if call.program in PROGRAMS_OF_ASSETS and call.prefix
    ]
    return [handover for handover in found if handover is not None]


def _core(call: Call) -> Handover | None:
    read = _CORE_TAGS.get(call.prefix[0])
    return read(call.accounts) if read is not None else None


def _account_at(accounts: tuple[str, ...], index: int) -> str | None:
    """The account at a place that may be left out, which the program's own address says."""
    return accounts[index] if index < len(accounts) and accounts[index] != CORE else None


def _core_created(accounts: tuple[str, ...]) -> Handover | None:
    owner = _account_at(accounts, 4) or _account_at(accounts, 2) or _account_at(accounts, 3)
    return (accounts[0], None, owner) if owner else None


def _core_burned(accounts: tuple[str, ...]) -> Handover | None:
    owner = _account_at(accounts, 3) or _account_at(accounts, 2)
    return (accounts[0], owner, None) if owner else None


def _core_sent(accounts: tuple[str, ...]) -> Handover | None:
    owner, new_owner = _account_at(accounts, 3) or _account_at(accounts, 2), _account_at(accounts, 4)
    return (accounts[0], owner, new_owner) if owner and new_owner else None


_CORE_TAGS: dict[int, Callable[[tuple[str, ...]], Handover | None]] = {
    0: _core_created,
    12: _core_burned,
    14: _core_sent,
    20: _core_created,
}


def _anchor(name: str) -> bytes:
    return hashlib.sha256(f"global:{name}".encode()).digest()[:8]


_COMPRESSED: dict[bytes, tuple[int, int | None, int]] = {
    _anchor("transfer"): (1, 3, 4),
    _anchor("burn"): (1, None, 3),
    _anchor("transfer_v2"): (3, 5, 6),
    _anchor("burn_v2"): (3, None, 5),
}
"""Where in the accounts the owner, the new owner and the tree are."""
_MINTS: dict[bytes, tuple[int, int]] = {
    _anchor("mint_v1"): (1, 3),
    _anchor("mint_to_collection_v1"): (1, 3),
    _anchor("mint_v2"): (4, 6),
}
"""Where in the accounts of a mint the owner and the tree are."""
_NUMBER_AND_INDEX = 12
"""Bytes that end the arguments of a transfer or a burn: u64 and u32."""


def _compressed(call: Call, following: list[Call]) -> Handover | None:
    if call.prefix in _MINTS:
        return _minted(call, following)
    places = _COMPRESSED.get(call.prefix)
    if places is None or len(call.accounts) <= max(position or 0 for position in places):
        return None
    owner, new_owner, tree = places
    asset = _asset_id(call.accounts[tree], call.data[-_NUMBER_AND_INDEX:-4])
    getter = None if new_owner is None else call.accounts[new_owner]
    return (asset, call.accounts[owner], getter) if asset else None


def _asset_id(tree: str, number: bytes) -> str | None:
    """The address of a leaf, by its tree and its number (u64) there."""
    try:
        seeds = [b"asset", bytes(Pubkey.from_string(tree)), number]
        return str(Pubkey.find_program_address(seeds, Pubkey.from_string(BUBBLEGUM))[0])
    except ValueError:
        return None


_LEAF_EVENT = re.compile(
    rb"\x01\x00.{4}\x01[\x00\x01][\x00\x01](?P<id>.{32})(?P<owner>.{32}).{32}(?P<number>.{8})", re.DOTALL
)
"""An application's data (enum, version, length); in it a leaf (event, version, schema), its first fields."""


def _minted(mint: Call, following: list[Call]) -> Handover | None:
    """Return who got the asset that the program logged for this mint."""
    owner_at, tree_at = _MINTS[mint.prefix]
    if len(mint.accounts) <= max(owner_at, tree_at):
        return None
    owner, tree = mint.accounts[owner_at], mint.accounts[tree_at]
    for call in takewhile(lambda one: one.depth > mint.depth, following):
        leaf = _LEAF_EVENT.match(call.data)
        if leaf is not None and str(Pubkey.from_bytes(leaf["owner"])) == owner:
            asset = str(Pubkey.from_bytes(leaf["id"]))
            return (asset, None, owner) if asset == _asset_id(tree, leaf["number"]) else None
    return None
