"""Versions in answers."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask
from tests.sandbox.chain.wallets import SOL, key, pay, signed

pytestmark = pytest.mark.enable_socket


async def test_it_names_the_version_that_the_caller_must_know(ask: Ask, local: SandboxChain) -> None:
    local.chain.airdrop(key(1).pubkey(), 5 * SOL)
    sent = local.chain.send(signed(local.api, [key(1)], pay(key(1), key(2).pubkey(), SOL), version=1))
    slot = (await local.step()).produced.slot
    await local.step()
    config: dict[str, Any] = {"commitment": "confirmed"}
    for known in (None, 0):
        answer = await ask("getTransaction", str(sent), config | {"maxSupportedTransactionVersion": known})
        assert answer["error"]["code"] == -32015
        assert answer["error"]["message"].startswith("Transaction version (1) is not supported")
    assert (await ask("getBlock", slot, config))["error"]["code"] == -32015
    config["maxSupportedTransactionVersion"] = 1
    assert (await ask("getTransaction", str(sent), config))["result"]["version"] == 1
    message = (await ask("getTransaction", str(sent), config))["result"]["transaction"]["message"]
    assert "transactionConfig" in message
    assert "addressTableLookups" not in message
    refused = await ask("getTransaction", str(sent), config | {"encoding": "base58"})
    assert refused["error"]["code"] == -32602
