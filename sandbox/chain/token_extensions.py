"""Extensions of Token-2022 mints and accounts as nodes parse them."""

import base64
from collections.abc import Callable
from typing import Any

from sandbox.chain.parsed_extensions import ACCOUNT_STATES
from sandbox.chain.unreadable import Fields, Unreadable


def parse_extensions(fields: Fields) -> list[dict[str, Any]]:
    """Every extension from where `fields` stands, in stored order; broken ones end the list."""
    found: list[dict[str, Any]] = []
    while len(fields.data) - fields.at >= _HEADER:
        kind, size = fields.u16(), fields.u16()
        if kind == 0:
            break
        try:
            found.append(_extension(kind, fields.take(size)))
        except Unreadable:
            found.append(dict(_UNPARSEABLE))
    return found


_HEADER = 4
_UNPARSEABLE = {"extension": "unparseableExtension"}


def _extension(kind: int, data: bytes) -> dict[str, Any]:
    if kind in _MARKERS:
        return {"extension": _MARKERS[kind]}
    if kind not in _KINDS:
        return dict(_UNPARSEABLE)
    name, parse = _KINDS[kind]
    return {"extension": name, "state": parse(Fields(data))}


def _fee(f: Fields) -> dict[str, Any]:
    return {"epoch": f.u64(), "maximumFee": f.u64(), "transferFeeBasisPoints": f.u16()}


def _fee_config(f: Fields) -> dict[str, Any]:
    authority, withdraw, withheld = f.key_or_none(), f.key_or_none(), f.u64()
    older, newer = _fee(f), _fee(f)
    return {
        "newerTransferFee": newer,
        "olderTransferFee": older,
        "transferFeeConfigAuthority": authority,
        "withdrawWithheldAuthority": withdraw,
        "withheldAmount": withheld,
    }


def _fee_amount(f: Fields) -> dict[str, Any]:
    return {"withheldAmount": f.u64()}


def _close_authority(f: Fields) -> dict[str, Any]:
    return {"closeAuthority": f.key_or_none()}


def _base64(f: Fields, size: int) -> str:
    return base64.b64encode(f.take(size)).decode()


def _elgamal(f: Fields) -> str | None:
    raw = f.take(32)
    return base64.b64encode(raw).decode() if any(raw) else None


def _confidential_mint(f: Fields) -> dict[str, Any]:
    return {
        "authority": f.key_or_none(),
        "autoApproveNewAccounts": bool(f.u8()),
        "auditorElgamalPubkey": _elgamal(f),
    }


def _confidential_fee(f: Fields) -> dict[str, Any]:
    return {
        "authority": f.key_or_none(),
        "withdrawWithheldAuthorityElgamalPubkey": _elgamal(f),
        "harvestToMintEnabled": bool(f.u8()),
        "withheldAmount": _base64(f, 64),
    }


def _confidential_account(f: Fields) -> dict[str, Any]:
    return {
        "approved": bool(f.u8()),
        "elgamalPubkey": _base64(f, 32),
        "pendingBalanceLo": _base64(f, 64),
        "pendingBalanceHi": _base64(f, 64),
        "availableBalance": _base64(f, 64),
        "decryptableAvailableBalance": _base64(f, 36),
        "allowConfidentialCredits": bool(f.u8()),
        "allowNonConfidentialCredits": bool(f.u8()),
        "pendingBalanceCreditCounter": f.u64(),
        "maximumPendingBalanceCreditCounter": f.u64(),
        "expectedPendingBalanceCreditCounter": f.u64(),
        "actualPendingBalanceCreditCounter": f.u64(),
    }


def _confidential_fee_amount(f: Fields) -> dict[str, Any]:
    return {"withheldAmount": _base64(f, 64)}


def _default_state(f: Fields) -> dict[str, Any]:
    return {"accountState": ACCOUNT_STATES[min(f.u8(), 2)]}


def _memo_transfer(f: Fields) -> dict[str, Any]:
    return {"requireIncomingTransferMemos": bool(f.u8())}


def _interest(f: Fields) -> dict[str, Any]:
    authority, since, average = f.key_or_none(), f.i64(), f.i16()
    updated, current = f.i64(), f.i16()
    return {
        "currentRate": current,
        "initializationTimestamp": since,
        "lastUpdateTimestamp": updated,
        "preUpdateAverageRate": average,
        "rateAuthority": authority,
    }


def _cpi_guard(f: Fields) -> dict[str, Any]:
    return {"lockCpi": bool(f.u8())}


def _delegate(f: Fields) -> dict[str, Any]:
    return {"delegate": f.key_or_none()}


def _hook_account(f: Fields) -> dict[str, Any]:
    return {"transferring": bool(f.u8())}


def _pointer(target: str) -> Callable[[Fields], dict[str, Any]]:
    return lambda f: {"authority": f.key_or_none(), target: f.key_or_none()}


def _metadata(f: Fields) -> dict[str, Any]:
    authority, mint = f.key_or_none(), f.key()
    name, symbol, uri = f.text(), f.text(), f.text()
    more = [[f.text(), f.text()] for _ in range(f.u32())]
    return {
        "additionalMetadata": more,
        "mint": mint,
        "name": name,
        "symbol": symbol,
        "updateAuthority": authority,
        "uri": uri,
    }


def _group(f: Fields) -> dict[str, Any]:
    authority, mint, size, most = f.key_or_none(), f.key(), f.u64(), f.u64()
    return {"maxSize": most, "mint": mint, "size": size, "updateAuthority": authority}


def _member(f: Fields) -> dict[str, Any]:
    return {"mint": f.key(), "group": f.key(), "memberNumber": f.u64()}


def _number_text(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _scaled(f: Fields) -> dict[str, Any]:
    return {
        "authority": f.key_or_none(),
        "multiplier": _number_text(f.f64()),
        "newMultiplierEffectiveTimestamp": f.i64(),
        "newMultiplier": _number_text(f.f64()),
    }


def _pausable(f: Fields) -> dict[str, Any]:
    return {"authority": f.key_or_none(), "paused": bool(f.u8())}


_MARKERS = {7: "immutableOwner", 9: "nonTransferable", 13: "nonTransferableAccount", 27: "pausableAccount"}
_KINDS: dict[int, tuple[str, Callable[[Fields], dict[str, Any]]]] = {
    1: ("transferFeeConfig", _fee_config),
    2: ("transferFeeAmount", _fee_amount),
    3: ("mintCloseAuthority", _close_authority),
    4: ("confidentialTransferMint", _confidential_mint),
    5: ("confidentialTransferAccount", _confidential_account),
    6: ("defaultAccountState", _default_state),
    8: ("memoTransfer", _memo_transfer),
    10: ("interestBearingConfig", _interest),
    11: ("cpiGuard", _cpi_guard),
    12: ("permanentDelegate", _delegate),
    14: ("transferHook", _pointer("programId")),
    15: ("transferHookAccount", _hook_account),
    16: ("confidentialTransferFeeConfig", _confidential_fee),
    17: ("confidentialTransferFeeAmount", _confidential_fee_amount),
    18: ("metadataPointer", _pointer("metadataAddress")),
    19: ("tokenMetadata", _metadata),
    20: ("groupPointer", _pointer("groupAddress")),
    21: ("tokenGroup", _group),
    22: ("groupMemberPointer", _pointer("memberAddress")),
    23: ("tokenGroupMember", _member),
    25: ("scaledUiAmountConfig", _scaled),
    26: ("pausableConfig", _pausable),
}
