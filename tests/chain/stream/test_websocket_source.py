"""A live source on a local chain: heartbeat, methods, changes of the filter, and every fault of a socket.
One socket: answers find their questions, refusals raise, silence ends it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from chain.rpc.errors import Rejected
from chain.stream.source import StreamClosed
from chain.stream.subscriptions.table import SUBSCRIPTION_KINDS
from chain.stream.websocket_source import RpcConnection, WebSocketConfig, WebSocketSource
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from tests.chain.streams import QUICK, ChangingFilter, RecordingSink, listening
from tests.sandbox.chain.wallets import SOL, by_hand, key, pay, signed
from tests.scanner.world import until

pytestmark = pytest.mark.enable_socket
MAX_FRAME_BYTES = min(kind.max_frame_bytes for kind in SUBSCRIPTION_KINDS)
ALICE, BOB = str(key(1).pubkey()), str(key(2).pubkey())


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(ChainConfig(slot_seconds=0.05)) as running:
        for number in (1, 2):
            running.api.airdrop(key(number).pubkey(), 1_000 * SOL)
        yield running


def trade(chain: SandboxChain, number: int, lamports: int = SOL) -> str:
    payment = pay(key(number), key(9).pubkey(), lamports)
    return str(chain.api.send(signed(chain.api, [key(number)], payment)))


async def until_pushed(chain: SandboxChain, sink: RecordingSink, number: int) -> None:
    """Trade once a slot until one of these trades is pushed."""
    done = {trade(chain, number)}
    for lamports in range(1, 200):
        if done & set(sink.signatures):
            return
        slot = sink.slots[-1]
        await sink.until(lambda slot=slot: sink.slots[-1] > slot)  # type: ignore[misc]
        done.add(trade(chain, number, SOL + lamports))
    pytest.fail("nothing was pushed")


@pytest.mark.parametrize("method", ["transactions", "logs"])
async def test_a_watched_wallets_transaction_is_pushed(method: str, chain: SandboxChain) -> None:
    sink = RecordingSink()
    async with listening(chain.ws_url, ChangingFilter(ALICE), sink, methods=(method,)) as source:
        assert str(source.status) == f"live ({method})"
        others, done = trade(chain, 2), trade(chain, 1)
        await sink.until(lambda: done in sink.signatures)
        assert others not in sink.signatures
        assert {pushed.raw is None for pushed in sink.transactions} == {method == "logs"}
        assert sink.slots


async def test_an_empty_filter_pushes_nobodys_transaction(chain: SandboxChain) -> None:
    sink = RecordingSink()
    async with listening(chain.ws_url, ChangingFilter(), sink):
        trade(chain, 1)
        await sink.until(lambda: len(sink.slots) > 10)
        assert sink.transactions == []


@pytest.mark.parametrize("method", ["transactions", "logs"])
async def test_a_changed_filter_is_applied_and_the_old_one_left(method: str, chain: SandboxChain) -> None:
    sink, updates = RecordingSink(), ChangingFilter(ALICE)
    async with listening(chain.ws_url, updates, sink, methods=(method,)):
        await until_pushed(chain, sink, 1)
        updates.become(BOB)
        await until_pushed(chain, sink, 2)
        left, slot = trade(chain, 1, 5), chain.api.slot
        await sink.until(lambda: sink.slots[-1] > slot + 4)
        assert left not in sink.signatures


async def test_a_node_without_transactions_is_asked_for_logs() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=0.05, provider="agave")) as chain:
        chain.api.airdrop(key(1).pubkey(), SOL * 1_000)
        sink = RecordingSink()
        async with listening(chain.ws_url, ChangingFilter(ALICE), sink) as source:
            assert str(source.status) == "live (logs)"
            await until_pushed(chain, sink, 1)


async def test_slots_alone_can_be_pushed(chain: SandboxChain) -> None:
    sink = RecordingSink()
    async with listening(chain.ws_url, ChangingFilter(ALICE), sink, methods=("slots",)) as source:
        assert str(source.status) == "live (slots)"
        trade(chain, 1)
        await sink.until(lambda: len(sink.slots) > 10)
        assert sink.transactions == []


async def test_whole_blocks_are_pushed_where_the_node_offers_them() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=0.05, block_subscription=True)) as chain:
        chain.api.airdrop(key(1).pubkey(), 1_000 * SOL)
        sink, method = RecordingSink(), ("blocks", "slots")
        async with listening(chain.ws_url, ChangingFilter(ALICE), sink, methods=method) as source:
            assert source.status.method == "blocks"
            done = trade(chain, 1)
            await sink.until(lambda: any(done.encode() in bytes(block.raw) for block in sink.blocks))
    assert all(later.parent_slot >= earlier.slot for earlier, later in pairwise(sink.blocks))
    assert sink.transactions == []


async def test_a_node_without_blocks_or_transactions_is_asked_for_logs_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "chain.stream.websocket_source")
    async with SandboxChain(ChainConfig(slot_seconds=0.05, provider="agave")) as chain:
        methods = ("transactions", "blocks", "logs")
        async with listening(chain.ws_url, ChangingFilter(ALICE), RecordingSink(), methods=methods) as source:
            assert str(source.status) == "live (logs)"
    said = " ".join(caplog.messages)
    assert "transactions is not offered here" in said
    assert "blocks is not offered here" in said
    assert "is live (logs)" in said


async def test_what_is_offered_is_found_out_when_there_is_something_to_ask_for_on_the_same_socket() -> None:
    async with SandboxChain(ChainConfig(slot_seconds=0.05, provider="agave")) as chain:
        chain.api.airdrop(key(1).pubkey(), 1_000 * SOL)
        sink, updates = RecordingSink(), ChangingFilter()
        async with listening(chain.ws_url, updates, sink) as source:
            assert str(source.status) == "live (transactions)"
            updates.become(ALICE)
            await sink.until(lambda: str(source.status) == "live (logs)")
            await until_pushed(chain, sink, 1)
            assert source.status.times_opened == 1


async def test_what_the_node_does_not_accept_is_shown() -> None:
    config = ChainConfig(slot_seconds=0.05, provider="agave", subscriptions=3)  # one is the heartbeat
    async with SandboxChain(config) as chain:
        updates = ChangingFilter()
        updates.become(ALICE, BOB, accounts=(str(key(3).pubkey()), str(key(4).pubkey())))
        async with listening(chain.ws_url, updates, RecordingSink(), methods=("logs",)) as source:
            assert str(source.status) == "live (logs), 2 addresses too many"
            assert source.status.method == "logs"


async def test_a_silent_socket_is_dead_though_tcp_is_up(chain: SandboxChain) -> None:
    sink = RecordingSink()
    async with listening(chain.ws_url, ChangingFilter(ALICE), sink, silence_seconds=0.4) as source:
        chain.faults.add(Fault(fault="stall_socket"))
        await sink.until(lambda: not chain.faults.armed)
        await until_pushed(chain, sink, 1)
        assert source.status.is_live


async def test_it_comes_back_each_time_it_is_cut_off(chain: SandboxChain) -> None:
    sink = RecordingSink()
    async with listening(chain.ws_url, ChangingFilter(ALICE), sink):
        for fault in ("disconnect", "disconnect_lagging", "disconnect"):
            chain.faults.add(Fault(fault=fault))
            await sink.until(lambda: not chain.faults.armed)
            await until_pushed(chain, sink, 1)


async def test_it_goes_on_trying_where_nobody_listens_and_shows_no_key(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = WebSocketSource(WebSocketConfig(url=Secret("ws://127.0.0.1:9/?api-key=PLANTED"), backoff=QUICK))
    caplog.set_level("DEBUG", "chain.stream.websocket_source")
    seen = set[str]()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        running = group.create_task(source.run(ChangingFilter(ALICE), RecordingSink()))
        while len(caplog.messages) <= 2 or not any(status.startswith("lost") for status in seen):
            seen.add(str(source.status))
            await asyncio.sleep(0.001)
        running.cancel()
    assert "PLANTED" not in caplog.text + "".join(seen)


@asynccontextmanager
async def connection() -> AsyncIterator[RpcConnection]:
    async with SandboxChain(by_hand()) as chain, connect(chain.ws_url, proxy=None) as socket:
        opened = RpcConnection("node", socket, RecordingSink())
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(opened.listen())
            try:
                yield opened
            finally:
                listening.cancel()


async def test_answers_find_their_questions() -> None:
    async with connection() as opened:
        answers = await asyncio.gather(*(opened.ask("slotSubscribe") for _ in range(20)))
        assert len({bytes(answer) for answer in answers}) == 20


async def test_a_refusal_is_raised_with_its_code() -> None:
    async with connection() as opened:
        with pytest.raises(Rejected) as caught:
            await opened.ask("nothingSubscribe")
        assert caught.value.code == -32601


async def test_silence_ends_it() -> None:
    async with connection() as opened:
        with pytest.raises(StreamClosed, match="silent for"):
            await opened.watch_silence(0.1)


async def test_scenario_99_a_redirect_to_another_host_is_not_followed() -> None:
    followed: list[str] = []

    def redirect(_: ServerConnection, request: Request) -> Response:
        return Response(302, "Found", Headers({"Location": f"ws://127.0.0.1:{inner_port}/"}))

    def inside(_: ServerConnection, request: Request) -> None:
        followed.append(request.path)

    async def idle(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with serve(idle, "127.0.0.1", 0, process_request=inside) as inner:
        inner_port = next(iter(inner.sockets)).getsockname()[1]
        async with serve(idle, "127.0.0.1", 0, process_request=redirect) as outer:
            port = next(iter(outer.sockets)).getsockname()[1]
            source = WebSocketSource(WebSocketConfig(url=Secret(f"ws://127.0.0.1:{port}"), backoff=QUICK))
            async with asyncio.TaskGroup() as group:
                running = group.create_task(source.run(ChangingFilter(ALICE), RecordingSink()))
                await until(lambda: source.status.reason)
                running.cancel()
    assert (source.status.reason, followed) == ("InvalidStatus", [])


async def test_scenario_98_a_frame_larger_than_any_real_one_ends_the_connection_unread() -> None:
    async def flood(socket: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            await socket.send(b"a" * (2 * MAX_FRAME_BYTES))
            await socket.wait_closed()

    async with serve(flood, "127.0.0.1", 0, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        source = WebSocketSource(WebSocketConfig(url=Secret(f"ws://127.0.0.1:{port}"), backoff=QUICK))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(source.run(ChangingFilter(ALICE), RecordingSink()))
            await until(lambda: source.status.reason)
            running.cancel()
    assert source.status.reason == "ConnectionClosedError"
