"""Connections to receivers: shared, to checked addresses, looked up once."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from domain.delivery.results import SendStatus
from messaging.webhook import connections as connections_module
from messaging.webhook.addresses import parse_url
from messaging.webhook.answers import _NO_ADDRESS
from messaging.webhook.channel import WebhookChannel
from messaging.webhook.connections import AddressRefused, PortRefused, PushConnections
from messaging.webhook.look_ups import NameUnknown
from sandbox.receiver import Receiver, answers, cuts_off, talks_nonsense
from tests.messaging.webhook.pushing import ENDPOINT, LOCAL, pushing, sent


async def test_pushes_share_a_connection_and_one_that_was_closed_meanwhile_costs_nothing() -> None:
    receiver = Receiver(behaviours=[answers(204), answers(204), cuts_off])
    async with pushing(receiver) as channel:
        results = [await sent(channel, receiver) for _ in range(3)]
    assert [one.status for one in results] == [SendStatus.ACCEPTED] * 3
    assert (len(receiver.received), receiver.connections) == (4, 2)
    assert {got.headers["webhook-id"] for got in receiver.received} == {"msg_9"}


async def test_scenario_83_a_name_that_changes_its_address_reaches_what_was_checked_alone() -> None:
    """The second answer for a name is never asked for, and one that is not public is refused."""
    asked: list[str] = []
    receiver = Receiver()

    async def rebinds(host: str, port: int) -> Sequence[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "169.254.169.254"
        return await asyncio.get_running_loop().getaddrinfo(address, port, type=socket.SOCK_STREAM)

    async with receiver:
        url = f"https://localhost:{receiver.port}/hook"
        channel = WebhookChannel(connections=PushConnections(LOCAL, tls=receiver.trust, look_up=rebinds))
        there = replace(ENDPOINT, url=url)
        assert (await sent(channel, receiver, endpoint=there)).status is SendStatus.ACCEPTED
        channel.connections.close()
        other = WebhookChannel(connections=PushConnections(LOCAL, tls=receiver.trust, look_up=rebinds))
        refused = await sent(other, receiver, endpoint=there)
        other.connections.close()
    assert (refused.status, refused.reason) == (SendStatus.REFUSED, _NO_ADDRESS)
    assert (len(receiver.received), len(asked)) == (1, 2)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::7f00:1]",
        "10.0.0.1",
        "0.0.0.0",
    ],
)
async def test_scenario_83_nothing_is_pushed_to_addresses_that_are_not_public(host: str) -> None:
    channel = WebhookChannel(connections=PushConnections())
    result = await sent(channel, Receiver(), endpoint=replace(ENDPOINT, url=f"https://{host}/hook"))
    channel.connections.close()
    assert (result.status, result.unreachable) == (SendStatus.REFUSED, True)


async def test_an_address_is_checked_without_being_reached() -> None:
    connections = PushConnections()
    with pytest.raises(AddressRefused):
        await connections.check(parse_url("https://127.0.0.1:9/hook"))
    with pytest.raises(NameUnknown):
        await connections.check(parse_url("https://nobody.invalid/hook"))
    with pytest.raises(PortRefused):
        await connections.check(parse_url("https://8.8.8.8:22/hook"))
    for port in (443, 8443):
        await connections.check(parse_url(f"https://8.8.8.8:{port}/hook"))
    connections.close()


async def test_what_an_owner_reads_tells_neither_names_within_nor_open_ports(unused_tcp_port: int) -> None:
    receiver = Receiver(usual=talks_nonsense)
    async with pushing(receiver) as channel:
        plain = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        ports = unused_tcp_port, plain.sockets[0].getsockname()[1]
        there = [replace(ENDPOINT, url=f"https://127.0.0.1:{port}/hook") for port in ports]
        closed, opened = [await sent(channel, receiver, endpoint=one) for one in there]
        assert closed == opened
        bare = WebhookChannel(connections=PushConnections())
        names = [replace(ENDPOINT, url=f"https://{name}/hook") for name in ("localhost", "nobody.invalid")]
        within, unknown = [await sent(bare, receiver, endpoint=one) for one in names]
        assert within == unknown
        bare.connections.close()
        plain.close()


async def test_idle_connections_are_bounded_and_closed_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections_module, "MAX_IDLE", 1)
    first = Receiver()
    second = Receiver(tls=first.tls)
    async with second, pushing(first) as channel:
        for receiver in (first, second, first):
            assert (await sent(channel, receiver)).status is SendStatus.ACCEPTED
        assert first.connections == 2, "the idle one gave way to that of the other"
        monkeypatch.setattr(connections_module, "IDLE_SECONDS", 0.0)
        await sent(channel, first)
    assert first.connections == 3


async def test_after_the_end_nothing_is_sent() -> None:
    receiver = Receiver()
    async with pushing(receiver) as channel:
        channel.connections.close()
        assert (await sent(channel, receiver)).held_back
    assert receiver.received == []
