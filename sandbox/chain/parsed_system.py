"""Instructions of the system program as nodes parse them."""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.chain.unreadable import Fields, Unreadable

Info = dict[str, Any]


def parse_system(accounts: Sequence[str], data: bytes) -> Info:
    """Type and info of one instruction.

    Raises:
        Unreadable: unknown, too short, or too few accounts.
    """
    fields = Fields(data)
    kind = fields.u32()
    if kind >= len(_KINDS):
        raise Unreadable
    name, parse = _KINDS[kind]
    try:
        return {"type": name, "info": parse(accounts, fields)}
    except IndexError as error:
        raise Unreadable from error


def _create(a: Sequence[str], f: Fields) -> Info:
    lamports, space, owner = f.u64(), f.u64(), f.key()
    return {"source": a[0], "newAccount": a[1], "lamports": lamports, "space": space, "owner": owner}


def _assign(a: Sequence[str], f: Fields) -> Info:
    return {"account": a[0], "owner": f.key()}


def _transfer(a: Sequence[str], f: Fields) -> Info:
    return {"source": a[0], "destination": a[1], "lamports": f.u64()}


def _create_with_seed(a: Sequence[str], f: Fields) -> Info:
    base, seed, lamports, space, owner = f.key(), f.text("Q"), f.u64(), f.u64(), f.key()
    return {
        "source": a[0],
        "newAccount": a[1],
        "base": base,
        "seed": seed,
        "lamports": lamports,
        "space": space,
        "owner": owner,
    }


def _advance_nonce(a: Sequence[str], _: Fields) -> Info:
    return {"nonceAccount": a[0], "recentBlockhashesSysvar": a[1], "nonceAuthority": a[2]}


def _withdraw_nonce(a: Sequence[str], f: Fields) -> Info:
    return {
        "nonceAccount": a[0],
        "destination": a[1],
        "recentBlockhashesSysvar": a[2],
        "rentSysvar": a[3],
        "nonceAuthority": a[4],
        "lamports": f.u64(),
    }


def _initialize_nonce(a: Sequence[str], f: Fields) -> Info:
    return {
        "nonceAccount": a[0],
        "recentBlockhashesSysvar": a[1],
        "rentSysvar": a[2],
        "nonceAuthority": f.key(),
    }


def _authorize_nonce(a: Sequence[str], f: Fields) -> Info:
    return {"nonceAccount": a[0], "nonceAuthority": a[1], "newAuthorized": f.key()}


def _allocate(a: Sequence[str], f: Fields) -> Info:
    return {"account": a[0], "space": f.u64()}


def _allocate_with_seed(a: Sequence[str], f: Fields) -> Info:
    base, seed, space, owner = f.key(), f.text("Q"), f.u64(), f.key()
    return {"account": a[0], "base": base, "seed": seed, "space": space, "owner": owner}


def _assign_with_seed(a: Sequence[str], f: Fields) -> Info:
    base, seed, owner = f.key(), f.text("Q"), f.key()
    return {"account": a[0], "base": base, "seed": seed, "owner": owner}


def _transfer_with_seed(a: Sequence[str], f: Fields) -> Info:
    lamports, seed, owner = f.u64(), f.text("Q"), f.key()
    return {
        "source": a[0],
        "sourceBase": a[1],
        "destination": a[2],
        "lamports": lamports,
        "sourceSeed": seed,
        "sourceOwner": owner,
    }


def _upgrade_nonce(a: Sequence[str], _: Fields) -> Info:
    return {"nonceAccount": a[0]}


_KINDS: tuple[tuple[str, Callable[[Sequence[str], Fields], Info]], ...] = (
    ("createAccount", _create),
    ("assign", _assign),
    ("transfer", _transfer),
    ("createAccountWithSeed", _create_with_seed),
    ("advanceNonce", _advance_nonce),
    ("withdrawFromNonce", _withdraw_nonce),
    ("initializeNonce", _initialize_nonce),
    ("authorizeNonce", _authorize_nonce),
    ("allocate", _allocate),
    ("allocateWithSeed", _allocate_with_seed),
    ("assignWithSeed", _assign_with_seed),
    ("transferWithSeed", _transfer_with_seed),
    ("upgradeNonce", _upgrade_nonce),
)
