from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.streams import call, heard, subscribed
from tests.sandbox.chain.wallets import SOL, by_hand, key, pay, signed

pytestmark = pytest.mark.enable_socket


@pytest.fixture
async def agave() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(provider="agave")) as running:
        yield running


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
    async with SandboxChain(ChainConfig(slot_seconds=None)) as running, connect(running.ws_url) as stream:
        assert (await call(stream, "blockSubscribe", "all"))["error"]["code"] == -32601


async def test_more_subscriptions_than_the_node_takes_are_refused_until_one_is_left() -> None:
    async with SandboxChain(by_hand(subscriptions=1)) as running, connect(running.ws_url) as stream:
        identity = await subscribed(stream, "slotSubscribe")
        refused = (await call(stream, "slotSubscribe"))["error"]
        assert refused["code"] == -32603
        assert "limit reached" in refused["message"]
        await call(stream, "slotUnsubscribe", identity)
        await subscribed(stream, "slotSubscribe")


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
