"""Scenarios 96, 97 and 99: one of several nodes lies, sends anything, or is asked by nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web
from websockets.asyncio.server import ServerConnection, serve

from bench import fuzz_nodes, hostile_nodes
from bench.fuzz_cases import Cases
from chain.rpc.pool import RpcPool, open_rpc
from runtime.clock import monotonic
from runtime.settings.secret import Secret
from sandbox.chain.server import SandboxChain
from scanner.reconcile.reconciler import Reconciler
from storage.admin.operators import recent_discoveries
from storage.ingest.heads import note_head
from storage.postgres import Database
from tests.chain.nodes import result
from tests.sandbox.chain.wallets import by_hand
from tests.scanner.reconciling import Reconciling, context_of, cursor_in, reconciling_with, steps, until_still
from tests.scanner.world import CHAIN, Whale, follow, scanning, settings_for, stored, until
from tests.scenarios.scanner_processes import ScannerTestbed

pytestmark = pytest.mark.services

ABSURD = 2**62
STANDS = "SELECT reverted_at IS NULL FROM alerts WHERE payload->>'signature' = $1 ORDER BY alert_id"


class Liar:
    """A node that answers as another one does, but for some methods."""

    def __init__(self, honest: str, **lies: Any) -> None:
        self.lies: dict[str, Any] = lies
        self.asked: list[str] = []
        self._honest = honest

    async def answer(self, request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        self.asked.append(asked["method"])
        if asked["method"] in self.lies:
            return result(self.lies[asked["method"]])
        async with aiohttp.ClientSession() as session, session.post(self._honest, json=asked) as response:
            return web.Response(body=await response.read(), status=response.status)


@asynccontextmanager
async def lying(honest: str, **lies: Any) -> AsyncIterator[tuple[str, Liar]]:
    """The address of a node that lies so about some methods, and the node."""
    liar = Liar(honest, **lies)
    application = web.Application()
    application.add_routes([web.post("/", liar.answer)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", liar
    await runner.cleanup()


class Stream:
    """A node's stream that pushes what a test says."""

    def __init__(self) -> None:
        self.sockets: list[ServerConnection] = []
        self.subscribed = asyncio.Event()

    async def serve(self, socket: ServerConnection) -> None:
        self.sockets.append(socket)
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(self._beat(socket))
            async for frame in socket:
                asked = json.loads(frame)
                await socket.send(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": 7}))
                if asked["method"] == "transactionSubscribe":
                    self.subscribed.set()
            beating.cancel()

    async def _beat(self, socket: ServerConnection) -> None:
        while True:
            await self._notify(socket, "slotNotification", {"slot": 1_005, "parent": 1_004, "root": 1_000})
            await asyncio.sleep(0.5)

    async def push(self, transaction: Mapping[str, Any], signature: str, slot: int) -> None:
        for socket in self.sockets:
            pushed = {"signature": signature, "slot": slot, "transaction": transaction}
            await self._notify(socket, "transactionNotification", pushed)

    async def _notify(self, socket: ServerConnection, method: str, value: object) -> None:
        frame = {"jsonrpc": "2.0", "method": method, "params": {"subscription": 7, "result": value}}
        await socket.send(json.dumps(frame))


@asynccontextmanager
async def streaming() -> AsyncIterator[tuple[str, Stream]]:
    stream = Stream()
    async with serve(stream.serve, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}", stream


@pytest.fixture
async def stepped() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=40)) as running:
        await steps(running, 5)
        yield running


@asynccontextmanager
async def reconciling_by(database: Database, *urls: str) -> AsyncIterator[tuple[Reconciling, RpcPool]]:
    async with open_rpc([Secret(url) for url in urls]) as rpc:
        yield reconciling_with(context_of(rpc, database)), rpc


@pytest.mark.parametrize("claim", [ABSURD, 2**63 - 1, 1_100_000_000, 6_000])
async def test_scenario_96_a_node_that_names_a_slot_far_ahead_blinds_nobody_at_the_first_start(
    claim: int, stepped: SandboxChain, database: Database
) -> None:
    whale = Whale(stepped)
    await follow(database, whale.address)
    async with (
        lying(stepped.rpc_url, getSlot=claim) as (url, liar),
        reconciling_by(database, url, stepped.rpc_url) as (reconciled, _),
    ):
        await until_still(reconciled)
        assert await cursor_in(database) < 1_100
        whale.trade(3)
        await steps(stepped, 4)
        await until_still(reconciled)
    assert await stored(database, whale) == sorted(whale.done)
    assert len(liar.asked) < 60


async def test_scenario_96_alone_such_a_node_moves_no_cursor_and_is_asked_seldom(
    stepped: SandboxChain, database: Database
) -> None:
    async with (
        lying(stepped.rpc_url, getSlot=ABSURD) as (url, liar),
        reconciling_by(database, url) as (reconciled, rpc),
    ):
        began = monotonic()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(reconciled.reconciler.run())
            await until(lambda: len(liar.asked) >= 4)
            running.cancel()
        assert len(liar.asked) / (monotonic() - began) < 20
        assert await database.fetchval("SELECT count(*) FROM cursors") == 0
        assert rpc.is_resting
        liar.lies.clear()
        await asyncio.sleep(1.0)
        await until_still(reconciled)
        assert 1_000 <= await cursor_in(database) < 1_100


async def test_scenario_96_a_stored_cursor_beyond_the_chain_is_set_back_and_operators_read_it(
    stepped: SandboxChain, database: Database
) -> None:
    whale = Whale(stepped)
    await note_head(database, chain=CHAIN, slot=ABSURD)
    await follow(database, whale.address)
    await database.execute("UPDATE watches SET since_slot = $1", ABSURD)
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ($1, 'blocks', $2)", CHAIN, ABSURD)
    whale.trade(2)
    await steps(stepped, 4)
    async with reconciling_by(database, stepped.rpc_url) as (reconciled, _):
        await until_still(reconciled)
    assert await cursor_in(database) < 1_100
    assert await stored(database, whale) == sorted(whale.done)
    assert await database.fetchval("SELECT max(since_slot) FROM watches") < 1_100
    (said,) = await recent_discoveries(database, chain=CHAIN, days=1)
    assert f"A stored cursor stood at slot {ABSURD:,}" in said.sentence


async def test_scenario_96_cursors_of_buckets_are_set_back_as_well(
    stepped: SandboxChain, database: Database
) -> None:
    await database.execute("INSERT INTO cursors (chain, feed, slot) VALUES ($1, 'blocks', 1002)", CHAIN)
    await database.execute(
        "INSERT INTO shard_cursors (chain, bucket, slot)"
        " SELECT $1, bucket, $2 FROM generate_series(0, 255) AS bucket",
        CHAIN,
        ABSURD,
    )
    async with reconciling_by(database, stepped.rpc_url) as (reconciled, _):
        states = reconciled.parts.states
        await until_still(reconciled)
        assert isinstance(reconciled.reconciler, Reconciler)
        assert states.first is not None
        assert states.first.cursor < 1_100


async def made_up(testbed: ScannerTestbed, whale: Whale) -> tuple[dict[str, Any], str]:
    """A payment of the whale as a node gives it, under a signature that there is not, and the signature."""
    (known,) = whale.trade()
    async with open_rpc([Secret(testbed.chain.rpc_url)]) as rpc:
        raw: bytes | None = None
        async with asyncio.timeout(10):
            while raw is None:
                await asyncio.sleep(0.1)
                raw = await _transaction(rpc, known)
    signature = known[:-6] + "Lie123"
    return json.loads(raw.replace(known.encode(), signature.encode())), signature


async def _transaction(rpc: RpcPool, signature: str) -> bytes | None:
    config = {"commitment": "confirmed", "encoding": "json", "maxSupportedTransactionVersion": 1}
    raw = bytes(await rpc.call("getTransaction", [signature, config]))
    return None if raw == b"null" else raw


async def test_scenario_97_with_one_node_a_made_up_transaction_is_an_alert_at_once_and_reverted_in_time(
    testbed: ScannerTestbed,
) -> None:
    whale = Whale(testbed.chain)
    await follow(testbed.database, whale.address)
    lie, signature = await made_up(testbed, whale)
    async with streaming() as (ws_url, stream):
        settings = settings_for(
            [testbed.chain.rpc_url], [ws_url], database=testbed.postgres_url, redis=testbed.valkey_url
        )
        async with scanning(settings):
            await stream.subscribed.wait()
            began = monotonic()
            await stream.push(lie, signature, testbed.chain.api.slot)
            await until(lambda: _stands(testbed, signature, [True]), 2.0)
            await until(lambda: _stands(testbed, signature, [False]), 10.0)
            assert monotonic() - began < 10.0
    assert await testbed.database.fetchval("SELECT count(*) FROM provisional") == 0


async def test_scenario_97_with_two_nodes_a_made_up_transaction_is_no_alert_and_a_true_one_is(
    testbed: ScannerTestbed,
) -> None:
    whale = Whale(testbed.chain)
    await follow(testbed.database, whale.address)
    lie, signature = await made_up(testbed, whale)
    async with streaming() as (ws_url, stream), lying(testbed.chain.rpc_url) as (second, _):
        settings = settings_for(
            [testbed.chain.rpc_url, second], [ws_url], database=testbed.postgres_url, redis=testbed.valkey_url
        )
        async with scanning(settings):
            await stream.subscribed.wait()
            await stream.push(lie, signature, testbed.chain.api.slot)
            (true,) = whale.trade()
            await stream.push(lie, true, testbed.chain.api.slot)  # the stream lies about what it is
            await until(lambda: _stands(testbed, true, [True]))
            await asyncio.sleep(1.0)
    assert await testbed.database.fetch(STANDS, signature) == []
    assert [row[0] for row in await testbed.database.fetch(STANDS, true)] == [True]


async def _stands(testbed: ScannerTestbed, signature: str, expected: list[bool]) -> bool:
    return [row[0] for row in await testbed.database.fetch(STANDS, signature)] == expected


def test_scenario_99_of_many_hostile_blocks_none_raises_past_the_border() -> None:
    outcome = fuzz_nodes.run(60.0, 20261128, Cases(part="nodes"), kind="block", limit=1_000)
    assert outcome == {"tried": 1_000, "failures": 0}


def test_scenario_99_one_bad_transaction_is_quarantined_and_its_block_goes_on() -> None:
    good, bad = hostile_nodes.honest_transaction(), hostile_nodes.honest_transaction()
    bad["meta"]["preBalances"][0] = 2**80
    content = fuzz_nodes.decoded_block(json.dumps(hostile_nodes.block_of(good, bad, good)))
    assert [len(content.activities), len(content.quarantined)] == [2, 1]
    assert msgspec.json.encode(content.activities[0])
