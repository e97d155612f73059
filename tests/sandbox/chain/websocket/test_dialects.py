"""The order of fields in frames."""

from __future__ import annotations

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect

from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.streams import subscribed

pytestmark = pytest.mark.enable_socket


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
