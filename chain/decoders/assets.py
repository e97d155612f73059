"""Assets without token accounts, of which balances say nothing: Metaplex Core and compressed NFTs. Pure.

Sources: https://github.com/metaplex-foundation/mpl-core, `instruction.rs` (CreateV1 0, BurnV1 12,
TransferV1 14, CreateV2 20), and https://github.com/metaplex-foundation/mpl-bubblegum (transfer, burn,
transfer_v2, burn_v2). A compressed asset's address follows from its tree and its number there.
"""

import hashlib
from collections.abc import Callable

from solders.pubkey import Pubkey

from chain.parsing.calls import Call, calls_of, data_of
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
    """Who got the asset from the wallet, or gave it; None: nobody."""
    for moved, giver, getter in _handovers(transaction):
        if moved == asset and wallet in {giver, getter}:
            return getter if giver == wallet else giver
    return None


def _piece(asset: str) -> Leg:
    return Leg(mint=asset, raw=1, decimals=0)


def _handovers(transaction: Transaction) -> list[Handover]:
    calls = [call for call in calls_of(transaction) if call.program in PROGRAMS_OF_ASSETS and call.prefix]
    found = [_core(call) if call.program == CORE else _compressed(call) for call in calls]
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
_NUMBER_AND_INDEX = 12


def _compressed(call: Call) -> Handover | None:
    places = _COMPRESSED.get(call.prefix)
    if places is None or len(call.accounts) <= max(position or 0 for position in places):
        return None
    owner, new_owner, tree = places
    asset = _asset_id(call.accounts[tree], data_of(call))
    getter = None if new_owner is None else call.accounts[new_owner]
    return (asset, call.accounts[owner], getter) if asset else None


def _asset_id(tree: str, data: bytes) -> str | None:
    """The address of a leaf: its number (u64) and index (u32) end the arguments of a call."""
    number = data[-_NUMBER_AND_INDEX:-4]
    try:
        seeds = [b"asset", bytes(Pubkey.from_string(tree)), number]
        return str(Pubkey.find_program_address(seeds, Pubkey.from_string(BUBBLEGUM))[0])
    except ValueError:
        return None
