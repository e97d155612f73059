"""Transactions in each encoding."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from solders.transaction import VersionedTransaction
from spl.token.constants import ASSOCIATED_TOKEN_PROGRAM_ID

from sandbox.chain.encodings.tokens import TOKEN
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask
from tests.sandbox.chain.wallets import TokenIssuer, key

pytestmark = pytest.mark.enable_socket


async def test_it_gives_a_transaction_in_every_encoding(ask: Ask, local: SandboxChain) -> None:
    issuer = TokenIssuer(local.chain)
    issuer.open_mint()
    signature = issuer.give(key(1).pubkey(), 7)
    await local.step()
    await local.step()

    async def got(encoding: str) -> Any:
        config = {"commitment": "confirmed", "encoding": encoding, "maxSupportedTransactionVersion": 0}
        return (await ask("getTransaction", signature, config))["result"]

    raw, parsed, wire = await got("json"), await got("jsonParsed"), await got("base64")
    assert raw["meta"] == wire["meta"]
    assert raw["version"] == 0
    assert "loadedAddresses" not in parsed["meta"]
    tx = VersionedTransaction.from_bytes(base64.b64decode(wire["transaction"][0]))
    assert str(tx.signatures[0]) == signature
    keys = [one["pubkey"] for one in parsed["transaction"]["message"]["accountKeys"]]
    written = [*parsed["transaction"]["message"]["instructions"], *_inner(parsed)]
    compiled_ones = [*raw["transaction"]["message"]["instructions"], *_inner(raw)]
    for one, compiled in zip(written, compiled_ones, strict=True):
        assert one["programId"] == keys[compiled["programIdIndex"]]
        assert one["accounts"] == [keys[index] for index in compiled["accounts"]]
        assert (one["data"], one["stackHeight"]) == (compiled["data"], compiled["stackHeight"])
    assert [one["programId"] for one in written[:2]] == [str(ASSOCIATED_TOKEN_PROGRAM_ID), str(TOKEN)]
    assert len(_inner(parsed)) == 4


def _inner(answer: Any) -> list[Any]:
    return [one for group in answer["meta"]["innerInstructions"] for one in group["instructions"]]
