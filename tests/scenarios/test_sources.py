"""Scenarios D of the sources: what each hears of, what nodes offer, and what a watch is too late for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from domain.decisions import Gate, decide
from runtime.metrics import ingest_gap_backfilled, rpc_requests
from runtime.settings import load_settings
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from storage.alerts import Alert, fan_out_next
from storage.channel import publish
from storage.cursors import read_cursor
from storage.heads import read_head
from storage.instances import instances
from storage.keys import WATCHES_CHANNEL
from storage.notices import recent_notices
from storage.postgres import Database
from storage.redis import open_redis
from storage.watches import remove_watch
from tests.sandbox.chain.wallets import SOL, TokenScene, key, pay, signed
from tests.scanner.scene import (
    ALICE,
    CHAIN,
    Whale,
    follow,
    follow_and_say_so,
    scanning,
    stored,
    until,
    until_cursor,
)
from tests.scenarios.fleet import Place
from tests.scenarios.stage import act, until_told_once, watching

pytestmark = pytest.mark.services

LONG = {"SCANNER_SOURCE": "logs", "RECONCILE": "signatures", "RECONCILE_SECONDS": "3600"}
"""One round at the start, and then nothing but what streams tell."""


def heard_by(chain: SandboxChain, method: str) -> int:
    """Subscriptions that stand."""
    return sum(one.method == method for one in chain._sockets._subscriptions.values())


def logs_heard(chain: SandboxChain) -> int:
    return heard_by(chain, "logsSubscribe")


def asked(*methods: str) -> float:
    samples = [sample for metric in rpc_requests.collect() for sample in metric.samples]
    return sum(
        one.value for one in samples if one.name.endswith("_total") and one.labels["method"] in methods
    )


class Gifts:
    """Somebody who gives tokens to a whale, without naming it."""

    def __init__(self, chain: SandboxChain, whale: Whale) -> None:
        self._chain = chain
        self._whale = whale
        self._giver = key(77)
        self._tokens = TokenScene(chain.chain)
        self._tokens.open_mint()
        chain.ground.airdrop(self._giver.pubkey(), 10 * SOL)
        self._tokens.give(self._giver.pubkey(), 1_000_000)

    def open_account(self) -> str:
        """The whale gets its first tokens, and with them an account; the signature."""
        return self._tokens.give(whale_key(self._whale), 5)

    def give(self, amount: int) -> str:
        """Tokens for the account that the whale has; the signature."""
        moved = self._tokens.move(self._giver, whale_key(self._whale), amount)
        return str(self._chain.ground.send(signed(self._chain.ground, [self._giver], moved, version=None)))


def whale_key(whale: Whale) -> Any:
    return whale.keys.pubkey()


async def slots(chain: SandboxChain, count: int) -> None:
    """Wait for so many slots."""
    slot = chain.ground.slot
    await until(lambda: chain.ground.slot >= slot + count)


async def is_stored(database: Database, whale: Whale, signature: str) -> bool:
    return signature in await stored(database, whale)


async def test_a_token_transfer_that_does_not_name_the_owner_is_heard_of_by_logs_until_it_is_unfollowed(
    place: Place, valkey_url: str
) -> None:
    whale = Whale(place.chain)
    gifts = Gifts(place.chain, whale)
    gifts.open_account()
    await slots(place.chain, 4)
    await follow(place.database, whale.address)
    async with scanning(load_settings(place.variables(**LONG))):
        await until(lambda: logs_heard(place.chain) == 2)  # the wallet and its token account
        stands = await until_rounds_rest(place)
        backfilled = ingest_gap_backfilled._value.get()
        first = gifts.give(123)
        await until(lambda: is_stored(place.database, whale, first))
        assert ingest_gap_backfilled._value.get() == backfilled
        assert await cursor(place.database) == stands
        await remove_watch(place.database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=whale.address)
        await say_so(valkey_url)
        await until(lambda: logs_heard(place.chain) == 0)
        last = gifts.give(456)
        await slots(place.chain, 6)
        assert not await is_stored(place.database, whale, last)


async def test_a_token_transfer_that_does_not_name_the_owner_is_heard_of_by_transactions(
    place: Place,
) -> None:
    whale = Whale(place.chain)
    gifts = Gifts(place.chain, whale)
    gifts.open_account()
    await slots(place.chain, 4)
    await follow(place.database, whale.address)
    settings = LONG | {"SCANNER_SOURCE": "transactions"}
    async with scanning(load_settings(place.variables(**settings))):
        await until(lambda: heard_by(place.chain, "transactionSubscribe") == 1)
        stands = await until_rounds_rest(place)
        gift = gifts.give(123)
        await until(lambda: is_stored(place.database, whale, gift))
        assert await cursor(place.database) == stands


async def test_an_account_that_is_opened_while_logs_are_heard_is_heard_of_as_well(place: Place) -> None:
    whale = Whale(place.chain)
    gifts = Gifts(place.chain, whale)
    await slots(place.chain, 4)
    await follow(place.database, whale.address)
    async with scanning(load_settings(place.variables(**LONG))):
        await until(lambda: logs_heard(place.chain) == 1)
        await until(lambda: asked("getTokenAccountsByOwner") > 0)
        await slots(place.chain, 4)
        opened = gifts.open_account()  # names the whale, which owns the new account
        await until(lambda: is_stored(place.database, whale, opened))
        await until(lambda: logs_heard(place.chain) == 2)
        gift = gifts.give(123)
        await until(lambda: is_stored(place.database, whale, gift))


async def test_a_wallet_that_is_followed_later_is_heard_of_by_its_accounts_without_a_reconnect(
    place: Place, valkey_url: str
) -> None:
    whale = Whale(place.chain)
    gifts = Gifts(place.chain, whale)
    gifts.open_account()
    await slots(place.chain, 4)
    async with scanning(load_settings(place.variables(**LONG))):
        await until_live(place.database)
        clients = {one.client for one in place.chain._sockets._subscriptions.values()}
        await follow_and_say_so(place.database, whale.address, valkey_url)
        async with asyncio.timeout(5):
            await until(lambda: logs_heard(place.chain) == 2)
        gift = gifts.give(123)
        await until(lambda: is_stored(place.database, whale, gift))
        assert {one.client for one in place.chain._sockets._subscriptions.values()} == clients


async def cursor(database: Database) -> int:
    stands = await read_cursor(database, chain=CHAIN, feed="blocks")
    assert stands is not None
    return stands.slot


async def until_rounds_rest(place: Place) -> int:
    """Return when no round is due any more (one is at the start, one when streams stand); the cursor."""
    while True:
        stands = await cursor(place.database)
        await slots(place.chain, 40)  # longer than it takes to notice that a round is due
        if await cursor(place.database) == stands:
            return stands


async def say_so(valkey_url: str) -> None:
    client = open_redis(valkey_url)
    await publish(client, WATCHES_CHANNEL)
    await client.aclose()


async def until_live(database: Database) -> None:
    """Return when the scanner has said that it lives, and where it stands."""

    async def lives() -> bool:
        return (
            bool(await instances(database))
            and await read_cursor(database, chain=CHAIN, feed="blocks") is not None
        )

    await until(lives)


FAULTS: dict[str, dict[str, Any]] = {
    "36 notifications dropped": {"fault": "drop", "times": 15, "methods": ("blockSubscribe",)},
    "37 notifications repeated": {"fault": "duplicate", "times": None},
    "40 cut as lagging": {"fault": "disconnect_lagging", "times": 3},
    "41 skipped slots": {"fault": "skip_slot", "times": 10},
    "notifications out of order": {"fault": "reorder", "times": 10},
    "46 a fork that dies and lands again": {"fault": "fork", "times": 1, "reland": True},
}


@asynccontextmanager
async def telling_blocks(place: Place) -> AsyncIterator[Place]:
    """The same place, whose node offers blockSubscribe."""
    async with SandboxChain(ChainConfig(slot_seconds=0.05, block_subscription=True)) as chain:
        yield replace(place, chain=chain)


@pytest.mark.parametrize("name", FAULTS)
async def test_scenario_by_blocks_that_the_node_tells(name: str, place: Place) -> None:
    async with telling_blocks(place) as there, watching(there, SCANNER_SOURCE="blocks") as whale:
        there.chain.faults.add(Fault(**FAULTS[name]))
        await act(whale)
        there.chain.faults.clear()


async def test_blocks_that_the_node_tells_need_no_requests(place: Place) -> None:
    async with telling_blocks(place) as there, watching(there, SCANNER_SOURCE="blocks") as whale:
        await until(lambda: heard_by(there.chain, "blockSubscribe") == 1)
        await slots(there.chain, 10)
        before = asked("getBlock", "getSlot")
        await act(whale, 4)
        await slots(there.chain, 20)
        assert (
            asked("getBlock", "getSlot") - before <= 2
        )  # 24 slots; each would take a block and a slot or two


PROBES = {
    "Helius": ({"provider": "helius"}, {}, "transactionSubscribe"),
    "a node that tells blocks": ({"provider": "agave", "block_subscription": True}, {}, "blockSubscribe"),
    "such a node, where blocks are not read": (
        {"provider": "agave", "block_subscription": True},
        {"RECONCILE": "signatures"},
        "logsSubscribe",
    ),
    "such a node, where blocks come too late": (
        {"provider": "agave", "block_subscription": True},
        {"COMMITMENT": "processed"},
        "logsSubscribe",
    ),
    "a plain node": ({"provider": "agave"}, {"RECONCILE": "auto"}, "logsSubscribe"),
}


@pytest.mark.parametrize("node", PROBES)
async def test_scenario_55_what_a_node_offers_is_found_out_and_used(node: str, place: Place) -> None:
    offered, settings, expected = PROBES[node]
    async with SandboxChain(ChainConfig(slot_seconds=0.05, **offered)) as chain:  # type: ignore[arg-type]
        there = replace(place, chain=chain)
        async with watching(there, **settings) as whale:
            await until(lambda: heard_by(chain, expected) == 1)
            ways = ("transactionSubscribe", "blockSubscribe", "logsSubscribe")
            assert sum(heard_by(chain, way) for way in ways) == 1
            whale.trade(3)


Twist = Callable[[dict[str, Any], Any], Any]
"""From a request and the true answer to what the node says."""


@asynccontextmanager
async def twisting(chain: SandboxChain, twist: Twist) -> AsyncIterator[str]:
    """Another node of the same chain, whose answers are twisted; its address."""
    async with aiohttp.ClientSession() as session:

        async def answer(request: web.Request) -> web.Response:
            asked = msgspec.json.decode(await request.read())
            async with session.post(chain.rpc_url, json=asked) as response:
                told = msgspec.json.decode(await response.read())
            return web.Response(body=msgspec.json.encode(twist(asked, told)))

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

    def __call__(self, asked: dict[str, Any], told: Any) -> Any:
        if asked["method"] not in ("getBlock", "getTransaction") or not told.get("result"):
            return told
        shown = told["result"]
        mine = [one for one in shown.get("transactions", [shown]) if self._is_mine(one)]
        if not mine:
            return told
        if asked["params"][1]["maxSupportedTransactionVersion"] < 2:
            self.refused += 1
            text = (
                "Transaction version (2) is not supported by the requesting client. Please try the request"
                ' again with the following configuration parameter: "maxSupportedTransactionVersion": 2'
            )
            return {"jsonrpc": "2.0", "id": asked["id"], "error": {"code": -32015, "message": text}}
        for one in mine:
            one["version"] = 2
        return told

    def _is_mine(self, one: dict[str, Any]) -> bool:
        return bool(self.payer) and self.payer in one["transaction"]["message"]["accountKeys"]


@pytest.mark.parametrize("reconcile", ["blocks", "signatures"])
async def test_scenario_43_a_future_version_is_asked_for_from_then_on_and_operators_are_told(
    reconcile: str, place: Place
) -> None:
    future = Future()
    async with twisting(place.chain, future) as url:
        settings = {"RECONCILE": reconcile, "RECONCILE_SECONDS": "1", "SCANNER_SOURCE": "logs"}
        async with watching(place, RPC_URLS=url, **settings) as whale:
            future.payer = whale.address
            await act(whale, 3)
            await until_told_once(place, whale)
            await until(lambda: noticed(place.database))
        assert future.refused >= 1
        assert await place.database.fetchval("SELECT count(*) FROM quarantine") == 0


async def noticed(database: Database) -> bool:
    known = await recent_notices(database, chain=CHAIN, days=7)
    return [notice.about for notice in known] == ["transaction version 2"]


async def test_scenario_43_the_cursor_waits_at_a_block_whose_version_nobody_gives(place: Place) -> None:
    """The node names no version that could be asked for: the block is waited for, not passed."""

    class Nameless(Future):
        def __call__(self, asked: dict[str, Any], told: Any) -> Any:
            answer = super().__call__(asked, told)
            if "error" in answer and answer["error"]["code"] == -32015:
                answer["error"]["message"] = "Transaction version is not supported"
            return answer

    nameless = Nameless()
    async with (
        twisting(place.chain, nameless) as url,
        watching(place, RPC_URLS=url, SCANNER_SOURCE="blocks") as whale,
    ):
        nameless.payer = whale.address
        (late,) = whale.trade(1)
        await until(lambda: nameless.refused)
        await slots(place.chain, 10)
        produced = place.chain.chain.history.transaction(late)
        assert produced is not None
        assert await cursor(place.database) < produced.slot
        assert await stored(place.database, whale) == []
        nameless.payer = ""


async def test_scenario_43_version_1_which_nodes_refuse_to_who_does_not_know_it_is_read(place: Place) -> None:
    async with watching(place, SCANNER_SOURCE="blocks") as whale:
        payment = pay(whale.keys, key(5_000).pubkey(), 2 * SOL)
        sent = place.chain.ground.send(signed(place.chain.ground, [whale.keys], payment, version=1))
        whale.done.append(str(sent))
        await until_told_once(place, whale)
        transaction = await ask(place.chain, "getTransaction", [str(sent), {"commitment": "confirmed"}])
    assert transaction["error"]["code"] == -32015


async def ask(chain: SandboxChain, method: str, params: list[Any]) -> Any:
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    async with aiohttp.ClientSession() as session, session.post(chain.rpc_url, json=request) as response:
        return msgspec.json.decode(await response.read())


BOB = 1002


async def told_to(database: Database, chat_id: int) -> dict[str, str]:
    """What was decided for a chat: the gate by signature."""
    while await fan_out_next(database, _decide) is not None:
        pass
    rows = await database.fetch(
        "SELECT gate, payload ->> 'signature' AS signature FROM deliveries JOIN alerts USING (alert_id)"
        " WHERE chat_id = $1",
        chat_id,
    )
    return {row["signature"]: row["gate"] for row in rows}


def _decide(watch: Any, alert: Alert) -> Any:
    return decide(watch, alert.activity, seen_at=alert.created_at, now=alert.now)


ROUNDS = {"SCANNER_SOURCE": "logs", "RECONCILE": "signatures", "RECONCILE_SECONDS": "4"}


@pytest.mark.parametrize("alice", ["follows it too", "does not follow it"])
async def test_scenario_51_a_new_watch_is_told_of_nothing_from_before_it_though_a_later_round_finds_it(
    alice: str, place: Place, valkey_url: str
) -> None:
    """Notifications are lost, so that the round alone finds what happened before the watch and after it."""
    place.chain.faults.add(Fault(fault="drop", times=None, methods=("logsSubscribe",)))
    whale, other = Whale(place.chain), Whale(place.chain, 2)
    await follow(place.database, other.address)
    if alice == "follows it too":
        await follow(place.database, whale.address)
    async with scanning(load_settings(place.variables(**ROUNDS))):
        await until_cursor(place.database, place.chain.ground.slot)
        before = whale.trade(2)
        confirmed = place.chain.ground.slot + 1

        async def is_told() -> bool:
            return (await read_head(place.database, chain=CHAIN) or 0) >= confirmed

        await until(is_told)
        await follow(place.database, whale.address, chat_id=BOB)
        await say_so(valkey_url)
        after = whale.trade(2)
        await until(lambda: is_stored(place.database, whale, after[-1]))
        gates = await told_to(place.database, BOB)
    assert [gates[signature] for signature in after] == [Gate.WANTED, Gate.WANTED]
    assert [gates.get(signature, Gate.BEFORE_WATCH) for signature in before] == [Gate.BEFORE_WATCH] * 2
    told = await told_to(place.database, ALICE)
    if alice == "follows it too":
        assert {told[signature] for signature in before + after} == {Gate.WANTED}


async def test_scenario_51_a_wallet_that_was_removed_is_told_of_no_more_by_any_round(
    place: Place, valkey_url: str
) -> None:
    place.chain.faults.add(Fault(fault="drop", times=None, methods=("logsSubscribe",)))
    whale, other = Whale(place.chain), Whale(place.chain, 2)
    for one in (whale, other):
        await follow(place.database, one.address)
    async with scanning(load_settings(place.variables(**(ROUNDS | {"RECONCILE_SECONDS": "1"})))):
        await until_cursor(place.database, place.chain.ground.slot)
        whale.trade(2)  # may be stored, and is not decided before the wallet is removed
        await slots(place.chain, 4)
        await remove_watch(place.database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=whale.address)
        await say_so(valkey_url)
        whale.trade(2)
        await slots(place.chain, 3)
        last = other.trade(1)
        await until(lambda: is_stored(place.database, other, last[0]))
        told = await told_to(place.database, ALICE)
    assert set(told) & set(whale.done) == set()
    assert told[last[0]] == Gate.WANTED


async def test_the_way_is_chosen_by_how_many_are_watched_and_changed_without_a_gap(
    place: Place, valkey_url: str
) -> None:
    """With rounds so often that a dozen addresses are too many."""
    settings = {"SCANNER_SOURCE": "logs", "RECONCILE": "auto", "RECONCILE_SECONDS": "1"}
    whales = [Whale(place.chain, number) for number in range(1, 13)]
    await follow(place.database, whales[0].address)
    async with scanning(load_settings(place.variables(**settings))):
        await until_cursor(place.database, place.chain.ground.slot)
        for number, whale in enumerate(whales[1:], 2):
            await follow_and_say_so(place.database, whale.address, valkey_url)
            for known in whales[:number]:
                known.trade()
            await slots(place.chain, 2)
        for whale in whales:
            await until_told_once(place, whale)
