"""Instructions of Token-2022's extensions as nodes parse them."""

from collections.abc import Callable
from typing import TypeAlias

from sandbox.chain.encodings.tokens import ui_amount
from sandbox.chain.signers import Accounts, Info, with_signers
from sandbox.chain.unreadable import Fields, Unreadable

Named: TypeAlias = tuple[str, Info]
Parser: TypeAlias = Callable[[Accounts, Fields], Named]

ACCOUNT_STATES = ("uninitialized", "initialized", "frozen")


def _present(**values: str | None) -> Info:
    return {name: value for name, value in values.items() if value is not None}


def _close_authority(a: Accounts, f: Fields) -> Named:
    return "initializeMintCloseAuthority", {"mint": a[0], "newAuthority": f.optional_key()}


def _fee_config(a: Accounts, f: Fields) -> Named:
    authorities = _present(
        transferFeeConfigAuthority=f.optional_key(), withdrawWithheldAuthority=f.optional_key()
    )
    rates = {"transferFeeBasisPoints": f.u16(), "maximumFee": f.u64()}
    return "initializeTransferFeeConfig", {"mint": a[0]} | authorities | rates


def _transfer_with_fee(a: Accounts, f: Fields) -> Named:
    amount, decimals, fee = f.u64(), f.u8(), f.u64()
    info: Info = {
        "source": a[0],
        "mint": a[1],
        "destination": a[2],
        "tokenAmount": ui_amount(amount, decimals),
        "feeAmount": ui_amount(fee, decimals),
    }
    return "transferCheckedWithFee", with_signers(info, a, 3, "authority")


def _withdraw_from_mint(a: Accounts, _: Fields) -> Named:
    info = {"mint": a[0], "feeRecipient": a[1]}
    return "withdrawWithheldTokensFromMint", with_signers(info, a, 2, "withdrawWithheldAuthority")


def _withdraw_from_accounts(a: Accounts, f: Fields) -> Named:
    first = len(a) - f.u8()
    info = {"mint": a[0], "feeRecipient": a[1], "sourceAccounts": list(a[first:])}
    return "withdrawWithheldTokensFromAccounts", with_signers(info, a[:first], 2, "withdrawWithheldAuthority")


def _harvest(a: Accounts, _: Fields) -> Named:
    return "harvestWithheldTokensToMint", {"mint": a[0], "sourceAccounts": list(a[1:])}


def _set_fee(a: Accounts, f: Fields) -> Named:
    info = {"mint": a[0], "transferFeeBasisPoints": f.u16(), "maximumFee": f.u64()}
    return "setTransferFee", with_signers(info, a, 1, "transferFeeConfigAuthority")


def _state(f: Fields) -> str:
    state = f.u8()
    if state >= len(ACCOUNT_STATES):
        raise Unreadable
    return ACCOUNT_STATES[state]


def _initialize_state(a: Accounts, f: Fields) -> Named:
    return "initializeDefaultAccountState", {"mint": a[0], "accountState": _state(f)}


def _update_state(a: Accounts, f: Fields) -> Named:
    info = {"mint": a[0], "accountState": _state(f)}
    return "updateDefaultAccountState", with_signers(info, a, 1, "freezeAuthority")


def _switch(name: str, *, on: bool) -> Parser:
    verb = "enable" if on else "disable"
    return lambda a, _: (f"{verb}{name}", with_signers({"account": a[0]}, a, 1, "owner"))


def _non_transferable(a: Accounts, _: Fields) -> Named:
    return "initializeNonTransferableMint", {"mint": a[0]}


def _initialize_interest(a: Accounts, f: Fields) -> Named:
    info = {"mint": a[0], "rateAuthority": f.key_or_none(), "rate": f.i16()}
    return "initializeInterestBearingConfig", info


def _update_interest(a: Accounts, f: Fields) -> Named:
    info = {"mint": a[0], "newRate": f.i16()}
    return "updateInterestBearingConfigRate", with_signers(info, a, 1, "rateAuthority")


def _permanent_delegate(a: Accounts, f: Fields) -> Named:
    return "initializePermanentDelegate", {"mint": a[0], "delegate": f.key()}


def _initialize_pointer(name: str, target: str) -> Parser:
    def parse(a: Accounts, f: Fields) -> Named:
        found = _present(**{"authority": f.key_or_none(), target: f.key_or_none()})
        return f"initialize{name}", {"mint": a[0]} | found

    return parse


def _update_pointer(name: str, target: str) -> Parser:
    def parse(a: Accounts, f: Fields) -> Named:
        found = _present(**{target: f.key_or_none()})
        return f"update{name}", with_signers({"mint": a[0]} | found, a, 1, "authority")

    return parse


def _initialize_pausable(a: Accounts, f: Fields) -> Named:
    return "initializePausableConfig", {"mint": a[0], "authority": f.key_or_none()}


def _pause(name: str) -> Parser:
    return lambda a, _: (name, with_signers({"mint": a[0]}, a, 1, "authority"))


def _of(*kinds: Parser) -> Parser:
    """An extension whose second byte chooses among `kinds`."""

    def parse(a: Accounts, f: Fields) -> Named:
        kind = f.u8()
        if kind >= len(kinds):
            raise Unreadable
        return kinds[kind](a, f)

    return parse


def _pointer(name: str, target: str) -> Parser:
    return _of(_initialize_pointer(name, target), _update_pointer(name, target))


EXTENSION_KINDS: dict[int, Parser] = {
    25: _close_authority,
    26: _of(
        _fee_config, _transfer_with_fee, _withdraw_from_mint, _withdraw_from_accounts, _harvest, _set_fee
    ),
    28: _of(_initialize_state, _update_state),
    30: _of(_switch("RequiredMemoTransfers", on=True), _switch("RequiredMemoTransfers", on=False)),
    32: _non_transferable,
    33: _of(_initialize_interest, _update_interest),
    34: _of(_switch("CpiGuard", on=True), _switch("CpiGuard", on=False)),
    35: _permanent_delegate,
    36: _pointer("TransferHook", "programId"),
    39: _pointer("MetadataPointer", "metadataAddress"),
    40: _pointer("GroupPointer", "groupAddress"),
    41: _pointer("GroupMemberPointer", "memberAddress"),
    44: _of(_initialize_pausable, _pause("pause"), _pause("resume")),
}
