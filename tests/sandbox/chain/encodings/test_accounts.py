"""Accounts in each encoding."""

from __future__ import annotations

import pytest

from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask
from tests.sandbox.chain.wallets import TokenIssuer

pytestmark = pytest.mark.enable_socket


async def test_it_gives_slices_of_account_data(ask: Ask, local: SandboxChain) -> None:
    issuer = TokenIssuer(local.chain, decimals=9)
    issuer.open_mint()
    await local.step()
    config = {"commitment": "processed", "dataSlice": {"offset": 44, "length": 1}}
    for encoding, expected in (("base64", ["CQ==", "base64"]), ("base58", ["A", "base58"])):
        answer = await ask("getAccountInfo", str(issuer.mint.pubkey()), config | {"encoding": encoding})
        assert answer["result"]["value"]["data"] == expected
        assert answer["result"]["value"]["space"] == 82
