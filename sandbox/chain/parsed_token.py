"""Instructions of both token programs as nodes parse them; extensions stand in `parsed_extensions`."""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.chain.encodings.tokens import ui_amount
from sandbox.chain.parsed_extensions import EXTENSION_KINDS
from sandbox.chain.signers import Accounts, Info, with_signers
from sandbox.chain.unreadable import Fields, Unreadable

_AUTHORITY_TYPES = (
    "mintTokens",
    "freezeAccount",
    "accountOwner",
    "closeAccount",
    "transferFeeConfig",
    "withheldWithdraw",
    "closeMint",
    "interestRate",
    "permanentDelegate",
    "confidentialTransferMint",
    "transferHookProgramId",
    "confidentialTransferFeeConfig",
    "metadataPointer",
    "groupPointer",
    "groupMemberPointer",
    "scaledUiAmount",
    "pause",
)
_OF_ACCOUNTS = ("accountOwner", "closeAccount")


def parse_token(accounts: Sequence[str], data: bytes) -> Info:
    """Type and info of one instruction of either token program.

    Raises:
        Unreadable: unknown, too short, or too few accounts.
    """
    fields = Fields(data)
    kind = fields.u8()
    try:
        if kind in _KINDS:
            name, parse = _KINDS[kind]
            return {"type": name, "info": parse(accounts, fields)}
        extension = EXTENSION_KINDS.get(kind)
        if extension is None:
            raise Unreadable
        name, info = extension(accounts, fields)
    except IndexError as error:
        raise Unreadable from error
    return {"type": name, "info": info}


def _initialize_mint(a: Accounts, f: Fields) -> Info:
    return {"rentSysvar": a[1]} | _initialize_mint2(a, f)


def _initialize_mint2(a: Accounts, f: Fields) -> Info:
    info = {"mint": a[0], "decimals": f.u8(), "mintAuthority": f.key()}
    freeze = f.optional_key()
    return info | ({"freezeAuthority": freeze} if freeze else {})


def _initialize_account(a: Accounts, _: Fields) -> Info:
    return {"account": a[0], "mint": a[1], "owner": a[2], "rentSysvar": a[3]}


def _initialize_account2(a: Accounts, f: Fields) -> Info:
    return {"account": a[0], "mint": a[1], "owner": f.key(), "rentSysvar": a[2]}


def _initialize_account3(a: Accounts, f: Fields) -> Info:
    return {"account": a[0], "mint": a[1], "owner": f.key()}


def _initialize_multisig(a: Accounts, f: Fields) -> Info:
    return {"multisig": a[0], "rentSysvar": a[1], "signers": list(a[2:]), "m": f.u8()}


def _initialize_multisig2(a: Accounts, f: Fields) -> Info:
    return {"multisig": a[0], "signers": list(a[1:]), "m": f.u8()}


def _transfer(a: Accounts, f: Fields) -> Info:
    info = {"source": a[0], "destination": a[1], "amount": str(f.u64())}
    return with_signers(info, a, 2, "authority")


def _approve(a: Accounts, f: Fields) -> Info:
    return with_signers({"source": a[0], "delegate": a[1], "amount": str(f.u64())}, a, 2, "owner")


def _revoke(a: Accounts, _: Fields) -> Info:
    return with_signers({"source": a[0]}, a, 1, "owner")


def _set_authority(a: Accounts, f: Fields) -> Info:
    kind = f.u8()
    if kind >= len(_AUTHORITY_TYPES):
        raise Unreadable
    name = _AUTHORITY_TYPES[kind]
    owned = "account" if name in _OF_ACCOUNTS else "mint"
    info = {owned: a[0], "authorityType": name, "newAuthority": f.optional_key()}
    return with_signers(info, a, 1, "authority")


def _mint_to(a: Accounts, f: Fields) -> Info:
    return with_signers({"mint": a[0], "account": a[1], "amount": str(f.u64())}, a, 2, "mintAuthority")


def _burn(a: Accounts, f: Fields) -> Info:
    return with_signers({"account": a[0], "mint": a[1], "amount": str(f.u64())}, a, 2, "authority")


def _close(a: Accounts, _: Fields) -> Info:
    return with_signers({"account": a[0], "destination": a[1]}, a, 2, "owner")


def _freeze(a: Accounts, _: Fields) -> Info:
    return with_signers({"account": a[0], "mint": a[1]}, a, 2, "freezeAuthority")


def _amount(f: Fields) -> Info:
    amount = f.u64()
    return ui_amount(amount, f.u8())


def _transfer_checked(a: Accounts, f: Fields) -> Info:
    info = {"source": a[0], "mint": a[1], "destination": a[2], "tokenAmount": _amount(f)}
    return with_signers(info, a, 3, "authority")


def _approve_checked(a: Accounts, f: Fields) -> Info:
    info = {"source": a[0], "mint": a[1], "delegate": a[2], "tokenAmount": _amount(f)}
    return with_signers(info, a, 3, "owner")


def _mint_to_checked(a: Accounts, f: Fields) -> Info:
    return with_signers({"mint": a[0], "account": a[1], "tokenAmount": _amount(f)}, a, 2, "mintAuthority")


def _burn_checked(a: Accounts, f: Fields) -> Info:
    return with_signers({"account": a[0], "mint": a[1], "tokenAmount": _amount(f)}, a, 2, "authority")


def _account_only(a: Accounts, _: Fields) -> Info:
    return {"account": a[0]}


def _account_data_size(a: Accounts, f: Fields) -> Info:
    raw = Fields(f.rest())
    kinds = [raw.u16() for _ in range(len(raw.data) // 2)]
    names = [_SIZE_KINDS.get(kind, str(kind)) for kind in kinds]
    return {"mint": a[0]} | ({"extensionTypes": names} if names else {})


def _amount_to_ui(a: Accounts, f: Fields) -> Info:
    return {"mint": a[0], "amount": str(f.u64())}


def _ui_to_amount(a: Accounts, f: Fields) -> Info:
    return {"mint": a[0], "uiAmount": f.rest().decode(errors="replace")}


_SIZE_KINDS = {2: "transferFeeAmount", 7: "immutableOwner", 8: "memoTransfer", 11: "cpiGuard"}

_KINDS: dict[int, tuple[str, Callable[[Accounts, Fields], dict[str, Any]]]] = {
    0: ("initializeMint", _initialize_mint),
    1: ("initializeAccount", _initialize_account),
    2: ("initializeMultisig", _initialize_multisig),
    3: ("transfer", _transfer),
    4: ("approve", _approve),
    5: ("revoke", _revoke),
    6: ("setAuthority", _set_authority),
    7: ("mintTo", _mint_to),
    8: ("burn", _burn),
    9: ("closeAccount", _close),
    10: ("freezeAccount", _freeze),
    11: ("thawAccount", _freeze),
    12: ("transferChecked", _transfer_checked),
    13: ("approveChecked", _approve_checked),
    14: ("mintToChecked", _mint_to_checked),
    15: ("burnChecked", _burn_checked),
    16: ("initializeAccount2", _initialize_account2),
    17: ("syncNative", _account_only),
    18: ("initializeAccount3", _initialize_account3),
    19: ("initializeMultisig2", _initialize_multisig2),
    20: ("initializeMint2", _initialize_mint2),
    21: ("getAccountDataSize", _account_data_size),
    22: ("initializeImmutableOwner", _account_only),
    23: ("amountToUiAmount", _amount_to_ui),
    24: ("uiAmountToAmount", _ui_to_amount),
}
