"""The reconciliation by signatures, round by round, on a chain whose slots are made by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from chain.decoders.activities import activities
from chain.parsing.transaction import read_transaction
from chain.rpc import signatures as pages
from chain.rpc.pool import open_rpc
from domain.activity.activity import Activity
from domain.errors import NodeUnavailable
from runtime.observability.metrics import ingest_unlisted_activities, rpc_requests
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.commit.recorder import Recorder
from scanner.reconcile.reconciler import Reconciler, SyncConfig
from scanner.reconcile.signature_syncer import SignatureSyncConfig, SignatureSyncer
from scanner.wallets.watchlist import Watchlist
from storage.ingest.activities import Batch, store
from storage.ingest.cursors import read_cursor
from storage.postgres import Database
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key, pay, signed
from tests.scanner.reconcile.test_reconciler import Silence, steps, until_still
from tests.scanner.world import CHAIN, Whale, follow, stored

pytestmark = pytest.mark.services


@asynccontextmanager
async def rounds(chain: SandboxChain, database: Database, **settings: float) -> AsyncIterator[Reconciler]:
    """A reconciliation by signatures; each step is a round."""
    async with open_rpc([Secret(chain.rpc_url)]) as rpc:
        watched, recorder = Watchlist(database, chain=CHAIN), Recorder(database, Silence())
        blocks = Reconciler(rpc, database, watched, recorder, SyncConfig(chain=CHAIN))
        config = SignatureSyncConfig(chain=CHAIN, **({"every_seconds": 0} | settings))  # type: ignore[arg-type]
        blocks.syncer = SignatureSyncer(rpc, watched, recorder, config)
        yield blocks


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=500)) as running:
        await steps(running, 5)
        yield running


async def cursor(database: Database) -> int:
    stands = await read_cursor(database, chain=CHAIN, feed="blocks")
    assert stands is not None
    return stands.slot


async def test_a_round_finds_all_that_happened_since_the_last_and_moves_the_cursor_to_the_head(
    chain: SandboxChain, database: Database
) -> None:
    whales = [Whale(chain, number) for number in (1, 2, 3)]
    for whale in whales:
        await follow(database, whale.address)
    async with rounds(chain, database) as blocks:
        await until_still(blocks)
        for _ in range(5):
            for whale in whales:
                whale.trade(2)
            await steps(chain, 3)
        await until_still(blocks)
        assert await cursor(database) == blocks.head
    for whale in whales:
        assert await stored(database, whale) == sorted(whale.done)


async def test_more_than_a_page_is_gone_through_to_the_cursor_and_no_further(
    chain: SandboxChain, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 4)
    whale = Whale(chain)
    whale.trade(30)
    await steps(chain, 4)
    old = list(whale.done)
    await follow(database, whale.address)
    async with rounds(chain, database) as blocks:
        await until_still(blocks)
        whale.trade(19)
        await steps(chain, 4)
        await until_still(blocks)
    assert await stored(database, whale) == sorted(set(whale.done) - set(old))


async def test_scenario_54_a_page_that_ends_at_a_signature_a_fork_took_with_it_hides_nothing(
    chain: SandboxChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 4)
    whale = Whale(chain)
    whale.trade(10)
    await steps(chain, 4)
    head = chain.api.slot - 2
    async with open_rpc([Secret(chain.rpc_url)]) as rpc:
        ask, asked = rpc.call, list[object]()

        async def forgetful(method: str, params: list[object], **more: object) -> object:
            """The node has lost the last signature of the first page."""
            asked.append(params[1])
            config = dict(params[1]) if isinstance(params[1], dict) else {}
            gone = config.get("before") == listed[3].signature if listed else False
            return msgspec.Raw(b"[]") if gone else await ask(method, params)

        listed: list[pages.ListedSignature] = []
        listed += await pages.signatures_between(
            rpc, whale.address, after=0, upto=head, commitment="confirmed"
        )
        monkeypatch.setattr(rpc, "call", forgetful)
        again = await pages.signatures_between(rpc, whale.address, after=0, upto=head, commitment="confirmed")
    assert [one.signature for one in again] == [one.signature for one in listed]
    assert len(asked) < 8


async def test_tokens_that_come_into_an_account_of_the_wallet_are_found_though_it_is_not_named(
    chain: SandboxChain, database: Database
) -> None:
    whale, other = Whale(chain), key(77)
    scene = TokenIssuer(chain.chain)
    scene.open_mint()
    chain.api.airdrop(other.pubkey(), 10 * SOL)
    scene.give(other.pubkey(), 1_000)
    scene.give(whale.keys.pubkey(), 5)
    await steps(chain, 4)
    await follow(database, whale.address)
    async with rounds(chain, database) as blocks:
        await until_still(blocks)
        gift = chain.api.send(
            signed(chain.api, [other], scene.move(other, whale.keys.pubkey(), 123), version=None)
        )
        await steps(chain, 4)
        await until_still(blocks)
    assert await stored(database, whale) == [str(gift)]


def asked(method: str) -> float:
    samples = [sample for metric in rpc_requests.collect() for sample in metric.samples]
    return sum(one.value for one in samples if one.name.endswith("_total") and one.labels["method"] == method)


async def test_what_is_stored_already_is_not_fetched_again(chain: SandboxChain, database: Database) -> None:
    whale = Whale(chain)
    await steps(chain, 3)
    await follow(database, whale.address)
    async with rounds(chain, database) as blocks, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await until_still(blocks)
        whale.trade(6)
        await steps(chain, 4)
        early = whale.done[:4]
        raws = await pages.transactions(rpc, early, commitment="confirmed")
        found = [one for raw in raws for one in decoded(raw, whale.address)]
        await store(database, Batch(chain=CHAIN, activities=found))
        before = asked("getTransaction")
        await until_still(blocks)
        assert asked("getTransaction") - before == 2
    assert await stored(database, whale) == sorted(whale.done)


def decoded(raw: bytes | None, wallet: str) -> list[Activity]:
    return activities(read_transaction(raw or b""), chain=CHAIN, wallets={wallet})


async def test_what_is_stored_of_one_wallet_is_fetched_for_the_other(
    chain: SandboxChain, database: Database
) -> None:
    whale, friend = Whale(chain), Whale(chain, 2)
    for one in (whale, friend):
        await follow(database, one.address)
    async with rounds(chain, database) as blocks, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await until_still(blocks)
        payment = pay(whale.keys, friend.keys.pubkey(), SOL)
        gift = str(chain.api.send(signed(chain.api, [whale.keys], payment)))
        await steps(chain, 4)
        (raw,) = await pages.transactions(rpc, [gift], commitment="confirmed")
        await store(database, Batch(chain=CHAIN, activities=decoded(raw, whale.address)))
        await until_still(blocks)
    assert await stored(database, friend) == [gift]


async def test_token_accounts_are_read_again_after_a_deed_that_was_not_decoded_here(
    chain: SandboxChain, database: Database
) -> None:
    whale = Whale(chain)
    await steps(chain, 3)
    await follow(database, whale.address)
    async with rounds(chain, database) as blocks:
        await until_still(blocks)
        await steps(chain, 2)
        await until_still(blocks)
        before = asked("getTokenAccountsByOwner")
        await steps(chain, 2)
        await until_still(blocks)
        assert asked("getTokenAccountsByOwner") == before
        whale.trade(1)
        await steps(chain, 4)
        await until_still(blocks)
        assert asked("getTokenAccountsByOwner") == before + 2  # one for each token program


async def test_failed_transactions_are_not_asked_for(chain: SandboxChain, database: Database) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with rounds(chain, database) as blocks:
        await until_still(blocks)
        too_much = pay(whale.keys, key(5).pubkey(), 2_000_000 * SOL)
        chain.api.send(signed(chain.api, [whale.keys], too_much))
        await steps(chain, 4)
        await until_still(blocks)
    assert await stored(database, whale) == []


async def test_between_rounds_it_rests_unless_a_stream_was_opened_anew(
    chain: SandboxChain, database: Database
) -> None:
    await follow(database, Whale(chain).address)
    opened = 0
    async with rounds(chain, database, every_seconds=600) as blocks:
        assert isinstance(blocks.syncer, SignatureSyncer)
        blocks.syncer.hurry = lambda: opened
        await steps(chain, 2)
        await blocks.step()
        await steps(chain, 2)
        await blocks.step()
        await steps(chain, 2)
        assert await blocks.step() == 0
        opened += 1
        assert await blocks.step() > 0


async def test_a_round_that_fails_half_way_moves_nothing_and_is_repeated(
    chain: SandboxChain, database: Database
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with rounds(chain, database) as blocks:
        await until_still(blocks)
        before = await cursor(database)
        whale.trade(3)
        await steps(chain, 4)
        chain.faults.add(Fault(fault="forbidden", methods=("getTransaction",), times=3))
        with pytest.raises(NodeUnavailable):
            await blocks.step()
        assert await cursor(database) == before
        chain.faults.clear()
        await until_still_after_rest(blocks)
    assert await stored(database, whale) == sorted(whale.done)


async def until_still_after_rest(blocks: Reconciler) -> None:
    """The provider rests for a moment after its refusals."""
    for _ in range(100):
        try:
            await until_still(blocks)
        except NodeUnavailable:
            continue
        return


async def test_a_sampled_block_brings_what_no_list_told_of_and_says_so(
    chain: SandboxChain, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with rounds(chain, database) as blocks:
        await until_still(blocks)

        async def nothing(*_: object) -> dict[str, object]:
            return {}

        monkeypatch.setattr(SignatureSyncer, "_listed", lambda *_, **__: nothing())
        before = ingest_unlisted_activities._value.get()
        for _ in range(4):
            whale.trade(2)
            await steps(chain, 1)
        for _ in range(4):
            whale.trade(2)
            await steps(chain, 1)
            await blocks.step()
    assert ingest_unlisted_activities._value.get() > before
    assert "no list of signatures told of" in caplog.text
