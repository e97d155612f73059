"""Transactions are listed and sent."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from solders.transaction import VersionedTransaction

from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask
from tests.sandbox.chain.wallets import SOL, key, pay, signed

pytestmark = pytest.mark.enable_socket


async def test_it_pages_signatures_newest_first(ask: Ask, local: SandboxChain) -> None:
    address = key(1).pubkey()
    sent = []
    for _ in range(5):
        sent += [str(local.chain.airdrop(address, SOL)) for _ in range(2)]
        await local.step()
    await local.step()
    config: dict[str, Any] = {"commitment": "confirmed"}

    async def page(**more: Any) -> list[str]:
        rows = (await ask("getSignaturesForAddress", str(address), config | more))["result"]
        return [row["signature"] for row in rows]

    newest = sent[::-1]
    assert await page() == newest
    assert await page(limit=3) == newest[:3]
    assert await page(before=newest[2], limit=3) == newest[3:6]
    assert await page(until=newest[4]) == newest[:4]
    assert await page(before=newest[1], until=newest[4]) == newest[2:4]
    assert await page(before=str(key(5).sign_message(b"unknown"))) == []


async def test_preflight_shows_the_logs_of_what_would_fail(ask: Ask, local: SandboxChain) -> None:
    local.chain.airdrop(key(1).pubkey(), SOL)
    await local.step()
    costly = bytes(signed(local.api, [key(1)], pay(key(1), key(2).pubkey(), 9 * SOL)))
    error = (await ask("sendTransaction", base64.b64encode(costly).decode(), {"encoding": "base64"}))["error"]
    assert error["code"] == -32002
    assert error["data"]["err"] == {"InstructionError": [0, {"Custom": 1}]}
    assert any("insufficient lamports" in line for line in error["data"]["logs"])


async def test_preflight_refuses_an_unknown_blockhash(ask: Ask, local: SandboxChain) -> None:
    other = SandboxChain(local.config.__class__(seed=99))
    foreign = bytes(signed(other.api, [key(1)], pay(key(1), key(2).pubkey(), SOL)))
    error = (await ask("sendTransaction", base64.b64encode(foreign).decode(), {"encoding": "base64"}))[
        "error"
    ]
    assert error["code"] == -32002
    assert error["message"] == "Transaction simulation failed: Blockhash not found"
    assert error["data"]["err"] == "BlockhashNotFound"


async def test_it_refuses_what_is_no_transaction(ask: Ask, local: SandboxChain) -> None:
    assert (await ask("sendTransaction", "!!", {"encoding": "base64"}))["error"]["code"] == -32602
    assert (await ask("sendTransaction", "3yZe7d"))["error"]["code"] == -32602
    one = signed(local.api, [key(1)], pay(key(1), key(2).pubkey(), SOL))
    two = signed(local.api, [key(1)], pay(key(1), key(2).pubkey(), 2 * SOL))
    forged = bytes(VersionedTransaction.populate(one.message, two.signatures))
    answer = await ask("sendTransaction", base64.b64encode(forged).decode(), {"encoding": "base64"})
    assert answer["error"]["code"] == -32003
