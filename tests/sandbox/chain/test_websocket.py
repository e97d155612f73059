from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.wallets import SOL, by_hand, key, pay, signed

pytestmark = pytest.mark.enable_socket

V1 = {"maxSupportedTransactionVersion": 1}


@pytest.fixture
async def agave() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(provider="agave")) as running:
        yield running


@pytest.fixture
async def stream(local: SandboxChain) -> AsyncIterator[ClientConnection]:
    async with connect(local.ws_url, max_size=None) as opened:
        yield opened


async def heard(stream: ClientConnection) -> Any:
    async with asyncio.timeout(5):
        return msgspec.json.decode(await stream.recv())


async def call(stream: ClientConnection, method: str, *params: Any) -> Any:
    await stream.send(
        msgspec.json.encode({"jsonrpc": "2.0", "id": 2, "method": method, "params": params}).decode()
    )
    return await heard(stream)


async def subscribed(stream: ClientConnection, method: str, *params: Any) -> int:
    return int((await call(stream, method, *params))["result"])


async def test_frames_have_the_field_order_of_a_plain_node(agave: SandboxChain) -> None:
    async with connect(agave.ws_url) as stream:
        identity = await subscribed(stream, "slotSubscribe")
        await agave.step()
        assert await stream.recv() == (
            '{"jsonrpc":"2.0","method":"slotNotification","params":{"result":'
            f'{{"slot":1001,"parent":1000,"root":1000}},"subscription":{identity}}}}}'
        )
        await stream.send('{"jsonrpc":"2.0","id":9999,"method":"slotUnsubscribe","params":[1]}')
        assert await stream.recv() == (
            '{"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid subscription id."},"id":9999}'
        )
        await stream.send('{"jsonrpc":"2.0","id":2,"method":"accountSubscribe","params":["nope"]}')
        assert await stream.recv() == (
            '{"jsonrpc":"2.0","error":{"code":-32602,'
            '"message":"Invalid Request: Invalid pubkey provided"},"id":2}'
        )


async def test_frames_have_the_field_order_of_helius(local: SandboxChain, stream: ClientConnection) -> None:
    await stream.send('{"jsonrpc":"2.0","id":2,"method":"slotSubscribe"}')
    ack = await stream.recv()
    identity = msgspec.json.decode(ack)["result"]
    assert ack == f'{{"jsonrpc":"2.0","id":2,"result":{identity}}}'
    await local.step()
    assert await stream.recv() == (
        f'{{"jsonrpc":"2.0","method":"slotNotification","params":{{"subscription":{identity},'
        '"result":{"slot":1001,"parent":1000,"root":1000}}}'
    )
    await stream.send(f'{{"jsonrpc":"2.0","id":2,"method":"slotUnsubscribe","params":[{identity}]}}')
    assert await stream.recv() == '{"jsonrpc":"2.0","id":2,"result":true}'
    await stream.send(f'{{"jsonrpc":"2.0","id":3,"method":"slotUnsubscribe","params":[{identity}]}}')
    assert await stream.recv() == '{"jsonrpc":"2.0","id":3,"result":false}'
    await stream.send('{"jsonrpc":"2.0","id":2,"method":"nonsense"}')
    assert await stream.recv() == (
        '{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found"}}'
    )


@pytest.mark.ledger
@pytest.mark.parametrize("kind", ["logsNotification", "slotNotification", "accountNotification"])
async def test_notifications_have_the_fields_of_recorded_ones(
    agave: SandboxChain, ledger_dir: Any, kind: str
) -> None:
    (recorded,) = (ledger_dir / "notifications").glob(f"mainnet_verbatim_{kind}_*.json")
    async with connect(agave.ws_url) as stream:
        level = {"commitment": "processed", "encoding": "base64"}
        name = kind.replace("Notification", "Subscribe")
        await subscribed(
            stream, name, *{"logs": ["all"], "slot": [], "account": [str(key(1).pubkey())]}[kind[:-12]], level
        )
        agave.chain.airdrop(key(1).pubkey(), SOL)
        await agave.step()
        assert _skeleton(await heard(stream)) == _skeleton(msgspec.json.decode(recorded.read_bytes()))


def _skeleton(found: Any) -> Any:
    """Names and order of the fields, kinds of the values."""
    if isinstance(found, dict):
        return [(name, _skeleton(value)) for name, value in found.items()]
    return type(found).__name__


async def test_transaction_subscribe_sends_what_names_an_included_address(
    local: SandboxChain, stream: ClientConnection
) -> None:
    alice, bob = key(1).pubkey(), key(2).pubkey()
    identity = await subscribed(
        stream, "transactionSubscribe", {"accountInclude": [str(bob)]}, {"commitment": "processed"} | V1
    )
    local.chain.airdrop(alice, 5 * SOL)
    signature = str(local.chain.send(signed(local.ground, [key(1)], pay(key(1), bob, SOL))))
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
        tx = signed(local.ground, [key(1)], pay(key(1), people["bob"], lamports))
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


async def test_helius_takes_fifty_thousand_addresses_and_no_more(stream: ClientConnection) -> None:
    addresses = [str(key(1).pubkey())] * 50_000
    options = {"transactionDetails": "signatures"}
    accepted = await call(stream, "transactionSubscribe", {"accountInclude": addresses}, options)
    assert isinstance(accepted["result"], int)
    refused = await call(
        stream, "transactionSubscribe", {"accountInclude": [*addresses, addresses[0]]}, options
    )
    assert refused["error"]["code"] == -32602


async def test_full_details_need_the_highest_known_version(stream: ClientConnection) -> None:
    refused = await call(stream, "transactionSubscribe", {}, {"transactionDetails": "full"})
    assert refused["error"]["code"] == -32602
    assert "maxSupportedTransactionVersion" in refused["error"]["message"]


async def test_a_plain_node_knows_no_transaction_subscribe(agave: SandboxChain) -> None:
    async with connect(agave.ws_url) as stream:
        assert (await call(stream, "transactionSubscribe", {}, V1))["error"]["code"] == -32601


@pytest.mark.parametrize("provider", ["agave", "helius"])
async def test_a_long_message_of_a_plain_subscription_closes_the_connection(provider: str) -> None:
    async with SandboxChain(by_hand(provider=provider)) as running, connect(running.ws_url) as stream:
        with pytest.raises(ConnectionClosed):
            await call(stream, "logsSubscribe", {"mentions": [str(key(1).pubkey())] * 100})


async def test_logs_of_two_addresses_are_refused(stream: ClientConnection) -> None:
    two = [str(key(1).pubkey()), str(key(2).pubkey())]
    answer = await call(stream, "logsSubscribe", {"mentions": two})
    assert answer["error"] == {"code": -32602, "message": "Invalid Request: Only 1 address supported"}


async def test_blocks_are_not_sent_where_that_is_switched_off() -> None:
    async with SandboxChain(by_hand(block_subscription=False)) as running, connect(running.ws_url) as stream:
        assert (await call(stream, "blockSubscribe", "all"))["error"]["code"] == -32601


async def test_a_block_of_an_unknown_version_is_announced_without_content(
    local: SandboxChain, stream: ClientConnection
) -> None:
    await subscribed(
        stream, "blockSubscribe", "all", {"commitment": "confirmed", "maxSupportedTransactionVersion": 0}
    )
    local.chain.airdrop(key(1).pubkey(), 2 * SOL)
    local.chain.send(signed(local.ground, [key(1)], pay(key(1), key(2).pubkey(), SOL), version=1))
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


async def test_a_client_that_does_not_read_is_cut_off() -> None:
    async with (
        SandboxChain(by_hand(client_queue=50)) as running,
        connect(running.ws_url, max_queue=1) as stream,
    ):
        await subscribed(stream, "slotSubscribe")
        for _ in range(60):
            running.chain.step()
            running._sockets.publish(running.chain.step())
        async with asyncio.timeout(5):
            await stream.wait_closed()
        assert stream.close_code == 1006


async def test_subscriptions_end_with_their_connection(local: SandboxChain) -> None:
    async with connect(local.ws_url) as stream:
        await subscribed(stream, "slotSubscribe")
        assert len(local._sockets._subscriptions) == 1
    for _ in range(100):
        await asyncio.sleep(0)
    assert local._sockets._subscriptions == {}


async def test_broken_messages_are_answered_and_do_not_end_the_connection(stream: ClientConnection) -> None:
    await stream.send("{nope")
    assert (await heard(stream))["error"]["code"] == -32700
    await stream.send("[]")
    assert (await heard(stream))["error"]["code"] == -32600
    assert isinstance((await call(stream, "slotSubscribe"))["result"], int)
