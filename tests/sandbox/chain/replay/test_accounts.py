"""Recorded mints can be looked up."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sandbox.chain.config import ReplayConfig
from sandbox.chain.encodings.tokens import TOKEN, TOKEN_2022, mint_of
from sandbox.chain.replay.accounts import recorded_accounts
from sandbox.chain.rpc.responses import Shape, transaction_json
from sandbox.chain.transactions.landed import LandedTransaction
from tests.sandbox.chain.wallets import key, new_chain


def given(one: LandedTransaction, encoding: Any) -> Any:
    return msgspec.json.decode(transaction_json(one, Shape(encoding=encoding, max_version=1)))


def test_recorded_mints_can_be_looked_up(folder: Path) -> None:
    mint = key(77).pubkey()
    data = bytes(36) + (5).to_bytes(8, "little") + b"\x09\x01" + bytes(36)
    value = {"data": [base64.b64encode(data).decode(), "base64"], "owner": str(TOKEN), "lamports": 1_461_600}
    (folder / "accounts").mkdir()
    for name, content in ((f"getAccountInfo_{mint}", {"result": {"value": value}}), ("other", [])):
        (folder / "accounts" / f"{name}.json").write_bytes(msgspec.json.encode(content))
    chain = new_chain(replay=ReplayConfig(folder=folder))
    assert mint_of(chain.account(mint)) == (5, 9)


@pytest.mark.ledger
def test_recorded_mints_of_both_programs_are_there(ledger_dir: Path) -> None:
    chain = new_chain(replay=ReplayConfig(folder=ledger_dir))
    found = [account for _, account in recorded_accounts(ledger_dir)]
    assert {account.owner for account in found} >= {TOKEN, TOKEN_2022}
    assert all(chain.account(where) is not None for where, _ in recorded_accounts(ledger_dir))
