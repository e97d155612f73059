"""Token accounts as encoding "jsonParsed" shows them, without Token-2022 extensions."""

import struct
from collections.abc import Callable
from typing import Any

from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.chain.encodings.tokens import TOKEN, is_token_account, ui_amount

# Mint, owner, amount, delegate, state, rent-exempt reserve of a native account, delegated amount, closer.
# Optional fields stand behind a number that is 0 where there is none (spl-token, state.rs).
_LAYOUT = struct.Struct("<32s32sQI32sBIQQI32s")
_STATES = ("uninitialized", "initialized", "frozen")


def parse_account(account: Account, decimals: Callable[[str], int | None]) -> dict[str, Any] | None:
    """The data of a token account in the shape of nodes, or None for any other account.

    Args:
        account: of either token program.
        decimals: looks up those of a mint.
    """
    if not is_token_account(account):
        return None
    program = "spl-token" if account.owner == TOKEN else "spl-token-2022"
    parsed = {"info": _info(account.data, decimals), "type": "account"}
    return {"parsed": parsed, "program": program, "space": len(account.data)}


def _info(data: bytes, decimals: Callable[[str], int | None]) -> dict[str, Any]:
    mint, owner, amount, has_delegate, delegate, state, *rest = _LAYOUT.unpack_from(data)
    is_native, reserve, delegated, has_closer, closer = rest
    digits = decimals(str(Pubkey(mint))) or 0
    info: dict[str, Any] = {
        "isNative": bool(is_native),
        "mint": str(Pubkey(mint)),
        "owner": str(Pubkey(owner)),
        "state": _STATES[min(state, 2)],
        "tokenAmount": ui_amount(amount, digits),
    }
    if has_delegate:
        info |= {"delegate": str(Pubkey(delegate)), "delegatedAmount": ui_amount(delegated, digits)}
    if is_native:
        info["rentExemptReserve"] = ui_amount(reserve, digits)
    if has_closer:
        info["closeAuthority"] = str(Pubkey(closer))
    return info
