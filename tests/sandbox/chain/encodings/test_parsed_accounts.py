from __future__ import annotations

import base64
import re
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
    if "extensions" in info:
        data += b"\x02"
        for one in info["extensions"]:
            if one["extension"] == "immutableOwner":
                data += struct.pack("<HH", 7, 0)
            else:
                data += struct.pack("<HHQ", 2, 8, one["state"]["withheldAmount"])
    return data


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
            assert found["parsed"] == expected["parsed"]
            assert found["program"] == expected["program"]
            compared += 1
    assert compared > 10


@pytest.mark.ledger
def test_every_extension_of_recorded_mints_is_recognised(ledger_dir: Path) -> None:
    compared = 0
    for line in (ledger_dir / "accounts.tsv").read_text().splitlines()[1:]:
        name, _, _, kind = line.split("\t")[:4]
        listed = re.search(r"token2022-mint\[(.+)\]", kind)
        if listed is None:
            continue
        raw = msgspec.json.decode((ledger_dir / "accounts" / name).read_bytes())
        data = _base64_in(raw)
        found = parsed(data, TOKEN_2022)
        names = [one["extension"] for one in found["parsed"]["info"]["extensions"]]
        assert [one.lower() for one in names] == [one.lower() for one in listed[1].split("+")]
        assert msgspec.json.encode(found)
        compared += 1
    assert compared >= 4


def _base64_in(found: Any) -> bytes:
    if isinstance(found, list) and len(found) == 2 and found[1] == "base64":
        return base64.b64decode(found[0])
    values = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return next((data for value in values if (data := _base64_in(value))), b"")


def mint_with(kind: int, state: bytes) -> bytes:
    bare = optional(None) + struct.pack("<QBB", 5, 6, 1) + optional(None)
    return bare.ljust(165, b"\0") + b"\x01" + struct.pack("<HH", kind, len(state)) + state


ONE, TWO = "So11111111111111111111111111111111111111112", "SysvarC1ock11111111111111111111111111111111"


@pytest.mark.parametrize(
    ("kind", "state", "expected"),
    [
        (3, key(ONE), {"extension": "mintCloseAuthority", "state": {"closeAuthority": ONE}}),
        (6, b"\x02", {"extension": "defaultAccountState", "state": {"accountState": "frozen"}}),
        (9, b"", {"extension": "nonTransferable"}),
        (12, key(ONE), {"extension": "permanentDelegate", "state": {"delegate": ONE}}),
        (
            14,
            key(ONE) + bytes(32),
            {"extension": "transferHook", "state": {"authority": ONE, "programId": None}},
        ),
        (
            10,
            key(ONE) + struct.pack("<qhqh", 5, -3, 6, 70),
            {
                "extension": "interestBearingConfig",
                "state": {
                    "currentRate": 70,
                    "initializationTimestamp": 5,
                    "lastUpdateTimestamp": 6,
                    "preUpdateAverageRate": -3,
                    "rateAuthority": ONE,
                },
            },
        ),
        (
            1,
            key(ONE) + key(TWO) + struct.pack("<QQQHQQH", 9, 1, 2, 3, 4, 5, 6),
            {
                "extension": "transferFeeConfig",
                "state": {
                    "newerTransferFee": {"epoch": 4, "maximumFee": 5, "transferFeeBasisPoints": 6},
                    "olderTransferFee": {"epoch": 1, "maximumFee": 2, "transferFeeBasisPoints": 3},
                    "transferFeeConfigAuthority": ONE,
                    "withdrawWithheldAuthority": TWO,
                    "withheldAmount": 9,
                },
            },
        ),
        (
            25,
            key(ONE) + struct.pack("<dqd", 1.0, 7, 2.5),
            {
                "extension": "scaledUiAmountConfig",
                "state": {
                    "authority": ONE,
                    "multiplier": "1",
                    "newMultiplierEffectiveTimestamp": 7,
                    "newMultiplier": "2.5",
                },
            },
        ),
        (
            26,
            key(ONE) + b"\x01",
            {"extension": "pausableConfig", "state": {"authority": ONE, "paused": True}},
        ),
        (999, b"??", {"extension": "unparseableExtension"}),
        (3, b"short", {"extension": "unparseableExtension"}),
    ],
)
def test_extensions_of_mints(kind: int, state: bytes, expected: dict[str, Any]) -> None:
    found = parsed(mint_with(kind, state), TOKEN_2022)
    assert found["program"] == "spl-token-2022"
    assert found["parsed"]["type"] == "mint"
    assert found["parsed"]["info"]["extensions"] == [expected]


def test_a_plain_mint_has_no_extensions() -> None:
    data = optional(ONE) + struct.pack("<QBB", 5, 6, 1) + optional(TWO)
    assert parsed(data, TOKEN) == {
        "parsed": {
            "info": {
                "decimals": 6,
                "freezeAuthority": TWO,
                "isInitialized": True,
                "mintAuthority": ONE,
                "supply": "5",
            },
            "type": "mint",
        },
        "program": "spl-token",
        "space": 82,
    }


def test_a_multisig_lists_its_signers() -> None:
    data = (b"\x01\x02\x01" + key(ONE) + key(TWO)).ljust(355, b"\0")
    assert parsed(data, TOKEN)["parsed"] == {
        "info": {
            "isInitialized": True,
            "numRequiredSigners": 1,
            "numValidSigners": 2,
            "signers": [ONE, TWO],
        },
        "type": "multisig",
    }


@given(data=st.binary(max_size=400), program=st.sampled_from([TOKEN, TOKEN_2022, Pubkey.default()]))
def test_foreign_bytes_never_break_the_parser(data: bytes, program: Pubkey) -> None:
    found = parsed(data, program)
    assert found is None or msgspec.json.encode(found)


@given(tail=st.binary(max_size=200))
def test_foreign_extensions_never_break_the_parser(tail: bytes) -> None:
    found = parsed(mint_with(9, b"") + tail, TOKEN_2022)
    assert found["parsed"]["info"]["extensions"][0] == {"extension": "nonTransferable"}
