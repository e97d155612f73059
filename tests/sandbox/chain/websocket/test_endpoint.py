from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.streams import call, heard, subscribed
from tests.sandbox.chain.wallets import SOL, by_hand, key

pytestmark = pytest.mark.enable_socket


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


async def test_more_subscriptions_than_the_node_takes_are_refused_until_one_is_left() -> None:
    async with SandboxChain(by_hand(subscriptions=1)) as running, connect(running.ws_url) as stream:
        identity = await subscribed(stream, "slotSubscribe")
        refused = (await call(stream, "slotSubscribe"))["error"]
        assert refused["code"] == -32603
        assert "limit reached" in refused["message"]
        await call(stream, "slotUnsubscribe", identity)
        await subscribed(stream, "slotSubscribe")


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


async def test_a_connection_is_refused_at_the_door(local: SandboxChain) -> None:
    local.faults.add(Fault(fault="unauthorized", methods=("connect",)))
    with pytest.raises(InvalidStatus) as found:
        await connect(local.ws_url)
    assert found.value.response.status_code == 401
    async with connect(local.ws_url):
        pass
