"""Passes by getTransactionsForAddress: cheap, exact, and never believed alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chain.rpc.blocks import current_slot
from chain.rpc.pool import open_rpc
from runtime.observability.metrics import rpc_requests
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.reconcile import address_histories
from scanner.reconcile.address_histories import AddressHistories
from scanner.reconcile.signature_lists import SignatureLists
from scanner.reconcile.signature_syncer import SignatureSyncer
from scanner.reconcile.strategy import AutoSyncer, ByHistories, Costs
from scanner.reconcile.sync_state import SyncConfig
from scanner.reconcile.wiring import StreamFacts, reconciliation, syncer_for
from storage.postgres import Database
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key, signed
from tests.scanner.reconciling import Reconciling, context_of, reconciling, steps, until_still
from tests.scanner.world import CHAIN, Whale, follow, stored

pytestmark = pytest.mark.services
METHOD = "getTransactionsForAddress"
PUSHED = StreamFacts(transactions_are_pushed=lambda: True)


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=2_000, address_history=True)) as running:
        await steps(running, 5)
        yield running


@asynccontextmanager
async def passes(
    chain: SandboxChain, database: Database, *, weight: float = 0.1
) -> AsyncIterator[Reconciling]:
    """A reconciliation that finds histories cheapest: each step is a pass, at the price of one in 30 s."""
    async with open_rpc([Secret(chain.rpc_url)]) as rpc:
        context = context_of(rpc, database, config=SyncConfig(chain=CHAIN, every_seconds=0))
        lists = SignatureLists(rpc, context.accounts, commitment="confirmed")
        histories = AddressHistories(rpc, lists, commitment="confirmed", every_seconds=0)
        parts = context.recorder, context.decoder, context.watchlist, context.config
        syncer = AutoSyncer(
            syncer_for("blocks", context, PUSHED),
            SignatureSyncer(lists, *parts),
            Costs(context.watchlist, context.accounts, every_seconds=30, history_weight=weight),
            transactions_are_pushed=PUSHED.transactions_are_pushed,
            by_histories=ByHistories(
                syncer=SignatureSyncer(histories, *parts, name="histories"), histories=histories
            ),
        )
        await context.watchlist.reload()
        yield Reconciling(context=context, parts=reconciliation(context, syncer))


def asked(method: str) -> float:
    samples = [sample for metric in rpc_requests.collect() for sample in metric.samples]
    return sum(one.value for one in samples if one.name.endswith("_total") and one.labels["method"] == method)


async def test_they_are_taken_where_they_are_offered_and_cheapest(
    chain: SandboxChain, database: Database
) -> None:
    for number in range(1, 8):
        await follow(database, Whale(chain, number).address)
    async with passes(chain, database) as cheap:
        assert cheap.syncer.name == "signatures (auto)"  # nobody has asked yet
        await cheap.step()
        assert cheap.syncer.name == "histories (auto)"
    async with passes(chain, database, weight=10) as dear:
        await dear.step()
        assert dear.syncer.name == "signatures (auto)"


@pytest.mark.parametrize(("weight", "times"), [(0.0, 0), (10.0, 1)])
async def test_a_node_is_asked_at_the_start_whether_it_has_the_method_where_the_setting_allows_it(
    chain: SandboxChain, database: Database, weight: float, times: int
) -> None:
    await follow(database, Whale(chain).address)
    config = SyncConfig(chain=CHAIN, history_weight=weight)
    before = asked(METHOD)
    async with reconciling(chain, database, kind="auto", streams=PUSHED, config=config) as reconciled:
        await reconciled.watchlist.reload()
        for _ in range(2):
            await steps(chain, 2)
            await reconciled.step()
    assert asked(METHOD) - before == times


async def test_a_pass_asks_once_a_wallet_and_finds_what_names_only_a_token_account(
    chain: SandboxChain, database: Database
) -> None:
    whale, other = Whale(chain), key(77)
    issuer = TokenIssuer(chain.chain)
    issuer.open_mint()
    chain.api.airdrop(other.pubkey(), 10 * SOL)
    issuer.give(other.pubkey(), 1_000)
    issuer.give(whale.keys.pubkey(), 5)
    await steps(chain, 4)
    await follow(database, whale.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)
        moved = issuer.move(other, whale.keys.pubkey(), 123)
        gift = str(chain.api.send(signed(chain.api, [other], moved, version=None)))
        whale.trade(3)
        await steps(chain, 4)
        before = asked(METHOD)
        await reconciled.step()
        assert asked(METHOD) - before == 1
        assert reconciled.syncer.name == "histories (auto)"
        assert set(await stored(database, whale)) >= {gift, *whale.done}


async def test_what_the_index_of_a_provider_shows_late_is_found_by_the_next_pass(
    chain: SandboxChain, database: Database
) -> None:
    whale = Whale(chain)
    await steps(chain, 3)
    await follow(database, whale.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)
        whale.trade(1)
        await steps(chain, 6)
        chain.faults.add(Fault(fault="omit"))
        reconciled.state.last_pass = (float("-inf"), 0)
        before, sampled = asked("getSignaturesForAddress"), await stored(database, whale)
        assert sampled == []
        await reconciled.step()
        await steps(chain, 3)
        await reconciled.step()
        assert asked("getSignaturesForAddress") >= before
    assert await stored(database, whale) == sorted(whale.done)


async def test_a_pass_for_other_wallets_makes_nobody_checked(chain: SandboxChain, database: Database) -> None:
    ours, others = Whale(chain, 1), Whale(chain, 2)
    await steps(chain, 3)
    ours.trade(2)
    await steps(chain, 3)
    async with open_rpc([Secret(chain.rpc_url)]) as rpc:
        context = context_of(rpc, database, config=SyncConfig(chain=CHAIN))
        lists = SignatureLists(rpc, context.accounts, commitment="confirmed")
        histories = AddressHistories(rpc, lists, commitment="confirmed", every_seconds=0)
        head = await current_slot(rpc, commitment="confirmed")
        for whale, after in ((ours, 0), (others, 0), (ours, head - 1)):
            await histories.listed([whale.address], after=after, upto=head)
            histories.passed()
        assert set(await histories.checked([ours.address], upto=head)) >= set(ours.done)


async def test_a_provider_that_leaves_things_out_loses_nothing_and_is_not_asked_for_an_hour(
    chain: SandboxChain, database: Database
) -> None:
    """Passes continue for long without the method's omissions being noticed; then all of them are found."""
    whales = [Whale(chain, number) for number in (1, 2, 3)]
    await steps(chain, 3)
    for whale in whales:
        await follow(database, whale.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)
        chain.faults.add(Fault(fault="omit", times=None))
        for _ in range(3):
            for whale in whales:
                whale.trade(2)
            await steps(chain, 3)
            await reconciled.step()
        await steps(chain, 3)
        await until_still(reconciled)
        for _ in whales:
            await steps(chain, 1)
            await reconciled.step()
        assert reconciled.syncer.name == "signatures (auto)"
        for whale in whales:
            assert await stored(database, whale) == sorted(whale.done)
        before = asked(METHOD)
        whales[0].trade(2)
        await steps(chain, 3)
        await until_still(reconciled)
        assert asked(METHOD) == before
        assert await stored(database, whales[0]) == sorted(whales[0].done)


@pytest.mark.parametrize("fault", ["forbidden", "server_error", "html", "cut_json"])
async def test_where_a_pass_cannot_use_it_another_syncer_does_the_same_at_once(
    chain: SandboxChain, database: Database, fault: str
) -> None:
    whale = Whale(chain)
    await steps(chain, 3)
    await follow(database, whale.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)
        whale.trade(3)
        await steps(chain, 4)
        chain.faults.add(Fault(fault=fault, methods=(METHOD,), times=None))  # type: ignore[arg-type]
        assert await reconciled.step() > 0
        assert reconciled.syncer.name == "signatures (auto)"
    assert await stored(database, whale) == sorted(whale.done)


async def test_it_is_tried_again_after_a_while(
    chain: SandboxChain, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_histories, "PROBE_SECONDS", 0.0)
    for number in range(1, 8):
        await follow(database, Whale(chain, number).address)
    async with passes(chain, database) as reconciled:
        await reconciled.step()
        await steps(chain, 3)
        chain.faults.add(Fault(fault="cut_json", methods=(METHOD,), times=None))
        await reconciled.step()
        assert reconciled.syncer.name == "signatures (auto)"
        chain.faults.clear()
        await steps(chain, 3)
        await reconciled.step()
        assert reconciled.syncer.name == "histories (auto)"


async def test_a_wallet_that_is_followed_between_passes_is_complete_from_its_watch_on(
    chain: SandboxChain, database: Database
) -> None:
    first, new = Whale(chain, 1), Whale(chain, 2)
    new.trade(2)
    await steps(chain, 3)
    earlier = list(new.done)
    await follow(database, first.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)
        assert reconciled.syncer.name == "histories (auto)"
        await follow(database, new.address)
        new.trade(3)
        await steps(chain, 3)
        await until_still(reconciled)
    assert set(await stored(database, new)) >= set(new.done) - set(earlier)
