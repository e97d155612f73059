"""Scenarios D of the sources: what each hears of, what nodes offer, and what a watch is too late for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from runtime.observability.metrics import ingest_gap_backfilled
from runtime.settings.loading import load_settings
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from storage.chats.watches import remove_watch
from storage.coordination.instances import instances
from storage.ingest.cursors import read_cursor
from storage.postgres import Database
from tests.sandbox.chain.wallets import SOL, TokenIssuer, key, signed
from tests.scanner.world import (
    ALICE,
    CHAIN,
    Whale,
    follow,
    follow_and_say_so,
    scanning,
    until,
    until_cursor,
)
from tests.scenarios.node_requests import (
    asked,
    cursor,
    is_stored,
    publish_watch_change,
    slots,
    subscriptions_to,
)
from tests.scenarios.scanner_processes import ScannerTestbed
from tests.scenarios.watched_whale import act, until_alerted_once, watching

pytestmark = pytest.mark.services

LONG = {"SCANNER_SOURCE": "logs", "RECONCILE": "signatures", "RECONCILE_SECONDS": "3600"}
"""One round at the start, and then nothing but what streams tell."""


def logs_subscriptions(chain: SandboxChain) -> int:
    return subscriptions_to(chain, "logsSubscribe")


class Gifts:
    """Somebody who gives tokens to a whale, without naming it."""

    def __init__(self, chain: SandboxChain, whale: Whale) -> None:
        self._chain = chain
        self._whale = whale
        self._giver = key(77)
        self._tokens = TokenIssuer(chain.chain)
        self._tokens.open_mint()
        chain.api.airdrop(self._giver.pubkey(), 10 * SOL)
        self._tokens.give(self._giver.pubkey(), 1_000_000)

    def open_account(self) -> str:
        """The whale gets its first tokens, and with them an account; the signature."""
        return self._tokens.give(whale_key(self._whale), 5)

    def give(self, amount: int) -> str:
        """Tokens for the account that the whale has; the signature."""
        moved = self._tokens.move(self._giver, whale_key(self._whale), amount)
        return str(self._chain.api.send(signed(self._chain.api, [self._giver], moved, version=None)))


def whale_key(whale: Whale) -> Any:
    return whale.keys.pubkey()


async def test_a_token_transfer_that_does_not_name_the_owner_is_heard_of_by_logs_until_it_is_unfollowed(
    testbed: ScannerTestbed, valkey_url: str
) -> None:
    whale = Whale(testbed.chain)
    gifts = Gifts(testbed.chain, whale)
    gifts.open_account()
    await slots(testbed.chain, 4)
    await follow(testbed.database, whale.address)
    async with scanning(load_settings(testbed.variables(**LONG))):
        await until(lambda: logs_subscriptions(testbed.chain) == 2)  # the wallet and its token account
        stands = await until_rounds_rest(testbed)
        backfilled = ingest_gap_backfilled._value.get()
        first = gifts.give(123)
        await until(lambda: is_stored(testbed.database, whale, first))
        assert ingest_gap_backfilled._value.get() == backfilled
        assert await cursor(testbed.database) == stands
        await remove_watch(testbed.database, chat_id=ALICE, topic_id=0, chain=CHAIN, wallet=whale.address)
        await publish_watch_change(valkey_url)
        await until(lambda: logs_subscriptions(testbed.chain) == 0)
        last = gifts.give(456)
        await slots(testbed.chain, 6)
        assert not await is_stored(testbed.database, whale, last)


async def test_a_token_transfer_that_does_not_name_the_owner_is_heard_of_by_transactions(
    testbed: ScannerTestbed,
) -> None:
    whale = Whale(testbed.chain)
    gifts = Gifts(testbed.chain, whale)
    gifts.open_account()
    await slots(testbed.chain, 4)
    await follow(testbed.database, whale.address)
    settings = LONG | {"SCANNER_SOURCE": "transactions"}
    async with scanning(load_settings(testbed.variables(**settings))):
        await until(lambda: subscriptions_to(testbed.chain, "transactionSubscribe") == 1)
        stands = await until_rounds_rest(testbed)
        gift = gifts.give(123)
        await until(lambda: is_stored(testbed.database, whale, gift))
        assert await cursor(testbed.database) == stands


async def test_an_account_that_is_opened_while_logs_are_heard_is_heard_of_as_well(
    testbed: ScannerTestbed,
) -> None:
    whale = Whale(testbed.chain)
    gifts = Gifts(testbed.chain, whale)
    await slots(testbed.chain, 4)
    await follow(testbed.database, whale.address)
    async with scanning(load_settings(testbed.variables(**LONG))):
        await until(lambda: logs_subscriptions(testbed.chain) == 1)
        await until(lambda: asked("getTokenAccountsByOwner") > 0)
        await slots(testbed.chain, 4)
        opened = gifts.open_account()  # names the whale, which owns the new account
        await until(lambda: is_stored(testbed.database, whale, opened))
        await until(lambda: logs_subscriptions(testbed.chain) == 2)
        gift = gifts.give(123)
        await until(lambda: is_stored(testbed.database, whale, gift))


async def test_a_wallet_that_is_followed_later_is_heard_of_by_its_accounts_without_a_reconnect(
    testbed: ScannerTestbed, valkey_url: str
) -> None:
    whale = Whale(testbed.chain)
    gifts = Gifts(testbed.chain, whale)
    gifts.open_account()
    await slots(testbed.chain, 4)
    async with scanning(load_settings(testbed.variables(**LONG))):
        await until_live(testbed.database)
        clients = {one.client for one in testbed.chain._sockets._subscriptions.values()}
        await follow_and_say_so(testbed.database, whale.address, valkey_url)
        async with asyncio.timeout(5):
            await until(lambda: logs_subscriptions(testbed.chain) == 2)
        gift = gifts.give(123)
        await until(lambda: is_stored(testbed.database, whale, gift))
        assert {one.client for one in testbed.chain._sockets._subscriptions.values()} == clients


async def until_rounds_rest(testbed: ScannerTestbed) -> int:
    """Return when no round is due any more (one is at the start, one when streams stand); the cursor."""
    await until_live(testbed.database)
    while True:
        stands = await cursor(testbed.database)
        await slots(testbed.chain, 40)  # longer than it takes to notice that a round is due
        if await cursor(testbed.database) == stands:
            return stands


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
async def pushing_blocks(testbed: ScannerTestbed) -> AsyncIterator[ScannerTestbed]:
    """The same place, whose node offers blockSubscribe."""
    async with SandboxChain(ChainConfig(slot_seconds=0.05, block_subscription=True)) as chain:
        yield replace(testbed, chain=chain)


@pytest.mark.parametrize("name", FAULTS)
async def test_scenario_by_blocks_that_the_node_pushes(name: str, testbed: ScannerTestbed) -> None:
    async with pushing_blocks(testbed) as there, watching(there, SCANNER_SOURCE="blocks") as whale:
        there.chain.faults.add(Fault(**FAULTS[name]))
        await act(whale)
        there.chain.faults.clear()


async def test_blocks_that_the_node_pushes_need_no_requests(testbed: ScannerTestbed) -> None:
    async with pushing_blocks(testbed) as there, watching(there, SCANNER_SOURCE="blocks") as whale:
        await until(lambda: subscriptions_to(there.chain, "blockSubscribe") == 1)
        await slots(there.chain, 10)
        before = asked("getBlock", "getSlot")
        await act(whale, 4)
        await slots(there.chain, 20)
        assert (
            asked("getBlock", "getSlot") - before <= 2
        )  # 24 slots; each would take a block and a slot or two


PROBES = {
    "Helius": ({"provider": "helius"}, {}, "transactionSubscribe"),
    "a node that tells blocks": (
        {"provider": "agave", "block_subscription": True},
        {"RECONCILE": "auto"},
        "blockSubscribe",
    ),
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
async def test_scenario_55_what_a_node_offers_is_found_out_and_used(
    node: str, testbed: ScannerTestbed
) -> None:
    offered, settings, expected = PROBES[node]
    async with SandboxChain(ChainConfig(slot_seconds=0.05, **offered)) as chain:  # type: ignore[arg-type]
        there = replace(testbed, chain=chain)
        async with watching(there, **settings) as whale:
            await until(lambda: subscriptions_to(chain, expected) == 1)
            methods = ("transactionSubscribe", "blockSubscribe", "logsSubscribe")
            assert sum(subscriptions_to(chain, method) for method in methods) == 1
            whale.trade(3)


async def test_the_reconciliation_is_chosen_by_how_many_are_watched_and_changed_without_a_gap(
    testbed: ScannerTestbed, valkey_url: str
) -> None:
    """With rounds so often that a dozen addresses are too many."""
    settings = {"SCANNER_SOURCE": "logs", "RECONCILE": "auto", "RECONCILE_SECONDS": "1"}
    whales = [Whale(testbed.chain, number) for number in range(1, 13)]
    await follow(testbed.database, whales[0].address)
    async with scanning(load_settings(testbed.variables(**settings))):
        await until_cursor(testbed.database, testbed.chain.api.slot)
        for number, whale in enumerate(whales[1:], 2):
            await follow_and_say_so(testbed.database, whale.address, valkey_url)
            for known in whales[:number]:
                known.trade()
            await slots(testbed.chain, 2)
        for whale in whales:
            await until_alerted_once(testbed, whale)


async def test_what_a_stream_drops_is_found_by_what_auto_takes_and_a_lying_provider_loses_nothing(
    testbed: ScannerTestbed,
) -> None:
    """By getTransactionsForAddress, which is offered, cheapest here, and leaves out what it should list."""
    before = asked("getTransactionsForAddress")
    settings = {"RECONCILE": "auto", "RECONCILE_SECONDS": "1", "RPC_HISTORY_WEIGHT": "0.001"}
    async with SandboxChain(ChainConfig(slot_seconds=0.05, address_history=True)) as chain:
        there = replace(testbed, chain=chain)
        async with watching(there, **settings) as whale:
            await until(lambda: asked("getTransactionsForAddress") > before)
            chain.faults.add(Fault(fault="drop", times=None))
            await act(whale, 3)
            await until_alerted_once(there, whale)
            chain.faults.add(Fault(fault="omit", times=None))
            await act(whale, 3)
            await until_alerted_once(there, whale)
