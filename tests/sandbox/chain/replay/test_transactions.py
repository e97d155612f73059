"""Recorded transactions are served as they were recorded."""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec
import pytest
from solders.transaction import VersionedTransaction

from sandbox.chain.replay.transactions import RecordedTransaction, read_recorded
from tests.sandbox.chain.replay.recordings import written


@pytest.mark.ledger
def test_every_recorded_transaction_is_served_unchanged_in_its_own_encoding(ledger_dir: Path) -> None:
    paths = sorted((ledger_dir / "transactions").glob("*.json"))
    assert len(paths) > 800
    for path in paths:
        recorded = msgspec.json.decode(path.read_bytes())
        one = read_recorded(msgspec.json.decode(path.read_bytes(), type=RecordedTransaction))
        keys = recorded["transaction"]["message"]["accountKeys"]
        encoding = "jsonParsed" if isinstance(keys[0], dict) else "json"
        served = written(one, encoding)
        assert served["transaction"] == recorded["transaction"]
        meta = served["meta"]
        if encoding == "json" or "loadedAddresses" not in recorded["meta"]:
            assert meta == recorded["meta"]
        assert one.signature == path.stem
        assert one.err == recorded["meta"]["err"]


@pytest.mark.ledger
def test_json_becomes_the_bytes_that_were_signed(ledger_dir: Path) -> None:
    rebuilt = 0
    for path in sorted((ledger_dir / "transactions").glob("*.json")):
        one = read_recorded(msgspec.json.decode(path.read_bytes(), type=RecordedTransaction))
        served, _ = one.body.full("base64")
        if isinstance(served, list):
            tx = VersionedTransaction.from_bytes(base64.b64decode(served[0]))
            assert all(tx.verify_with_results())
            assert str(tx.signatures[0]) == path.stem
            rebuilt += 1
    assert rebuilt > 750
