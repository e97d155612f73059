from __future__ import annotations

import base64
from typing import Any

import aiohttp
import msgspec
import pytest
from solders.transaction import VersionedTransaction
from spl.token.constants import ASSOCIATED_TOKEN_PROGRAM_ID

from sandbox.chain.encodings.tokens import TOKEN
from sandbox.chain.rpc.methods.table import METHODS
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.conftest import Ask
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key, pay, signed

pytestmark = pytest.mark.enable_socket


def test_it_has_exactly_the_methods_it_should() -> None:
    assert set(METHODS) == {
        "getHealth",
        "getVersion",
        "getGenesisHash",
        "getSlot",
        "getBlockHeight",
        "getLatestBlockhash",
        "getEpochInfo",
        "getBlock",
        "getBlocks",
        "getBlockTime",
        "getTransaction",
        "getSignaturesForAddress",
        "getSignatureStatuses",
        "getAccountInfo",
        "getMultipleAccounts",
        "getBalance",
        "getTokenAccountsByOwner",
        "getTokenLargestAccounts",
        "getTokenSupply",
        "getMinimumBalanceForRentExemption",
        "sendTransaction",
        "requestAirdrop",
    }


async def _post(http: aiohttp.ClientSession, body: bytes) -> Any:
    async with http.post("/", data=body) as response:
        return await response.json()


async def test_it_tells_broken_json_from_a_broken_request(http: aiohttp.ClientSession) -> None:
    broken = await _post(http, b"{nope")
    assert broken["error"] == {"code": -32700, "message": "Parse error"}
    assert broken["id"] is None
    assert (await _post(http, b"[]"))["error"]["code"] == -32600
    assert (await _post(http, b'{"method":"getSlot","id":1}'))["error"]["code"] == -32600
    assert (await _post(http, b"[1]"))[0]["error"]["code"] == -32600
    assert (await _post(http, b"\xff"))["error"]["code"] == -32700


async def test_it_answers_batches_in_their_order(http: aiohttp.ClientSession) -> None:
    calls = [{"jsonrpc": "2.0", "id": name, "method": name} for name in ("getHealth", "getNonsense")]
    first, second = await _post(http, msgspec.json.encode(calls))
    assert first == {"jsonrpc": "2.0", "result": "ok", "id": "getHealth"}
    assert second["error"] == {"code": -32601, "message": "Method not found"}


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


@pytest.mark.parametrize("details", ["full", "accounts", "signatures", "none"])
async def test_it_gives_blocks_in_as_much_detail_as_asked(
    ask: Ask, local: SandboxChain, details: str
) -> None:
    signature = str(local.chain.airdrop(key(1).pubkey(), SOL))
    slot = (await local.step()).produced.slot
    await local.step()
    config = {"commitment": "confirmed", "transactionDetails": details, "rewards": False}
    block = (await ask("getBlock", slot, config | {"maxSupportedTransactionVersion": 0}))["result"]
    assert block["parentSlot"] == slot - 1
    assert "rewards" not in block
    assert ("signatures" in block) is (details == "signatures")
    assert ("transactions" in block) is (details in ("full", "accounts"))
    if details == "signatures":
        assert block["signatures"] == [signature]
    if details == "accounts":
        (one,) = block["transactions"]
        assert one["transaction"]["signatures"] == [signature]
        assert one["transaction"]["accountKeys"][0]["signer"] is True
        assert set(one["meta"]) >= {"err", "fee", "preBalances", "postTokenBalances"}


async def test_it_tells_a_block_that_is_not_yet_from_one_that_never_was(
    ask: Ask, local: SandboxChain
) -> None:
    await local.step()
    skipped = local.chain.slot
    local.chain.open.slot += 1
    for _ in range(6):
        await local.step()
    assert (await ask("getBlock", skipped, {"commitment": "confirmed"}))["error"] == {
        "code": -32007,
        "message": f"Slot {skipped} was skipped, or missing due to ledger jump to recent snapshot",
    }
    ahead = local.chain.slot + 1
    assert (await ask("getBlock", ahead, {"commitment": "confirmed"}))["error"]["code"] == -32004
    assert (await ask("getBlock", 3))["error"]["code"] == -32009
    assert skipped not in (await ask("getBlocks", 1_000, None, {"commitment": "confirmed"}))["result"]


async def test_an_old_block_is_said_to_be_cleaned_up() -> None:
    async with SandboxChain(by_hand(history=6)) as local, aiohttp.ClientSession(local.rpc_url) as http:
        for _ in range(9):
            await local.step()
        request = {"jsonrpc": "2.0", "id": 1, "method": "getBlock", "params": [1_001]}
        answer = await _post(http, msgspec.json.encode(request))
        assert answer["error"]["code"] == -32001
        assert "First available block: 1004" in answer["error"]["message"]


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


async def test_it_waits_for_the_slot_that_the_caller_wants(ask: Ask, local: SandboxChain) -> None:
    answer = await ask("getSlot", {"commitment": "processed", "minContextSlot": 5_000})
    assert answer["error"] == {
        "code": -32016,
        "message": "Minimum context slot has not been reached",
        "data": {"contextSlot": local.chain.tip.slot},
    }


async def test_an_account_is_as_old_as_the_commitment(ask: Ask, local: SandboxChain) -> None:
    address = str(key(1).pubkey())

    async def balances() -> list[int]:
        levels = ("processed", "confirmed", "finalized")
        return [(await ask("getBalance", address, {"commitment": one}))["result"]["value"] for one in levels]

    local.chain.airdrop(key(1).pubkey(), SOL)
    assert await balances() == [0, 0, 0]
    await local.step()
    assert await balances() == [SOL, 0, 0]
    await local.step()
    assert await balances() == [SOL, SOL, 0]
    for _ in range(3):
        await local.step()
    assert await balances() == [SOL, SOL, SOL]


async def test_it_gives_slices_of_account_data(ask: Ask, local: SandboxChain) -> None:
    issuer = TokenIssuer(local.chain, decimals=9)
    issuer.open_mint()
    await local.step()
    config = {"commitment": "processed", "dataSlice": {"offset": 44, "length": 1}}
    for encoding, expected in (("base64", ["CQ==", "base64"]), ("base58", ["A", "base58"])):
        answer = await ask("getAccountInfo", str(issuer.mint.pubkey()), config | {"encoding": encoding})
        assert answer["result"]["value"]["data"] == expected
        assert answer["result"]["value"]["space"] == 82


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
