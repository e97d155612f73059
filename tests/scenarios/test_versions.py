"""Scenario 43: transactions of a version that nodes refuse to those who do not say that they know it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from sandbox.chain.server import SandboxChain
from storage.admin.operators import recent_discoveries
from storage.postgres import Database
from tests.sandbox.chain.wallets import SOL, key, pay, signed
from tests.scanner.world import CHAIN, stored, until
from tests.scenarios.node_requests import cursor, slots
from tests.scenarios.scanner_processes import ScannerTestbed
from tests.scenarios.watched_whale import act, until_alerted_once, watching

pytestmark = pytest.mark.services

Twist = Callable[[dict[str, Any], Any], Any]
"""From a request and the true answer to what the node says."""


@asynccontextmanager
async def twisting(chain: SandboxChain, twist: Twist) -> AsyncIterator[str]:
    """Another node of the same chain, whose answers are twisted; its address."""
    async with aiohttp.ClientSession() as session:

        async def answer(request: web.Request) -> web.Response:
            asked = msgspec.json.decode(await request.read())
            async with session.post(chain.rpc_url, json=asked) as response:
                answered = msgspec.json.decode(await response.read())
            return web.Response(body=msgspec.json.encode(twist(asked, answered)))

        application = web.Application()
        application.add_routes([web.post("/", answer)])
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


class Future:
    """A node of the day on which the whale's transactions are of version 2: who does not say so gets none."""

    def __init__(self) -> None:
        self.payer = ""
        self.refused = 0

    def __call__(self, asked: dict[str, Any], answered: Any) -> Any:
        if asked["method"] not in ("getBlock", "getTransaction") or not answered.get("result"):
            return answered
        result = answered["result"]
        mine = [one for one in result.get("transactions", [result]) if self._is_mine(one)]
        if not mine:
            return answered
        if asked["params"][1]["maxSupportedTransactionVersion"] < 2:
            self.refused += 1
            text = (
                "Transaction version (2) is not supported by the requesting client. Please try the request"
                ' again with the following configuration parameter: "maxSupportedTransactionVersion": 2'
            )
            return {"jsonrpc": "2.0", "id": asked["id"], "error": {"code": -32015, "message": text}}
        for one in mine:
            one["version"] = 2
        return answered

    def _is_mine(self, one: dict[str, Any]) -> bool:
        return bool(self.payer) and self.payer in one["transaction"]["message"]["accountKeys"]


@pytest.mark.parametrize("reconcile", ["blocks", "signatures"])
async def test_scenario_43_a_future_version_is_asked_for_from_then_on_and_operators_hear_of_it(
    reconcile: str, testbed: ScannerTestbed
) -> None:
    future = Future()
    async with twisting(testbed.chain, future) as url:
        settings = {"RECONCILE": reconcile, "RECONCILE_SECONDS": "1", "SCANNER_SOURCE": "logs"}
        async with watching(testbed, RPC_URLS=url, **settings) as whale:
            future.payer = whale.address
            await act(whale, 3)
            await until_alerted_once(testbed, whale)
            await until(lambda: noticed(testbed.database))
        assert future.refused >= 1
        assert await testbed.database.fetchval("SELECT count(*) FROM quarantine") == 0


async def noticed(database: Database) -> bool:
    known = await recent_discoveries(database, chain=CHAIN, days=7)
    return [found.about for found in known] == ["transaction version 2"]


async def test_scenario_43_the_cursor_waits_at_a_block_whose_version_nobody_gives(
    testbed: ScannerTestbed,
) -> None:
    """The node names no version that could be asked for: the block is waited for, not passed."""

    class Nameless(Future):
        def __call__(self, asked: dict[str, Any], answered: Any) -> Any:
            answer = super().__call__(asked, answered)
            if "error" in answer and answer["error"]["code"] == -32015:
                answer["error"]["message"] = "Transaction version is not supported"
            return answer

    nameless = Nameless()
    async with (
        twisting(testbed.chain, nameless) as url,
        watching(testbed, RPC_URLS=url, SCANNER_SOURCE="blocks") as whale,
    ):
        nameless.payer = whale.address
        (late,) = whale.trade(1)
        await until(lambda: nameless.refused)
        await slots(testbed.chain, 10)
        produced = testbed.chain.chain.history.transaction(late)
        assert produced is not None
        assert await cursor(testbed.database) < produced.slot
        assert await stored(testbed.database, whale) == []
        nameless.payer = ""


async def test_scenario_43_version_1_which_nodes_refuse_to_who_does_not_know_it_is_read(
    testbed: ScannerTestbed,
) -> None:
    async with watching(testbed, SCANNER_SOURCE="blocks") as whale:
        payment = pay(whale.keys, key(5_000).pubkey(), 2 * SOL)
        sent = testbed.chain.api.send(signed(testbed.chain.api, [whale.keys], payment, version=1))
        whale.done.append(str(sent))
        await until_alerted_once(testbed, whale)
        transaction = await ask(testbed.chain, "getTransaction", [str(sent), {"commitment": "confirmed"}])
    assert transaction["error"]["code"] == -32015


async def ask(chain: SandboxChain, method: str, params: list[Any]) -> Any:
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    async with aiohttp.ClientSession() as session, session.post(chain.rpc_url, json=request) as response:
        return msgspec.json.decode(await response.read())
