"""Recorded chain data, where it is available; the tests that need it are skipped where it is not."""

import functools
import json
from pathlib import Path
from typing import Any

import pytest

LEDGER = Path(__file__).parents[2] / "../shared/ledger"

requires_ledger = [
    pytest.mark.ledger,
    pytest.mark.skipif(not LEDGER.is_dir(), reason="no recorded chain data in ../shared/ledger"),
]


@functools.cache
def transactions() -> dict[str, bytes]:
    """The recorded getTransaction results by signature."""
    return {path.stem: path.read_bytes() for path in sorted((LEDGER / "transactions").glob("*.json"))}


@functools.cache
def blocks() -> dict[str, bytes]:
    """The recorded getBlock results by slot."""
    return {path.stem: path.read_bytes() for path in sorted((LEDGER / "blocks").glob("*.json"))}


FAULTS = Path(__file__).parent / "faults"
"""Small transactions, real and made by hand, that are easily misread; beside the tests, so always at hand."""


def fault(name: str) -> bytes:
    """The getTransaction result (or block) whose file's name begins so."""
    (path,) = FAULTS.glob(f"{name}*.json")
    return path.read_bytes()


def expected(signature: str) -> dict[str, Any]:
    """Return what happened in a transaction, worked out apart from any decoder."""
    found: dict[str, Any] = json.loads((LEDGER / "expected" / f"{signature}.json").read_bytes())
    return found


def binary_transactions() -> list[tuple[str, str]]:
    """The transactions of the recorded block in base64: text and encoding."""
    block = json.loads(blocks()["254170887"])
    found = block.get("result", block)["transactions"]
    return [(text, encoding) for text, encoding in (one["transaction"] for one in found)]
