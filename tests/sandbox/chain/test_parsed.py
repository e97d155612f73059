from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import base58
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from solders.pubkey import Pubkey
from solders.system_program import (
    AdvanceNonceAccountParams,
    AllocateParams,
    AllocateWithSeedParams,
    AssignParams,
    CreateAccountParams,
    CreateAccountWithSeedParams,
    advance_nonce_account,
    allocate,
    allocate_with_seed,
    assign,
    create_account,
    create_account_with_seed,
)
from spl.token import instructions as spl
from spl.token import models

from sandbox.chain.encodings.tokens import TOKEN, TOKEN_2022
from sandbox.chain.parsed import ASSOCIATED, PARSERS, parse_instruction
from sandbox.chain.transactions.landed import Instruction
from tests.sandbox.chain.wallets import key, note, pay

A, B, C, D = (key(number).pubkey() for number in (1, 2, 3, 4))
SYSTEM = "11111111111111111111111111111111"


def shown(instruction: Any) -> Any:
    """What jsonParsed shows of an instruction built by a library."""
    keys = [str(instruction.program_id), *(str(one.pubkey) for one in instruction.accounts)]
    compiled = Instruction(0, tuple(range(1, len(keys))), bytes(instruction.data))
    return parse_instruction(keys, compiled, 1)


def built() -> list[Any]:
    """One instruction of each kind that recorded transactions show parsed."""
    token: dict[str, Any] = {"program_id": TOKEN}
    return [
        pay(key(1), B, 5),
        create_account(CreateAccountParams(from_pubkey=A, to_pubkey=B, lamports=1, space=2, owner=C)),
        create_account_with_seed(
            CreateAccountWithSeedParams(
                from_pubkey=A, to_pubkey=B, lamports=1, space=2, base=A, seed="s", owner=C
            )
        ),
        allocate(AllocateParams(pubkey=A, space=9)),
        allocate_with_seed(AllocateWithSeedParams(address=B, space=9, base=A, seed="s", owner=C)),
        assign(AssignParams(pubkey=A, owner=B)),
        advance_nonce_account(AdvanceNonceAccountParams(nonce_pubkey=A, authorized_pubkey=B)),
        spl.transfer(models.TransferParams(source=A, dest=B, owner=C, amount=7, **token)),
        spl.transfer_checked(
            models.TransferCheckedParams(source=A, mint=D, dest=B, owner=C, amount=7, decimals=3, **token)
        ),
        spl.approve(models.ApproveParams(source=A, delegate=B, owner=C, amount=7, **token)),
        spl.burn(models.BurnParams(account=A, mint=B, owner=C, amount=7, **token)),
        spl.close_account(models.CloseAccountParams(account=A, dest=B, owner=C, **token)),
        spl.initialize_account(models.InitializeAccountParams(account=A, mint=B, owner=C, **token)),
        spl.initialize_account3(models.InitializeAccount3Params(account=A, mint=B, owner=C, **token)),
        spl.mint_to(models.MintToParams(mint=A, dest=B, mint_authority=C, amount=7, **token)),
        spl.sync_native(models.SyncNativeParams(account=A, **token)),
        spl.create_associated_token_account(A, B, C),
        spl.create_idempotent_associated_token_account(A, B, C),
    ]


@pytest.mark.ledger
def test_instructions_have_the_fields_that_mainnet_nodes_show(ledger_dir: Path) -> None:
    recorded: dict[tuple[str, str], set[frozenset[str]]] = {}
    for path in (ledger_dir / "transactions").glob("*.json"):
        _collect(msgspec.json.decode(path.read_bytes()), recorded)
    compared = 0
    for one in built():
        mine = shown(one)
        kind = (mine["program"], mine["parsed"]["type"])
        assert frozenset(mine["parsed"]["info"]) in recorded[kind]
        compared += 1
    assert compared == 18


def _collect(found: Any, into: dict[tuple[str, str], set[frozenset[str]]]) -> None:
    if isinstance(found, dict):
        parsed = found.get("parsed")
        if isinstance(parsed, dict) and "program" in found and "type" in parsed:
            into.setdefault((found["program"], parsed["type"]), set()).add(frozenset(parsed["info"]))
        for value in found.values():
            _collect(value, into)
    elif isinstance(found, list):
        for value in found:
            _collect(value, into)


def test_a_transfer_says_who_paid_whom_how_much() -> None:
    assert shown(pay(key(1), B, 5)) == {
        "parsed": {"type": "transfer", "info": {"source": str(A), "destination": str(B), "lamports": 5}},
        "program": "system",
        "programId": SYSTEM,
        "stackHeight": 1,
    }


def test_a_multisig_is_named_with_its_signers() -> None:
    one = spl.transfer(
        models.TransferParams(program_id=TOKEN, source=A, dest=B, owner=C, amount=7, signers=[A, D])
    )
    assert shown(one)["parsed"]["info"] == {
        "source": str(A),
        "destination": str(B),
        "amount": "7",
        "multisigAuthority": str(C),
        "signers": [str(A), str(D)],
    }


def test_a_transfer_with_fee_shows_both_amounts() -> None:
    data = b"\x1a\x01" + struct.pack("<QBQ", 1_000_000, 6, 10_000)
    keys = [str(TOKEN_2022), *map(str, (A, B, C, D))]
    found = parse_instruction(keys, Instruction(0, (1, 2, 3, 4), data), 1)
    assert found["parsed"]["type"] == "transferCheckedWithFee"
    assert found["parsed"]["info"]["tokenAmount"]["uiAmountString"] == "1"
    assert found["parsed"]["info"]["feeAmount"]["uiAmountString"] == "0.01"
    assert found["parsed"]["info"]["authority"] == str(D)


@pytest.mark.parametrize(
    ("data", "name", "info"),
    [
        (b"\x06\x01\x00", "setAuthority", {"authorityType": "freezeAccount", "newAuthority": None}),
        (b"\x1e\x00", "enableRequiredMemoTransfers", {}),
        (b"\x22\x01", "disableCpiGuard", {}),
        (b"\x20", "initializeNonTransferableMint", {}),
        (b"\x21\x01" + struct.pack("<h", -5), "updateInterestBearingConfigRate", {"newRate": -5}),
        (b"\x1c\x00\x02", "initializeDefaultAccountState", {"accountState": "frozen"}),
        (b"\x27\x00" + bytes(A) + bytes(32), "initializeMetadataPointer", {"authority": str(A)}),
        (b"\x2c\x01", "pause", {}),
        (b"\x18" + b"1.5", "uiAmountToAmount", {"uiAmount": "1.5"}),
    ],
)
def test_more_token_instructions(data: bytes, name: str, info: dict[str, Any]) -> None:
    keys = [str(TOKEN_2022), str(A), str(B)]
    parsed = parse_instruction(keys, Instruction(0, (1, 2), data), 1)["parsed"]
    assert parsed["type"] == name
    assert parsed["info"].items() >= info.items()


def test_a_memo_is_shown_as_its_text() -> None:
    assert shown(note("grüße".encode(), A))["parsed"] == "grüße"


def test_what_is_not_understood_is_shown_as_it_is() -> None:
    for program, data in ((SYSTEM, b"\xff" * 4), (str(TOKEN), b""), (str(A), b"hi"), (ASSOCIATED, b"\x09")):
        found = parse_instruction([program, str(B)], Instruction(0, (1,), data, 3), None)
        assert found == {
            "accounts": [str(B)],
            "data": base58.b58encode(data).decode(),
            "programId": program,
            "stackHeight": 3,
        }


@given(
    program=st.sampled_from(sorted(PARSERS)),
    data=st.binary(max_size=120),
    accounts=st.lists(st.just(str(Pubkey.default())), max_size=8),
)
def test_foreign_bytes_never_break_the_parsers(program: str, data: bytes, accounts: list[str]) -> None:
    keys = [program, *accounts]
    found = parse_instruction(keys, Instruction(0, tuple(range(1, len(keys))), data), None)
    assert msgspec.json.encode(found)
