from __future__ import annotations

from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.streams import V1, heard, subscribed
from tests.sandbox.chain.wallets import SOL, TokenIssuer, key, pay, signed

pytestmark = pytest.mark.enable_socket


async def test_transaction_subscribe_sends_what_names_an_included_address(
    local: SandboxChain, stream: ClientConnection
) -> None:
    alice, bob = key(1).pubkey(), key(2).pubkey()
    identity = await subscribed(
        stream, "transactionSubscribe", {"accountInclude": [str(bob)]}, {"commitment": "processed"} | V1
    )
    local.chain.airdrop(alice, 5 * SOL)
    signature = str(local.chain.send(signed(local.api, [key(1)], pay(key(1), bob, SOL))))
    await local.step()
    message = await heard(stream)
    assert message["method"] == "transactionNotification"
    assert list(message["params"]) == ["subscription", "result"]
    assert message["params"]["subscription"] == identity
    result = message["params"]["result"]
    assert list(result) == ["transaction", "signature", "slot", "transactionIndex"]
    assert list(result["transaction"]) == ["transaction", "meta", "version"]
    assert (result["signature"], result["slot"], result["transactionIndex"]) == (signature, 1_001, 1)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"accountExclude": ["faucet"]}, [1, 2]),
        ({"accountRequired": ["alice", "bob"]}, [1, 2]),
        ({"accountInclude": ["alice"], "failed": False}, [0, 1]),
        ({"accountInclude": ["carol"]}, []),
        ({}, [0, 1, 2]),
    ],
)
async def test_transaction_subscribe_filters(
    local: SandboxChain, stream: ClientConnection, wanted: dict[str, Any], expected: list[int]
) -> None:
    people: dict[str, Any] = {"alice": key(1).pubkey(), "bob": key(2).pubkey(), "carol": key(3).pubkey()}
    sent = [str(local.chain.airdrop(people["alice"], 5 * SOL))]
    people["faucet"] = _payer(local)
    named = {
        name: [str(people[one]) for one in value] if isinstance(value, list) else value
        for name, value in wanted.items()
    }
    options = {"commitment": "processed", "transactionDetails": "signatures"}
    await subscribed(stream, "transactionSubscribe", named, options)
    await subscribed(stream, "slotSubscribe")
    for lamports in (SOL, 99 * SOL):
        tx = signed(local.api, [key(1)], pay(key(1), people["bob"], lamports))
        sent.append(str(local.chain.send(tx)))
    await local.step()
    got = [(await heard(stream))["params"]["result"] for _ in range(len(expected) + 1)]
    assert [one["signature"] for one in got if "signature" in one] == [sent[index] for index in expected]


def _payer(local: SandboxChain) -> Any:
    (one,) = local.chain.open.transactions.values()
    return one.keys[0]


@pytest.mark.parametrize("encoding", ["json", "jsonParsed", "base64"])
@pytest.mark.parametrize("details", ["full", "accounts"])
async def test_transaction_subscribe_says_the_same_as_get_block(
    local: SandboxChain, stream: ClientConnection, ask: Any, encoding: str, details: str
) -> None:
    shape = {"encoding": encoding, "transactionDetails": details} | V1
    await subscribed(
        stream, "transactionSubscribe", {}, shape | {"commitment": "confirmed", "showRewards": True}
    )
    local.chain.airdrop(key(1).pubkey(), SOL)
    slot = (await local.step()).produced.slot
    await local.step()
    sent = (await heard(stream))["params"]["result"]["transaction"]
    block = (await ask("getBlock", slot, shape | {"commitment": "confirmed"}))["result"]
    assert block["transactions"] == [sent]


@pytest.mark.parametrize(("mode", "expected"), [(None, 0), ("none", 0), ("balanceChanged", 1), ("all", 2)])
async def test_owners_match_by_their_token_accounts_where_asked(
    local: SandboxChain, stream: ClientConnection, mode: str | None, expected: int
) -> None:
    issuer, bob = TokenIssuer(local.chain), key(2).pubkey()
    issuer.open_mint()
    issuer.give(key(1).pubkey(), 100)
    issuer.give(bob, 0)
    local.chain.airdrop(key(1).pubkey(), SOL)
    await local.step()
    wanted = {"accountInclude": [str(bob)]} | ({"tokenAccounts": mode} if mode else {})
    options = {"commitment": "processed", "transactionDetails": "signatures"}
    await subscribed(stream, "transactionSubscribe", wanted, options)
    await subscribed(stream, "slotSubscribe")
    for amount in (7, 0):
        local.chain.send(signed(local.api, [key(1)], issuer.move(key(1), bob, amount)))
    await local.step()
    got = [await heard(stream) for _ in range(expected + 1)]
    assert [one["method"] for one in got].count("transactionNotification") == expected


async def test_a_block_of_an_unknown_version_is_announced_without_content(
    local: SandboxChain, stream: ClientConnection
) -> None:
    await subscribed(
        stream, "blockSubscribe", "all", {"commitment": "confirmed", "maxSupportedTransactionVersion": 0}
    )
    local.chain.airdrop(key(1).pubkey(), 2 * SOL)
    local.chain.send(signed(local.api, [key(1)], pay(key(1), key(2).pubkey(), SOL), version=1))
    await local.step()
    await local.step()
    value = (await heard(stream))["params"]["result"]["value"]
    assert value == {"slot": 1_001, "block": None, "err": {"UnsupportedTransactionVersion": 1}}


async def test_an_account_is_sent_only_when_a_block_has_changed_it(
    local: SandboxChain, stream: ClientConnection
) -> None:
    address = str(key(1).pubkey())
    await subscribed(stream, "accountSubscribe", address, {"commitment": "confirmed", "encoding": "base64"})
    await subscribed(stream, "slotSubscribe")
    for lamports in (SOL, 2 * SOL):
        local.chain.airdrop(key(1).pubkey(), lamports)
        await local.step()
    for _ in range(2):
        await local.step()
    found = [(await heard(stream))["params"]["result"] for _ in range(6)]
    values = [(one["context"]["slot"], one["value"]["lamports"]) for one in found if "value" in one]
    assert values == [(1_001, SOL), (1_002, 3 * SOL)]
