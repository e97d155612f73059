"""The reconciliation by signatures, pass by pass, on a chain whose slots are made by hand."""

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
from runtime.observability.metrics import ingest_sampled_blocks, ingest_unlisted_activities, rpc_requests
from runtime.settings.secret import Secret
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from scanner.reconcile.signature_lists import SignatureLists
from scanner.reconcile.sync_state import SyncConfig
from scanner.reconcile.wiring import StreamFacts
from storage.ingest.activities import Batch, store
from storage.postgres import Database
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key, pay, signed
from tests.scanner.reconciling import NO_STREAMS, Reconciling, cursor_in, reconciling, steps, until_still
from tests.scanner.world import CHAIN, Whale, follow, stored


@asynccontextmanager
async def passes(
    chain: SandboxChain, database: Database, *, every_seconds: float = 0, streams: StreamFacts = NO_STREAMS
) -> AsyncIterator[Reconciling]:
    """A reconciliation by signatures; each step is a pass."""
    config = SyncConfig(chain=CHAIN, every_seconds=every_seconds)
    async with reconciling(chain, database, kind="signatures", streams=streams, config=config) as reconciled:
        yield reconciled


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(by_hand(history=500)) as running:
        await steps(running, 5)
        yield running


@pytest.mark.services
async def test_a_pass_finds_all_that_happened_since_the_last_and_moves_the_cursor_to_the_head(
    chain: SandboxChain, database: Database
) -> None:
    whales = [Whale(chain, number) for number in (1, 2, 3)]
    for whale in whales:
        await follow(database, whale.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)
        for _ in range(5):
            for whale in whales:
                whale.trade(2)
            await steps(chain, 3)
        await until_still(reconciled)
        assert await cursor_in(database) == reconciled.head
    for whale in whales:
        assert await stored(database, whale) == sorted(whale.done)


@pytest.mark.services
async def test_more_than_a_page_is_gone_through_to_the_cursor_and_no_further(
    chain: SandboxChain, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 4)
    whale = Whale(chain)
    whale.trade(30)
    await steps(chain, 4)
    old = list(whale.done)
    await follow(database, whale.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)
        whale.trade(19)
        await steps(chain, 4)
        await until_still(reconciled)
    assert await stored(database, whale) == sorted(set(whale.done) - set(old))


@pytest.mark.services
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


@pytest.mark.services
async def test_tokens_that_come_into_an_account_of_the_wallet_are_found_though_it_is_not_named(
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
        gift = chain.api.send(
            signed(chain.api, [other], issuer.move(other, whale.keys.pubkey(), 123), version=None)
        )
        await steps(chain, 4)
        await until_still(reconciled)
    assert await stored(database, whale) == [str(gift)]


def asked(method: str) -> float:
    samples = [sample for metric in rpc_requests.collect() for sample in metric.samples]
    return sum(one.value for one in samples if one.name.endswith("_total") and one.labels["method"] == method)


@pytest.mark.services
async def test_what_is_stored_already_is_not_fetched_again(chain: SandboxChain, database: Database) -> None:
    whale = Whale(chain)
    await steps(chain, 3)
    await follow(database, whale.address)
    async with passes(chain, database) as reconciled, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await until_still(reconciled)
        whale.trade(6)
        await steps(chain, 4)
        early = whale.done[:4]
        raws = await pages.transactions(rpc, early, commitment="confirmed")
        found = [one for raw in raws for one in decoded(raw, whale.address)]
        await store(database, Batch(chain=CHAIN, activities=found))
        before = asked("getTransaction")
        await until_still(reconciled)
        assert asked("getTransaction") - before == 2
    assert await stored(database, whale) == sorted(whale.done)


def decoded(raw: bytes | None, wallet: str) -> list[Activity]:
    return activities(read_transaction(raw or b""), chain=CHAIN, wallets={wallet})


@pytest.mark.services
async def test_what_is_stored_of_one_wallet_is_fetched_for_the_other(
    chain: SandboxChain, database: Database
) -> None:
    whale, friend = Whale(chain), Whale(chain, 2)
    for one in (whale, friend):
        await follow(database, one.address)
    async with passes(chain, database) as reconciled, open_rpc([Secret(chain.rpc_url)]) as rpc:
        await until_still(reconciled)
        payment = pay(whale.keys, friend.keys.pubkey(), SOL)
        gift = str(chain.api.send(signed(chain.api, [whale.keys], payment)))
        await steps(chain, 4)
        (raw,) = await pages.transactions(rpc, [gift], commitment="confirmed")
        await store(database, Batch(chain=CHAIN, activities=decoded(raw, whale.address)))
        await until_still(reconciled)
    assert await stored(database, friend) == [gift]


@pytest.mark.services
async def test_token_accounts_are_read_again_after_a_transaction_that_was_not_decoded_here(
    chain: SandboxChain, database: Database
) -> None:
    whale = Whale(chain)
    await steps(chain, 3)
    await follow(database, whale.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)
        await steps(chain, 2)
        await until_still(reconciled)
        before = asked("getTokenAccountsByOwner")
        await steps(chain, 2)
        await until_still(reconciled)
        assert asked("getTokenAccountsByOwner") == before
        whale.trade(1)
        await steps(chain, 4)
        await until_still(reconciled)
        assert asked("getTokenAccountsByOwner") == before + 2  # one for each token program


@pytest.mark.services
async def test_failed_transactions_are_not_asked_for(chain: SandboxChain, database: Database) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)
        too_much = pay(whale.keys, key(5).pubkey(), 2_000_000 * SOL)
        chain.api.send(signed(chain.api, [whale.keys], too_much))
        await steps(chain, 4)
        await until_still(reconciled)
    assert await stored(database, whale) == []


@pytest.mark.services
async def test_between_passes_it_rests_unless_a_stream_was_opened_anew(
    chain: SandboxChain, database: Database
) -> None:
    await follow(database, Whale(chain).address)
    opened = 0
    streams = StreamFacts(times_opened=lambda: opened)
    async with passes(chain, database, every_seconds=600, streams=streams) as reconciled:
        await steps(chain, 2)
        await reconciled.step()
        await steps(chain, 2)
        await reconciled.step()
        await steps(chain, 2)
        assert await reconciled.step() == 0
        opened += 1
        assert await reconciled.step() > 0


@pytest.mark.services
async def test_a_pass_that_fails_in_the_middle_moves_nothing_and_is_repeated(
    chain: SandboxChain, database: Database
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)
        before = await cursor_in(database)
        whale.trade(3)
        await steps(chain, 4)
        chain.faults.add(Fault(fault="forbidden", methods=("getTransaction",), times=3))
        with pytest.raises(NodeUnavailable):
            await reconciled.step()
        assert await cursor_in(database) == before
        chain.faults.clear()
        await until_still_after_rest(reconciled)
    assert await stored(database, whale) == sorted(whale.done)


async def until_still_after_rest(reconciled: Reconciling) -> None:
    """The provider rests for a moment after its refusals."""
    for _ in range(100):
        try:
            await until_still(reconciled)
        except NodeUnavailable:
            continue
        return


@pytest.mark.services
async def test_a_sampled_block_brings_what_no_list_showed_and_says_so(
    chain: SandboxChain, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    async with passes(chain, database) as reconciled:
        await until_still(reconciled)

        async def nothing(*_: object) -> dict[str, object]:
            return {}

        monkeypatch.setattr(SignatureLists, "listed", lambda *_, **__: nothing())
        before = ingest_unlisted_activities._value.get()
        for _ in range(4):
            whale.trade(2)
            await steps(chain, 1)
        for _ in range(4):
            whale.trade(2)
            await steps(chain, 1)
            await reconciled.step()
    assert ingest_unlisted_activities._value.get() > before
    assert "no list of signatures showed" in caplog.text


@pytest.mark.services
@pytest.mark.parametrize(("kind", "is_feed"), [("signatures", False), ("blocks", True)])
async def test_only_who_reads_all_blocks_is_taken_for_a_feed_of_them(
    chain: SandboxChain,
    database: Database,
    kind: str,
    is_feed: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    whale = Whale(chain)
    await follow(database, whale.address)
    before = ingest_sampled_blocks._value.get()
    async with reconciling(
        chain, database, kind=kind, config=SyncConfig(chain=CHAIN, every_seconds=0)
    ) as own:
        await until_still(own)
        whale.trade(2)
        await steps(chain, 3)
        await until_still(own)
        assert own.context.decoder.trades.saw_feed_within(60.0) is is_feed
    assert (ingest_sampled_blocks._value.get() > before) is not is_feed
