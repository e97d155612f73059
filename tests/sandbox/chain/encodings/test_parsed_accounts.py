from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.chain.encodings.parsed_accounts import parse_account
from sandbox.chain.encodings.tokens import TOKEN, TOKEN_2022

STATES = {"uninitialized": 0, "initialized": 1, "frozen": 2}


def parsed(data: bytes, program: Pubkey, decimals: int = 6) -> Any:
    return parse_account(Account(1, data, program), lambda _mint: decimals)


def key(text: str) -> bytes:
    return bytes(Pubkey.from_string(text))


def optional(text: str | None) -> bytes:
    return struct.pack("<I", bool(text)) + (key(text) if text else bytes(32))


def bytes_of(info: dict[str, Any]) -> bytes:
    """A token account as it is stored, out of its parsed form."""
    reserve = info.get("rentExemptReserve")
    data = key(info["mint"]) + key(info["owner"]) + struct.pack("<Q", int(info["tokenAmount"]["amount"]))
    data += optional(info.get("delegate")) + bytes([STATES[info["state"]]])
    data += struct.pack("<IQ", bool(reserve), int(reserve["amount"]) if reserve else 0)
    data += struct.pack("<Q", int(info.get("delegatedAmount", {"amount": 0})["amount"]))
    data += optional(info.get("closeAuthority"))
    # A Token-2022 account with extensions says behind its fields that it is a token account.
    return data + b"\x02" if "extensions" in info else data


def accounts_in(found: Any) -> list[Any]:
    if isinstance(found, dict):
        mine = [found] if isinstance(found.get("data"), dict) and "parsed" in found["data"] else []
        return mine + [one for value in found.values() for one in accounts_in(value)]
    if isinstance(found, list):
        return [one for value in found for one in accounts_in(value)]
    return []


@pytest.mark.ledger
def test_token_accounts_are_parsed_as_mainnet_nodes_parse_them(ledger_dir: Path) -> None:
    compared = 0
    for path in sorted((ledger_dir / "accounts").glob("getTokenAccountsByOwner_*.json")):
        for account in accounts_in(msgspec.json.decode(path.read_bytes())):
            expected = account["data"]
            info = expected["parsed"]["info"]
            program = Pubkey.from_string(account["owner"])
            data = bytes_of(info)
            found = parsed(data, program, info["tokenAmount"]["decimals"])
            plain = {name: value for name, value in info.items() if name != "extensions"}
            assert found["parsed"] == expected["parsed"] | {"info": plain}
            assert found["program"] == expected["program"]
            compared += 1
    assert compared > 10


def test_only_token_accounts_have_a_parsed_form() -> None:
    mint = optional(None) + struct.pack("<QBB", 5, 6, 1) + optional(None)
    assert parsed(mint, TOKEN) is None
    assert parsed(bytes(165), Pubkey.default()) is None


@given(data=st.binary(max_size=400), program=st.sampled_from([TOKEN, TOKEN_2022, Pubkey.default()]))
def test_foreign_bytes_never_break_the_parser(data: bytes, program: Pubkey) -> None:
    found = parsed(data, program)
    assert found is None or msgspec.json.encode(found)
