"""Parameters are refused as a node refuses them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.requests import Ask

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("getBalance", [], "`params` should have at least 1 argument(s)"),
        ("getBalance", ["nonsense"], "Invalid param: WrongSize"),
        ("getBalance", ["0OIl"], "Invalid param: Invalid"),
        ("getTransaction", ["11111"], "Invalid param: WrongSize"),
        ("getBlock", ["5"], "Invalid params: invalid type: string, expected u64."),
        (
            "getBlock",
            [1_000, {"commitment": "processed"}],
            "Method does not support commitment below `confirmed`",
        ),
        (
            "getSignaturesForAddress",
            ["11111111111111111111111111111111", {"limit": 1_001}],
            "Invalid limit; max 1000",
        ),
        ("getMultipleAccounts", [["1"] * 101], "Too many inputs provided; max 100"),
        ("getTokenSupply", ["11111111111111111111111111111112"], "Invalid param: could not find account"),
        ("getBlocks", [0, 600_000], "Slot range too large; max 500000"),
    ],
)
async def test_it_refuses_bad_parameters_in_a_nodes_words(
    ask: Ask, local: SandboxChain, method: str, params: list[Any], message: str
) -> None:
    for _ in range(3):
        await local.step()
    assert (await ask(method, *params))["error"] == {"code": -32602, "message": message}
