"""Faults of what is sent to one client."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.streams import next_slot, subscribed
from tests.sandbox.chain.wallets import by_hand

pytestmark = pytest.mark.enable_socket


async def test_a_notification_is_dropped(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="drop"))
    await local.step()
    await local.step()
    assert await next_slot(slots) == 1_002


async def test_a_notification_comes_twice(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="duplicate"))
    await local.step()
    await local.step()
    assert [await next_slot(slots) for _ in range(3)] == [1_001, 1_001, 1_002]


async def test_a_notification_comes_late(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="delay", seconds=0.05))
    await local.step()
    await local.step()
    assert [await next_slot(slots) for _ in range(2)] == [1_002, 1_001]


async def test_two_notifications_change_places(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="reorder"))
    for _ in range(3):
        await local.step()
    assert [await next_slot(slots) for _ in range(3)] == [1_002, 1_001, 1_003]


async def test_a_socket_falls_silent_and_stays_open(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="stall_socket"))
    await local.step()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await slots.recv()
    async with asyncio.timeout(5):
        await (await slots.ping())


async def test_a_socket_speaks_again_after_its_silence(local: SandboxChain, slots: ClientConnection) -> None:
    local.faults.add(Fault(fault="stall_socket", seconds=0.05))
    await local.step()
    await asyncio.sleep(0.06)
    await local.step()
    assert await next_slot(slots) == 1_002


@pytest.mark.parametrize(("fault", "code"), [("disconnect", 1001), ("disconnect_lagging", 1006)])
async def test_a_client_is_disconnected(
    local: SandboxChain, slots: ClientConnection, fault: Any, code: int
) -> None:
    local.faults.add(Fault(fault=fault))
    await local.step()
    with pytest.raises(ConnectionClosed):
        await slots.recv()
    assert slots.close_code == code


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
